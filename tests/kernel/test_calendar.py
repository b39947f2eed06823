"""The work calendar against a day-by-day oracle, the published days, and the words beside a date."""

import csv
import os
import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baodao.kernel.calendar import Day, Hours, Limit, WorkCalendar, weekdays_only
from baodao.kernel.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
LUNCH = Hours(((time(9), time(12)), (time(14), time(17, 30))), time(17, 30))
# Published for 2026 (State Council office, November 2025): New Year, Spring Festival, National Day.
PUBLISHED_2026 = (
    [Day(date(2026, 1, d), "holiday", "元旦") for d in (1, 2, 3)]
    + [Day(date(2026, 1, 4), "makeup", "元旦")]
    + [Day(date(2026, 2, d), "holiday", "春节") for d in range(15, 24)]
    + [Day(date(2026, 2, d), "makeup", "春节") for d in (14, 28)]
    + [Day(date(2026, 10, d), "holiday", "国庆节") for d in range(1, 8)]
    + [Day(date(2026, 9, 20), "makeup", "国庆节"), Day(date(2026, 10, 10), "makeup", "国庆节")]
)


@pytest.fixture(params=["UTC", "America/St_Johns", "Pacific/Kiritimati"], autouse=True)
def elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test in this file runs with the process in three time zones: nothing may depend on it."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    clock.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    clock.tzset()


def cal() -> WorkCalendar:
    return WorkCalendar("cn-2026", PUBLISHED_2026, date(2027, 1, 1))


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]


def shown(at: datetime) -> str:
    assert at.tzinfo is UTC
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


class Slow:
    """The oracle: looks at each day, knows no arithmetic."""

    def __init__(self, days: list[Day]) -> None:
        self.kinds = {day.date: day.kind for day in days}

    def works(self, day: date) -> bool:
        kind = self.kinds.get(day)
        if day.weekday() < 5:
            return kind != "holiday"
        return kind == "makeup"

    def nth(self, day: date, count: int) -> date:
        while count:
            day += timedelta(days=1)
            count -= self.works(day)
        return day

    def count(self, after: date, until: date) -> int:
        return sum(self.works(after + timedelta(days=i)) for i in range(1, (until - after).days + 1))

    def work_minutes(self, start: datetime, end: datetime, hours: Hours) -> int:
        total, at = 0, start.astimezone(SHANGHAI)
        while at < end:
            total += self.works(at.date()) and any(a <= at.time() < b for a, b in hours.spans)
            at += timedelta(minutes=1)
        return total


days_off = st.lists(
    st.tuples(st.dates(date(2025, 12, 1), date(2026, 4, 30)), st.sampled_from(["holiday", "makeup"])),
    max_size=40,
    unique_by=lambda x: x[0],
).map(lambda rows: [Day(d, k) for d, k in rows])  # type: ignore[arg-type]
some_day = st.dates(date(2025, 11, 1), date(2026, 5, 30))
some_minute = st.datetimes(datetime(2025, 11, 1), datetime(2026, 5, 30)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)


def built(days: list[Day]) -> WorkCalendar:
    return WorkCalendar("t", days, date(2027, 1, 1), known_from=date(2020, 1, 1))


@given(days_off, some_day, st.integers(1, 60))
def test_nth_workday_as_counted_by_hand(days: list[Day], day: date, count: int) -> None:
    assert built(days).add_workdays(day, count) == Slow(days).nth(day, count)


@given(days_off, some_day, some_day)
def test_count_as_counted_by_hand(days: list[Day], a: date, b: date) -> None:
    a, b = sorted((a, b))
    assert built(days).count_workdays(a, b) == Slow(days).count(a, b)
    assert built(days).count_workdays(b, a) == -Slow(days).count(a, b)
    assert built(days).is_workday(a) == Slow(days).works(a)


@settings(max_examples=15, deadline=None)
@given(days_off, some_minute, st.integers(0, 9000), st.sampled_from([Hours(), LUNCH]))
def test_work_seconds_as_counted_by_the_minute(
    days: list[Day], start: datetime, minutes: int, hours: Hours
) -> None:
    end = start + timedelta(minutes=minutes)
    seconds = built(days).work_seconds(start, end, hours)
    assert seconds == 60 * Slow(days).work_minutes(start, end, hours)
    assert built(days).work_seconds(end, start, hours) == -seconds


@given(days_off, some_minute, st.integers(1, 80), st.sampled_from([Hours(), LUNCH]))
def test_work_hours_end_when_that_much_was_worked(
    days: list[Day], start: datetime, count: int, hours: Hours
) -> None:
    calendar = built(days)
    due = calendar.due(start, Limit(count, "work hour"), hours).at
    assert calendar.work_seconds(start, due, hours) == count * 3600
    assert calendar.work_seconds(start, due - timedelta(seconds=1), hours) == count * 3600 - 1


