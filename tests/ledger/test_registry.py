"""Kinds of facts: no place for free text or a fraction; versions are upcast; what is stored is canonical."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from baodao.ledger import registry
from baodao.ledger.canonical import canonical_bytes, leaf_hash, stamp
from baodao.ledger.registry import Code, Date, decode, encode, kind


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_by_struct", {})


class Inner(msgspec.Struct):
    """Holds a text."""

    remark: str


@pytest.mark.parametrize(
    "field", [str, float, Any, list[str], dict[Code, str], Inner, list[Inner], str | None, dict[str, int]]
)
def test_no_field_can_hold_free_text_or_a_fraction(field: Any) -> None:
    struct = msgspec.defstruct("Loose", [("field", field)], frozen=True)
    with pytest.raises(TypeError, match=r"loose.*field"):
        kind("test.loose")(struct)


@pytest.mark.parametrize("field", [Code, Date, int, bool, list[Code], dict[Code, int], Code | None])
def test_codes_dates_and_integers_are_welcome(field: Any) -> None:
    struct = msgspec.defstruct("Tight", [("field", field)], frozen=True)
    kind("test.tight")(struct)
    assert [k.name for k in registry.kinds()] == ["test.tight"]


def test_a_sentence_is_no_code() -> None:
    @kind("test.coded")
    class Coded(msgspec.Struct, frozen=True):
        code: Code

    assert encode(Coded("request.report_in")) == '{"code":"request.report_in"}'
    for wrong in ("楼上 漏水", "他说，很急。", "x" * 81, "a\nb"):
        with pytest.raises(msgspec.ValidationError):
            encode(Coded(wrong))


def test_an_old_version_is_read_through_its_upcasts() -> None:
    @kind("test.grown", v=3, upcasts={1: lambda d: {**d, "b": 0}, 2: lambda d: {**d, "c": d["a"]}})
    class Grown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
        a: int
        b: int
        c: int

    assert decode("test.grown", 1, '{"a":7}') == Grown(7, 0, 7)
    assert decode("test.grown", 2, '{"a":7,"b":1}') == Grown(7, 1, 7)
    assert decode("test.grown", 3, '{"a":7,"b":1,"c":2}') == Grown(7, 1, 2)


def test_a_new_version_without_a_way_from_the_old_one_is_refused() -> None:
    with pytest.raises(TypeError, match="upcast"):
        kind("test.lost", v=2)(msgspec.defstruct("Lost", [("a", int)], frozen=True))


def test_one_name_is_one_kind() -> None:
    kind("test.one")(msgspec.defstruct("One", [("a", int)], frozen=True))
    with pytest.raises(TypeError, match="twice"):
        kind("test.one")(msgspec.defstruct("Other", [("a", int)], frozen=True))


def test_the_canonical_form_has_no_room_for_chance() -> None:
    moment = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
    columns = {
        "command": "c", "kind": "k", "v": 1, "happened": moment, "precision": "second", "noted": moment,
        "origin": "live", "level": 0, "subject": "s", "about": "", "org": "", "place": "", "person": "", "post": "",
        "value": None, "data": "{}", "commitments": "", "supersedes": None, "voids": None, "nonce": b"\0" * 16,
    }  # fmt: skip
    text = canonical_bytes(columns)
    assert text == canonical_bytes(dict(reversed(columns.items())))
    assert b'"happened":"2026-11-22T01:02:03Z"' in text
    assert b" " not in text
    local = moment.astimezone(__import__("zoneinfo").ZoneInfo("America/St_Johns"))
    assert leaf_hash(columns) == leaf_hash({**columns, "happened": local, "nonce": memoryview(b"\0" * 16)})
    assert stamp(local) == "2026-11-22T01:02:03Z"
    for name, other in (("data", "[]"), ("level", 1), ("nonce", b"\1" + b"\0" * 15), ("voids", 1)):
        assert leaf_hash({**columns, name: other}) != leaf_hash(columns)
