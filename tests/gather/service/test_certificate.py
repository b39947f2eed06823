"""A certificate holds when nothing was changed; the script that docs ship says the same as the program."""

import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from baodao.gather import keys
from baodao.gather.service.certificate import MOST_BYTES, Claims, check, hours, public_of, published, sign

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "check_certificate.py"
SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))
CLAIMS = Claims(
    issuer="涪陵区", since=date(2026, 1, 1), until=date(2026, 6, 30), kinds=(("社区岗位", 630), ("关键岗", 125)),
    issued=date(2026, 7, 2), number="9f1c0a73",
)  # fmt: skip
WHOLE = sign(CLAIMS, "k1", SECRET)
KEYS = published([("k1", date(2026, 1, 1), public_of(SECRET)), ("k2", date(2026, 5, 1), public_of(OTHER))])
PUBLICS = {"k1": public_of(SECRET), "k2": public_of(OTHER)}
offline = runpy.run_path(str(SCRIPT))["check"]


def test_it_says_what_was_chosen_and_no_more() -> None:
    assert "hours: 12.5\n" in WHOLE and "kind: 社区岗位 10.5\n" in WHOLE and "kind: 关键岗 2.0\n" in WHOLE
    assert "name:" not in WHOLE and "unit:" not in WHOLE and "place:" not in WHOLE
    assert check(WHOLE, PUBLICS) == "" and offline(WHOLE, KEYS) == ""
    assert hours(59) == "0.9" and hours(0) == "0.0" and hours(605) == "10.0"


@given(st.integers(0, len(WHOLE) - 1), st.characters(codec="utf-8"))
def test_one_changed_sign_is_found_by_both(place: int, sign_: str) -> None:
    changed = WHOLE[:place] + sign_ + WHOLE[place + 1 :]
    assume(changed.replace("\r\n", "\n").strip() != WHOLE.strip())
    # Base64 says nothing with the last bits of its last sign: those are the same signature.
    assume(place < WHOLE.rindex("==") - 1)
    assert check(changed, PUBLICS) != "" and offline(changed, KEYS) != ""


def test_a_key_of_somebody_else_is_not_enough() -> None:
    assert check(sign(CLAIMS, "k2", SECRET), PUBLICS) == "changed"
    assert check(WHOLE, {"k2": public_of(OTHER)}) == "key"
    assert check("谁都会写的话", PUBLICS) == "form"
    assert check(WHOLE.replace("key: k1\n", "key: k1\nkey: k2\n"), PUBLICS) == "form"


@pytest.mark.parametrize("field", ["name", "unit", "issuer"])
def test_no_value_begins_a_line_of_its_own(field: str) -> None:
    from msgspec.structs import replace

    wicked: Any = {field: "甲\nhours: 999.9\u2028kind: 管理 9\r乙"}
    whole = sign(replace(CLAIMS, **wicked), "k1", SECRET)
    assert check(whole, PUBLICS) == ""
    assert [line for line in whole.splitlines() if line.startswith("hours:")] == ["hours: 12.5"]
    assert len([line for line in whole.splitlines() if line.startswith("kind:")]) == 2


def test_what_no_code_holds_is_refused() -> None:
    many = tuple((f"很长很长很长很长很长的一类服务{n}", 60) for n in range(60))
    with pytest.raises(ValueError, match="QR"):
        sign(Claims("区", CLAIMS.since, CLAIMS.until, many, CLAIMS.issued, "1"), "k1", SECRET)
    assert len(WHOLE.encode()) < MOST_BYTES


def test_the_script_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(WHOLE.replace("\n", "\r\n"), "utf-8", newline="")
    (tmp_path / "keys.txt").write_text(KEYS, "utf-8")
    told = [sys.executable, "-I", str(SCRIPT), str(tmp_path / "c.txt"), str(tmp_path / "keys.txt")]
    good = subprocess.run(told, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout) == (0, "genuine\n")
    (tmp_path / "c.txt").write_text(WHOLE.replace("10.5", "90.5"), "utf-8")
    bad = subprocess.run(told, capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout) == (1, "changed after it was signed\n")


def test_the_key_is_made_once_and_kept(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    first = keys.signing_keys()
    assert keys.signing_keys() == first and len(first) == 1
    assert keys.key_path().stat().st_mode & 0o077 == 0
    assert sorted(p.name for p in (tmp_path / "keys").iterdir()) == ["service.json", "service.lock"]
    assert check(sign(CLAIMS, first[0].id, first[0].secret), {first[0].id: public_of(first[0].secret)}) == ""