@given(days_off, some_minute, st.integers(1, 30), st.sampled_from([Hours(), LUNCH]))
def test_workdays_end_with_the_nth_day(days: list[Day], start: datetime, count: int, hours: Hours) -> None:
    due = built(days).due(start, Limit(count, "workday"), hours)
    close = hours.close or time(23, 59, 59)
    assert due.at == datetime.combine(Slow(days).nth(start.date(), count), close, SHANGHAI)


@given(days_off, some_minute, st.integers(1, 30))
def test_days_never_end_on_a_rest_day(days: list[Day], start: datetime, count: int) -> None:
    end = built(days).due(start, Limit(count, "day")).at.astimezone(SHANGHAI).date()
    plain = start.date() + timedelta(days=count)
    assert end == (plain if Slow(days).works(plain) else Slow(days).nth(plain, 1))


@given(
    days_off,
    some_minute,
    st.sampled_from(["workday", "day", "hour", "work hour"]),
    st.lists(st.integers(0, 40_000), min_size=2, max_size=6),
)
def test_pauses_only_give_time_and_never_more_than_they_last(
    days: list[Day], start: datetime, unit: str, cuts: list[int]
) -> None:
    calendar, limit = built(days), Limit(10, unit)  # type: ignore[arg-type]
    at = [start + timedelta(minutes=m) for m in sorted(cuts)]
    pauses = list(zip(at[::2], at[1::2], strict=False))
    plain, paused = calendar.due(start, limit), calendar.due(start, limit, pauses=pauses)
    assert paused.at >= plain.at
    if unit == "hour":
        counted = [(a, b) for a, b in pauses if a <= paused.at]
        assert paused.at - plain.at == sum((b - a for a, b in counted), timedelta())


def test_pause_by_example() -> None:
    # Monday 9 November 2026; three workdays end on Thursday; paused from Tuesday to Wednesday: Friday.
    start, limit = local(2026, 11, 9, 10), Limit(3, "workday")
    assert shown(cal().due(start, limit).at) == "2026-11-12 23:59:59"
    assert (
        shown(cal().due(start, limit, pauses=[(local(2026, 11, 10, 9), local(2026, 11, 11, 9))]).at)
        == "2026-11-13 23:59:59"
    )
    # Within one day nothing is gained, and a pause after the limit is too late.
    assert (
        shown(cal().due(start, limit, pauses=[(local(2026, 11, 10, 9), local(2026, 11, 10, 17))]).at)
        == "2026-11-12 23:59:59"
    )
    assert (
        shown(cal().due(start, limit, pauses=[(local(2026, 11, 16, 9), local(2026, 11, 20, 17))]).at)
        == "2026-11-12 23:59:59"
    )


def test_days_with_pauses() -> None:
    pause = [(local(2026, 11, 10, 9), local(2026, 11, 12, 9))]
    assert shown(cal().due(local(2026, 11, 9, 10), Limit(7, "day"), pauses=pause).at) == "2026-11-18 23:59:59"
    assert (
        shown(cal().due(local(2026, 11, 9, 10), Limit(4, "work hour"), pauses=pause).at)
        == "2026-11-09 14:00:00"
    )
    assert (
        shown(cal().due(local(2026, 11, 9, 16), Limit(4, "work hour"), pauses=pause).at)
        == "2026-11-12 11:00:00"
    )
    assert (
        shown(cal().due(local(2026, 11, 9, 16), Limit(20, "work hour"), pauses=pause).at)
        == "2026-11-13 18:00:00"
    )


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        (
            (2026, 2, 13, 17, 59),
            "1 workday",
            "2026-02-14 23:59:59",
        ),  # make-up Saturday before Spring Festival
        ((2026, 2, 14, 9, 0), "1 workday", "2026-02-24 23:59:59"),  # nine days off
        (
            (2026, 2, 16, 9, 0),
            "1 workday",
            "2026-02-24 23:59:59",
        ),  # start on a rest day: next workday is the first
        ((2026, 2, 24, 0, 0), "5 workdays", "2026-03-02 23:59:59"),  # make-up Saturday 28 February counts
        ((2026, 9, 30, 23, 59), "3 days", "2026-10-08 23:59:59"),  # art. 203: last day is a holiday
        ((2026, 11, 20, 22, 30), "2 hours", "2026-11-21 00:30:00"),
        ((2026, 11, 20, 23, 50), "30 minutes", "2026-11-21 00:20:00"),
        ((2026, 11, 20, 17, 0), "2 work hours", "2026-11-23 10:00:00"),
        ((2026, 11, 21, 17, 0), "9 work hours", "2026-11-23 18:00:00"),
        ((2026, 11, 22, 23, 59), "2 days", "2026-11-24 23:59:59"),
    ],
)
def test_limits_by_example(start: tuple[int, ...], limit: str, end: str) -> None:
    due = cal().due(local(*start), Limit.parse(limit))
    assert shown(due.at) == end
    assert not due.provisional


