"""Opening hours: what people write is understood, and holds minute by minute against a plain reading."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.calendar import Day, WorkCalendar
from baodao.kernel.errors import Invalid
from baodao.places.facilities.hours import WEEK, Hours, Rule, parse, words

# 1–3 October 2026 off (Thursday to Saturday), Saturday the 10th worked.
CALENDAR = WorkCalendar(
    "test",
    [
        Day(date(2026, 10, 1), "holiday", "国庆节"),
        Day(date(2026, 10, 2), "holiday", "国庆节"),
        Day(date(2026, 10, 3), "holiday", "国庆节"),
        Day(date(2026, 10, 10), "makeup", "国庆节"),
    ],
    provisional_from=date(2027, 1, 1),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("typed", "moment", "is_open"),
    [
        ("工作日 09:00-12:00 14:00-18:00", "09-28 11:59", True),
        ("工作日 09:00-12:00 14:00-18:00", "09-28 12:00", False),
        ("工作日 9:00-12:00", "10-10 10:00", True),  # a Saturday worked
        ("工作日 9:00-12:00；休息日 10:00-11:00", "10-11 10:30", True),
        ("工作日 9:00-12:00；休息日 10:00-11:00", "10-01 10:30", False),  # a public holiday without a rule
        ("每天 08:00-20:00", "10-01 10:30", True),
        ("每天 08:00-20:00；节假日 不开", "10-01 10:30", False),
        ("周一至周五 9:00-17:00", "10-10 10:00", False),
        ("周六、周日 9:00-17:00", "10-10 10:00", True),
        ("周五至周一 9:00-17:00；每天 20:00-21:00", "09-27 10:00", True),
        ("周五至周一 9:00-17:00；每天 20:00-21:00", "09-29 10:00", False),
        ("22:00-06:00", "09-28 02:00", True),
        ("周一 22:00-06:00", "09-29 05:59", True),
        ("周一 22:00-06:00", "09-28 05:00", False),
        ("全天", "09-28 03:00", True),
        ("daily 08:00-09:00", "09-28 08:30", True),
    ],
)
def test_what_is_written_is_kept(typed: str, moment: str, is_open: bool) -> None:
    assert parse(typed).at(at(moment), CALENDAR).open is is_open


def test_it_tells_when_it_closes_and_when_it_opens_next() -> None:
    hours = parse("工作日 09:00-12:00 14:00-18:00；节假日 10:00-11:00")
    assert hours.at(at("09-28 09:00"), CALENDAR).until == at("09-28 12:00")
    assert hours.at(at("09-28 12:30"), CALENDAR).opens == at("09-28 14:00")
    assert hours.at(at("09-30 19:00"), CALENDAR).opens == at("10-01 10:00")
    assert hours.at(at("10-02 12:00"), CALENDAR).opens == at("10-03 10:00")
    assert parse("全天").at(at("09-28 03:00"), CALENDAR).until is None
    never = parse("不开").at(at("09-28 03:00"), CALENDAR)
    assert (never.open, never.opens) == (False, None)
    assert parse("全天").at(at("09-28 03:00") + timedelta(days=365), CALENDAR).provisional


@pytest.mark.parametrize(
    "typed",
    [
        "明天",
        "工作日",
        "25:00-26:00",
        "9-5",
        "9:00-9:00",
        "周一 不开 9:00-10:00",
        "周八 9:00-10:00",
        "x" * 301,
    ],
)
def test_what_cannot_be_understood_is_told(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(typed)
    assert caught.value.faults[0].field == "hours"
    assert caught.value.faults[0].remedy or len(typed) > 300


def test_words_say_the_same_again() -> None:
    hours = parse("工作日 9:00-12:00，14:00-18:00；节假日 不开\n周六 22:00-02:00")
    assert words(hours) == [
        ("工作日", "09:00-12:00 14:00-18:00"),
        ("节假日", "不开"),
        ("周六", "22:00-02:00"),
    ]
    again = parse("；".join(f"{days} {spans}" for days, spans in words(hours)))
    assert again == hours


NAMES = (*WEEK, "workday", "restday", "holiday", "daily")
SPANS = st.tuples(st.integers(0, 47), st.integers(1, 30)).map(lambda s: (s[0] * 30, (s[0] + s[1]) * 30))
RULES = st.builds(
    Rule,
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple),
    st.lists(SPANS, max_size=2).map(tuple),
)


def plainly_open(rules: list[Rule], local: datetime) -> bool:
    """The rule of the module's first lines, one moment at a time."""
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        minute = local.hour * 60 + local.minute + back * 1440
        working = (day.weekday() < 5) != (day in {date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 10)})
        festive = date(2026, 10, 1) <= day <= date(2026, 10, 3)
        order = (
            ["holiday", "daily"]
            if festive
            else [WEEK[day.weekday()], "workday" if working else "restday", "daily"]
        )
        for name in order:
            named = [rule for rule in rules if name in rule.days]
            if named:
                if any(start <= minute < end for rule in named for start, end in rule.spans):
                    return True
                break
    return False


@given(st.lists(RULES, max_size=4), st.integers(0, 20 * 48 - 1))
def test_open_is_what_a_plain_reading_says(rules: list[Rule], step: int) -> None:
    moment = at("09-26 00:00") + timedelta(minutes=30 * step + 7)
    hours, local = Hours(tuple(rules)), moment.astimezone(CALENDAR.zone)
    found = hours.at(moment, CALENDAR)
    assert found.open is plainly_open(rules, local)
    if found.until is not None:
        assert plainly_open(rules, found.until - timedelta(minutes=1))
        assert not plainly_open(rules, found.until)
    if found.opens is not None:
        assert plainly_open(rules, found.opens)
        assert not plainly_open(rules, found.opens - timedelta(minutes=1))
