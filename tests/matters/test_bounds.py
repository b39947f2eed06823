"""Bounds between the fields of a form, and beside the day on which it is filled: what is refused names field, reason, remedy."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.errors import Invalid
from baodao.matters import bounds
from baodao.matters.declare import Action
from baodao.matters.forms import fill
from baodao.matters.terms import Bound

from .scene import CALENDAR, at
from .test_rows import COLUMNS, PROCEDURE, ROW

DAY = at("03-02 09:00").date()
#: The same procedure, whose words are read in a fault.
WORDED = msgspec.structs.replace(
    PROCEDURE, words={"field.paid": "已付", "field.open": "未付", "field.total": "合计", "field.by": "到哪天"}
)


def refused(bound: Bound, fields: dict[str, str], **given: Any) -> list[tuple[str, str, str]]:
    """(field, reason, remedy) of all faults."""
    action = Action(name="x", fields=fields, bounds=(bound,))
    try:
        fill(WORDED, action, given, DAY, CALENDAR)
    except Invalid as caught:
        return [(fault.field, fault.reason, fault.remedy) for fault in caught.faults]
    return []


MONEY = {"paid": "money", "open": "money?", "total": "money?"}
PARTS = Bound("paid", plus=("open",), most="total")


def test_parts_are_no_more_than_the_total() -> None:
    assert refused(PARTS, MONEY, paid=100, open=250, total=300) == [
        ("paid", "“已付＋未付”是 3.50，超过了“合计” 3.00", "请改小它，或改大“合计”")
    ]
    assert refused(PARTS, MONEY, paid=100, open=200, total=300) == []
    # What was left out is not judged, on either side.
    assert refused(PARTS, MONEY, paid=100) == []
    assert len(refused(PARTS, MONEY, paid=400, total=300)) == 1


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=3), st.integers(0, 3 * 10**9))
def test_a_column_is_judged_by_its_sum(prices: list[int], total: int) -> None:
    fields = {"tools": "table:tools", "total": "money"}
    given_rows = [{**ROW, "price": price} for price in prices]
    for bound, wrong in (
        (Bound("tools.price", most="total"), sum(prices) > total),
        (Bound("total", least="tools.price"), total < sum(prices)),
    ):
        assert bool(refused(bound, fields, tools=given_rows, total=total)) is wrong


@pytest.mark.parametrize(
    ("bound", "day", "reason"),
    [
        (Bound("by", latest="today"), "2026-03-03", "“到哪天”最晚是 3月2日 周一"),
        (Bound("by", latest="today"), "2026-03-02", ""),
        (Bound("by", earliest="today"), "2026-03-01", "“到哪天”最早是 3月2日 周一"),
        (Bound("by", earliest="today"), "2026-03-02", ""),
        (Bound("by", latest="10 workdays"), "2026-03-17", "“到哪天”最晚是 3月16日 周一"),
        (Bound("by", latest="10 workdays"), "2026-03-16", ""),
        (Bound("by", latest="2 months"), "2026-05-10", "“到哪天”最晚是 5月4日 周一"),
    ],
)
def test_the_first_and_latest_day_of_a_typed_date(bound: Bound, day: str, reason: str) -> None:
    found = refused(bound, {"by": "date"}, by=day)
    # Within another year than 2026 the day is told with its year.
    assert [one[1].replace("2026年", "") for one in found] == ([reason] if reason else [])
    assert all(field == "by" and remedy for field, _reason, remedy in found)


def test_a_date_beside_another_and_each_row_of_a_column() -> None:
    dates = {"from": "date", "by": "date"}
    bound = Bound("from", most="by")
    assert refused(bound, dates, **{"from": "2026-04-02", "by": "2026-04-01"})[0][0] == "from"
    assert refused(bound, dates, **{"from": "2026-04-01", "by": "2026-04-01"}) == []
    late = [ROW, {**ROW, "day": "2026-06-01"}]
    assert refused(Bound("tools.day", latest="today"), {"tools": "table:tools"}, tools=late)[0][0] == "tools"


def test_kinds_are_those_of_fields_and_columns() -> None:
    action = Action(name="x", fields={"tools": "table:tools?", "paid": "money?", "note": "text"})
    kinds = {ref: bounds.kind_at(PROCEDURE, action, ref) for ref in ("tools.price", "paid", "note.x", "no")}
    assert kinds == {"tools.price": "money", "paid": "money", "note.x": "", "no": ""}
    assert {column.name for column in COLUMNS} >= {"price", "day"}