def test_close_of_office_ends_the_day() -> None:
    assert (
        shown(cal().due(local(2026, 11, 20, 17, 45), Limit(1, "workday"), LUNCH).at) == "2026-11-23 17:30:00"
    )


def test_beyond_the_published_year_is_provisional_and_said_so() -> None:
    assert cal().due(local(2026, 12, 30, 9), Limit(2, "workday")).provisional
    assert not cal().due(local(2026, 12, 30, 9), Limit(1, "workday")).provisional
    assert not cal().due(local(2026, 12, 31, 23), Limit(48, "hour")).provisional
    assert cal().due(local(2026, 12, 31, 17), Limit(2, "work hour")).provisional
    assert cal().due(local(2026, 12, 30, 17), Limit(2, "day")).provisional
    assert cal().is_provisional(date(2027, 1, 1))
    assert not cal().is_provisional(date(2026, 12, 31))
    assert cal().is_provisional(date(2025, 12, 31))
    assert not cal().is_provisional(date(2026, 1, 1))
    assert cal().due(local(2025, 12, 31, 9), Limit(1, "workday")).provisional
    assert not cal().due(local(2026, 1, 1, 9), Limit(1, "workday")).provisional
    guess = weekdays_only()
    assert guess.due(local(2026, 11, 20, 9), Limit(1, "workday")).provisional
    assert not guess.is_workday(date(2026, 2, 14))
    assert guess.is_workday(date(2026, 2, 17))


def test_a_weekend_named_as_holiday_keeps_its_name_and_counts_once() -> None:
    assert cal().names[date(2026, 2, 21)] == "春节"
    assert not cal().is_workday(date(2026, 2, 21))
    assert cal().count_workdays(date(2026, 2, 13), date(2026, 2, 24)) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "workdays",
        "5workdays",
        "0 days",
        "10001 days",
        "-1 days",
        "1.5 hours",
        "5 weeks",
        "5 workdays!",
        "５ days ",
    ],
)
def test_a_bad_limit_is_located(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        Limit.parse(text, "procedure.request.clock[0].limit")
    assert caught.value.faults[0].field == "procedure.request.clock[0].limit"
    assert "workdays" in caught.value.faults[0].remedy


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (" 5  workdays", Limit(5, "workday")),
        ("1 day", Limit(1, "day")),
        ("4 work hours", Limit(4, "work hour")),
        ("10000 hours", Limit(10_000, "hour")),
    ],
)
def test_limits_read_and_write_alike(text: str, limit: Limit) -> None:
    assert Limit.parse(text) == limit
    assert Limit.parse(str(limit)) == limit
    assert limit.words().startswith(str(limit.count))


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ((2026, 11, 24, 23, 59, 59), "还剩 2 个工作日"),
        ((2026, 11, 20, 18, 0), "还剩 7 小时"),
        ((2026, 11, 20, 11, 0, 59), "还剩 0 分钟"),
        ((2026, 11, 20, 11, 30), "还剩 30 分钟"),
        ((2026, 11, 22, 12, 0), "还剩 2 天"),
        ((2026, 11, 21, 11, 0), "还剩 1 天"),
        ((2026, 11, 20, 12, 0), "还剩 1 小时"),
        ((2026, 11, 20, 10, 0), "已超 1 小时"),
        ((2026, 11, 18, 23, 59, 59), "已超 2 个工作日"),
    ],
)
def test_words_beside_a_date(due: tuple[int, ...], words: str) -> None:
    now = local(2026, 11, 20, 11)
    assert cal().left_words(local(*due), now) == words
    assert cal().left(local(*due), now).words() == words
    assert cal().left_words(local(*due), now, provisional=True) == words + "（暂定）"


def test_the_second_of_the_limit_is_in_time() -> None:
    at = local(2026, 11, 20, 11)
    assert not cal().left(at, at).late
    assert cal().left(at, at + timedelta(seconds=1)).late


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        cal().due(datetime(2026, 11, 20), Limit(1, "workday"))
    with pytest.raises(ValueError, match="at least 1"):
        cal().add_workdays(date(2026, 11, 20), 0)


def test_every_published_day_of_the_seed_agrees_with_the_oracle() -> None:
    path = (
        Path(os.environ.get("BAODAO_SHARED", Path(__file__).parents[3] / "shared"))
        / "data/calendar/cn_calendar_2024_2026.csv"
    )
    if not path.exists():
        pytest.skip(f"no oracle at {path}")
    from baodao.kernel.seed import seed_days

    calendar = WorkCalendar("seed", seed_days(), date(2027, 1, 1))
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 1096
    wrong = [
        row["date"]
        for row in rows
        if calendar.is_workday(date.fromisoformat(row["date"])) != (row["is_workday"] == "1")
    ]
    assert wrong == []
