"""Numbers, days and moments as people type them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.errors import Invalid
from baodao.kernel.typed import (
    FIRST,
    LARGEST,
    LAST,
    day_in,
    day_or_none,
    day_typed,
    digits_of,
    hour_typed,
    moment_in,
    moment_typed,
    month_in,
    month_typed,
    whole_number,
)

DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 12 ", 12), ("１２", 12), ("0", 0), ("007", 7), (str(LARGEST), LARGEST)],
)
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "-1",
        "1.5",
        "1e3",
        "1 2",
        "٣",
        "²",
        "①",
        "1²",
        "NaN",
        "9" * 17,
        "9" * 5000,
        str(LARGEST + 1),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_a_code_is_its_digits() -> None:
    assert digits_of("１２３ 456") == "123456"
    assert digits_of("12-34・٣") == "1234"


#: What nobody means by a day, a month or a moment.
NEVER = [
    "",
    " ",
    "x",
    "²",
    "|",
    "2026-02-30",
    "2026-13-01",
    "1899-12-31",
    "2200-01-02",
    "9999-12-31",
    "0001-01-01",
    "9" * 400,
    "\ud800",
]
#: Signs of which dates are made, and some that are none.
DATED = st.text(st.sampled_from("0123456789-:+.TWZz ²１２－："), max_size=30)
WRITTEN = (
    st.dates().map(date.isoformat)
    | st.datetimes(timezones=st.none() | st.timezones()).map(datetime.isoformat)
    | DATED
    | st.text(max_size=60)
)


@pytest.mark.parametrize(
    "text", ["2026-06-01", " 2026-06-01 ", "20260601", "２０２６-06-01", "２０２６－０６－０１"]
)
def test_a_day_is_read(text: str) -> None:
    assert day_in(text) == day_typed(text, "day") == day_or_none(text, "day") == DAY


@pytest.mark.parametrize("text", ["2026-06", " ２０２６-06 "])
def test_a_month_is_its_first_day(text: str) -> None:
    assert month_in(text) == month_typed(text, "month", date(2020, 2, 2)) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01T09:30",
        "2026-06-01  09:30:00",
        " 2026-06-01 09：30",
        "2026-06-01T01:30:00Z",
        "2026-06-01T09:30+08:00",
    ],
)
def test_a_moment_is_read_and_without_an_offset_it_is_local(text: str) -> None:
    at = datetime(2026, 6, 1, 1, 30, tzinfo=UTC)
    assert moment_in(text) == moment_typed(text, "at") == at
    assert moment_typed(text, "at").utcoffset() == timezone.localtime(at).utcoffset()


def test_an_hour_is_whole_minutes() -> None:
    assert hour_typed(" 19:30:59 ", "hour") == hour_typed("１９：３０", "hour") == time(19, 30)
    assert moment_typed("2026-06-01 19:30:59.5", "at").time() == time(19, 30)


@pytest.mark.parametrize("text", [*NEVER, "2026-06", "2026-06-01T09:30"])
def test_anything_else_is_no_day(text: str) -> None:
    assert day_in(text) is None


@pytest.mark.parametrize(
    "text", [*NEVER, "2026-06-01", "2026", "202606", "2026-6", "9999-12", "1899-12", "0001-01"]
)
def test_anything_else_is_no_month(text: str) -> None:
    assert month_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *NEVER,
        "2026-06-01",
        "2026-06-01 25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59",
        "09:30",
    ],
)
def test_anything_else_is_no_moment(text: str) -> None:
    assert moment_in(text) is None


@pytest.mark.parametrize(
    ("read", "reason", "remedy"),
    [
        (lambda text: day_typed(text, "f"), "日期写法不对", "例如 2026-06-01"),
        (lambda text: day_typed(text or "x", "f", DAY), "日期写法不对", "例如 2026-06-01"),
        (lambda text: day_or_none(text or "x", "f"), "日期写法不对", "例如 2026-06-01"),
        (lambda text: month_typed(text or "x", "f", DAY), "月份写法不对", "例如 2026-11"),
        (lambda text: moment_typed(text, "f"), "日期或时间写法不对", "例如 2026-06-01 09:00"),
        (lambda text: hour_typed(text, "f"), "时间写法不对", "例如 09:30"),
    ],
)
@pytest.mark.parametrize("text", ["", "2026-02-30"])
def test_what_is_none_is_said_at_its_field(
    read: Callable[[str], Any], reason: str, remedy: str, text: str
) -> None:
    with pytest.raises(Invalid) as caught:
        read(text)
    [fault] = caught.value.faults
    assert (fault.field, fault.reason, fault.remedy) == ("f", reason, remedy)


def test_nothing_typed_is_what_the_form_takes_for_it() -> None:
    assert day_typed(" ", "day", DAY) == DAY
    assert day_or_none(" ", "day") is None
    assert month_typed("", "month", date(2026, 6, 30)) == DAY


@given(WRITTEN)
def test_reading_never_raises_and_never_leaves_the_bounds(text: str) -> None:
    year = timedelta(days=366)
    for day in (day_in(text), month_in(text)):
        assert day is None or (FIRST <= day <= LAST and day - year < day + year)
    at = moment_in(text)
    assert at is None or (
        FIRST <= at.date() <= LAST and (at - year).astimezone(UTC) < (at + year).astimezone(UTC)
    )


@given(st.dates(FIRST, LAST), st.times())
def test_what_is_within_the_bounds_is_read_as_it_was_written(day: date, hour: time) -> None:
    at = timezone.make_aware(datetime.combine(day, hour))
    assert (day_in(day.isoformat()), month_in(f"{day:%Y-%m}")) == (day, day.replace(day=1))
    assert moment_in(f"{day} {hour}") == moment_in(at.isoformat()) == at
