"""Forms: what was typed becomes codes, texts and files, or every fault at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from baodao.kernel.errors import Invalid
from baodao.matters.declare import Action, Kind, NextStep, Pause, Procedure
from baodao.matters.forms import fill
from baodao.matters.lawful import last_day

from .scene import CALENDAR

HASH = "ab" * 32
PROCEDURE = Procedure(
    title="t",
    stages=("one",),
    kinds=(Kind(name="road", title="路"),),
    pauses=(Pause(name="rain", title="雨"),),
    next_steps=(
        NextStep(name="court", title="法院", where="法院", limit="6 months", verified="2026-01-01"),
        NextStep(name="call", title="电话", where="12345", verified="2026-01-01"),
        NextStep(name="loose", title="未核", where="?"),
    ),
)
DAY = date(2026, 3, 2)


def read(declared: str, value: Any, **action: Any) -> Any:
    filled = fill(PROCEDURE, Action(name="x", fields={"f": declared}, **action), {"f": value}, DAY, CALENDAR)
    return filled.codes.get("f", filled.texts.get("f", filled.files or None))


@pytest.mark.parametrize(
    ("declared", "value", "wanted"),
    [
        ("text", "  路灯\r\n坏了 ", "路灯\n坏了"),
        ("longtext", "字" * 10_000, "字" * 10_000),
        ("text?", "", None),
        ("text?", None, None),
        ("code:a|b", "b", "b"),
        ("date", "2026-04-01", "2026-04-01"),
        ("date", date(2026, 4, 1), "2026-04-01"),
        ("datetime", "2026-04-01T09:00+08:00", "2026-04-01T01:00:00Z"),
        ("datetime", datetime(2026, 4, 1, 1, tzinfo=UTC), "2026-04-01T01:00:00Z"),
        ("place", "fl-01.2", "fl-01.2"),
        ("org", "500102001", "500102001"),
        ("int", "-3", -3),
        ("int", 7, 7),
        ("money", "1250", 1250),
        ("bool", "on", True),
        ("bool", False, False),
        ("bool", None, False),
        ("pause", "rain", "rain"),
        ("kind", "road", "road"),
        ("level", "2", 2),
        ("next_step", "call", "call"),
        ("file", HASH, [HASH]),
        ("file", [HASH, HASH[::-1]], [HASH, HASH[::-1]]),
        ("file?", [], None),
    ],
)
def test_what_is_right_is_read(declared: str, value: Any, wanted: Any) -> None:
    assert read(declared, value) == wanted


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("text", ""),
        ("text", "   "),
        ("text", 5),
        ("text", "字" * 1001),
        ("text", "a\x00b"),
        ("longtext", "字" * 10_001),
        ("code:a|b", "c"),
        ("code:a|b", "a|b"),
        ("date", "1 April"),
        ("date", 20260401),
        ("date", datetime(2026, 4, 1, 1, tzinfo=UTC)),
        ("date", "9999-12-31"),
        ("datetime", "2026-04-01"),
        ("datetime", "0001-01-01T00:00:00+14:00"),
        ("datetime", "9999-12-31T23:59:59Z"),
        ("datetime", "2026-04-01T09:00"),
        ("datetime", "soon"),
        ("org", "a b"),
        ("org", "'; drop"),
        ("org", 5),
        ("int", "1.5"),
        ("int", True),
        ("int", "9" * 16),
        ("money", -1),
        ("bool", "maybe"),
        ("pause", "busy"),
        ("kind", "dragon"),
        ("level", 4),
        ("level", -1),
        ("next_step", "loose"),
        ("next_step", "nowhere"),
        ("file", "../../etc/passwd"),
        ("file", [HASH] * 21),
        ("file", [5]),
    ],
)
def test_what_is_wrong_names_field_reason_and_remedy(declared: str, value: Any) -> None:
    with pytest.raises(Invalid) as told:
        read(declared, value)
    (fault,) = told.value.faults
    assert fault.field == "f"
    assert fault.reason
    assert fault.remedy


def test_a_fault_says_which_field_in_its_own_words() -> None:
    named = msgspec.structs.replace(PROCEDURE, words={"field.a": "怎么办"})
    with pytest.raises(Invalid) as told:
        fill(named, Action(name="x", fields={"a": "text"}), {}, DAY, CALENDAR)
    (fault,) = told.value.faults
    assert (fault.label, fault.reason, fault.named) == ("怎么办", "这一项要填", "怎么办：这一项要填")
    assert told.value.as_dict()["faults"][0]["label"] == "怎么办"


def test_all_faults_are_told_at_once() -> None:
    action = Action(name="x", fields={"a": "text", "b": "int", "c": "text?"})
    with pytest.raises(Invalid) as told:
        fill(PROCEDURE, action, {"b": "x", "z": 1}, DAY, CALENDAR)
    assert {fault.field for fault in told.value.faults} == {"a", "b", "z"}


def test_literals_promises_and_last_days_are_added() -> None:
    action = Action(
        name="x",
        fields={"at": "date", "step": "next_step", "note": "text"},
        sets={"claim": "cannot"},
        promises="at",
    )
    filled = fill(PROCEDURE, action, {"at": "2026-03-09", "step": "court", "note": "好"}, DAY, CALENDAR)
    assert filled.codes == {
        "at": "2026-03-09",
        "promise": "2026-03-09",
        "step": "court",
        "step_until": "2026-09-02",
        "claim": "cannot",
    }
    assert filled.texts == {"note": "好"}


@pytest.mark.parametrize(
    ("limit", "told", "last"),
    [
        ("60 days", date(2026, 3, 2), date(2026, 5, 1)),
        ("1 day", date(2026, 3, 6), date(2026, 3, 8)),  # Saturday: moves to the worked Sunday
        ("6 months", date(2026, 3, 31), date(2026, 9, 30)),
        ("12 months", date(2024, 2, 29), date(2025, 2, 28)),
        ("1 month", date(2026, 12, 15), date(2027, 1, 15)),
        ("11 months", date(2026, 1, 31), date(2026, 12, 31)),
        ("3 workdays", date(2026, 3, 4), date(2026, 3, 9)),
    ],
)
def test_the_last_day_of_a_lawful_step(limit: str, told: date, last: date) -> None:
    assert last_day(limit, told, CALENDAR) == last
