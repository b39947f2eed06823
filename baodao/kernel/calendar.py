"""Work calendar: pure date arithmetic over one *edition* held in memory. It reads no database and no clock.

Base rule Monday to Friday; an edition adds what the State Council publishes for a year: days off and make-up
days. From the edition's `provisional_from` on nothing is published yet: Monday to Friday is a guess, and
every answer that rests on such a day says `provisional` (shown as 暂定).

How a limit runs (Civil Code of the PRC, art. 200–204):
- days and workdays: the day of the start is not counted (art. 201 I). "3 workdays" end at the end of the
  third workday after the start's day; a start on a rest day therefore counts the next workday as the first.
  "3 days" end at the end of the third day after, and if that is a rest day, of the next workday (art. 203 I).
- the end of a day is 24:00, kept as its last whole second 23:59:59; where the pack declares an hour of
  closing, that hour (art. 203 II). "Overdue" is `due < as_of`, so the second of the limit itself is in time.
- hours and minutes run from the moment itself (art. 201 II), through nights and rest days; "work hours" only
  within office hours.
- pauses do not count: hours and minutes move by the paused time, days and workdays by the days after the day
  of the pause up to and with the day of resuming, as if the day of resuming were a day of start. A pause that
  begins after the limit is too late.

All moments are aware datetimes; results are UTC in whole seconds.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .errors import Invalid

Unit = Literal["workday", "day", "hour", "minute", "work hour"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MOST = 10_000

_LIMIT = re.compile(r"([0-9]{1,6}) (work hour|workday|day|hour|minute)(s?)")
_SECONDS = {"hour": 3600, "minute": 60, "work hour": 3600}


class Limit(msgspec.Struct, frozen=True):
    """A duration as packs write it: `count` 1–10,000 of `unit`."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str, where: str = "") -> "Limit":
        """Read "5 workdays", "1 day", "2 hours", "30 minutes", "4 work hours". Raises Invalid with `where` as
        its field."""
        found = _LIMIT.fullmatch(" ".join(text.split()))
        remedy = _("请写成 5 workdays、3 days、2 hours、30 minutes 或 4 work hours")
        if found is None:
            raise Invalid.of(where, _("看不懂时限“%(text)s”") % {"text": text[:40]}, remedy)
        count = int(found[1])
        if not 1 <= count <= MOST:
            raise Invalid.of(where, _("时限要在 1 到 %(most)d 之间") % {"most": MOST}, remedy)
        return cls(count, found[2])  # type: ignore[arg-type]

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" + ("s" if self.count > 1 else "")

    def words(self) -> str:
        """For people: "5 个工作日"."""
        return _amount(self.count, self.unit)


class Hours(msgspec.Struct, frozen=True):
    """Office hours of a pack, local: `spans` for work hours (ascending, not touching), `close` = end of a
    day's limit (None: 24:00)."""

    spans: tuple[tuple[time, time], ...] = ((time(9), time(18)),)
    close: time | None = None

    @property
    def seconds(self) -> int:
        """Work seconds of one workday."""
        return sum(_second(to) - _second(start) for start, to in self.spans)

    def worked(self, at: time) -> int:
        """Work seconds of a workday that are over at local time `at`."""
        now = _second(at)
        return sum(max(0, min(now, _second(to)) - _second(start)) for start, to in self.spans)

    def moment(self, seconds: int) -> time:
        """The local time at which `seconds` (1 to a whole day) of a workday are over."""
        for start, to in self.spans:
            length = _second(to) - _second(start)
            if seconds <= length:
                return (datetime.combine(date.min, start) + timedelta(seconds=seconds)).time()
            seconds -= length
        raise ValueError("more seconds than a workday has")


class Due(msgspec.Struct, frozen=True):
    """When a limit ends (UTC), and whether that rests on days that no published edition covers."""

    at: datetime
    provisional: bool = False


class Day(msgspec.Struct, frozen=True):
    """A day that an edition names: a day off ("holiday", on a weekend it only carries the name) or a weekend
    worked ("makeup")."""

    date: date
    kind: Literal["holiday", "makeup"]
    name: str = ""


class Left(msgspec.Struct, frozen=True):
    """What stands beside a date: late or not, whole workdays between the two days, seconds between the two
    moments (both ≥ 0)."""

    late: bool
    workdays: int
    seconds: int

    @property
    def amount(self) -> tuple[int, Unit]:
        """What is said of it: whole workdays, else days, hours, minutes."""
        if self.workdays:
            return self.workdays, "workday"
        if self.seconds >= 86_400:
            return self.seconds // 86_400, "day"
        return (self.seconds // 3600, "hour") if self.seconds >= 3600 else (self.seconds // 60, "minute")

    def words(self, provisional: bool = False) -> str:
        """ "还剩 2 个工作日", "还剩 3 小时", "已超 1 个工作日"; provisional dates carry 暂定."""
        amount = _amount(*self.amount)
        words = (_("已超 %(amount)s") if self.late else _("还剩 %(amount)s")) % {"amount": amount}
        return _("%(words)s（暂定）") % {"words": words} if provisional else words


Pause = tuple[datetime, datetime]


class WorkCalendar:
    """One edition: immutable, made by `current_calendar()` from its rows, or in tests by hand."""

    __slots__ = ("_makeups", "_rests", "_set", "edition", "known_from", "names", "provisional_from", "zone")

    def __init__(
        self,
        edition: str,
        days: Iterable[Day],
        provisional_from: date,
        zone: str = "Asia/Shanghai",
        known_from: date | None = None,
    ) -> None:
        days = sorted(days, key=lambda day: day.date)
        self.edition = edition
        self.provisional_from = provisional_from
        self.known_from = known_from or (days[0].date.replace(month=1, day=1) if days else provisional_from)
        self.zone = ZoneInfo(zone)
        self.names = {day.date: day.name for day in days if day.name}
        self._rests = [day.date for day in days if day.kind == "holiday" and day.date.weekday() < 5]
        self._makeups = [day.date for day in days if day.kind == "makeup" and day.date.weekday() >= 5]
        self._set = {*self._rests, *self._makeups}

    def is_workday(self, day: date) -> bool:
        """Whether offices work on `day`."""
        return (day.weekday() < 5) != (day in self._set)

    def is_provisional(self, day: date) -> bool:
        """Whether `day` lies outside of what the edition covers."""
        return day >= self.provisional_from or day < self.known_from

    def local_date(self, at: datetime) -> date:
        """The local day of an aware moment."""
        return _aware(at).astimezone(self.zone).date()

    def count_workdays(self, after: date, until: date) -> int:
        """Workdays d with after < d ≤ until; negative when `until` is the earlier one."""
        return self._rank(until) - self._rank(after)

    def add_workdays(self, day: date, count: int) -> date:
        """The `count`-th workday after `day` (count ≥ 1)."""
        if count < 1:
            raise ValueError("count must be at least 1")
        end, left = day, count
        while left:
            # Never jumps over the goal: `left` days hold at most `left` workdays.
            end += timedelta(days=left)
            left = count - self.count_workdays(day, end)
        return end

    def day_end(self, day: date, hours: Hours | None = None) -> datetime:
        """The last moment of a limit that ends on `day`."""
        close = (hours or Hours()).close
        return datetime.combine(day, close or time(23, 59, 59), self.zone).astimezone(UTC)

    def due(
        self, start: datetime, limit: Limit, hours: Hours | None = None, pauses: Sequence[Pause] = ()
    ) -> Due:
        """When `limit` from `start` ends; `pauses` are closed (from, to) pairs in order. See the module for
        the rule."""
        hours = hours or Hours()
        past: list[Pause] = []
        due = self._due(start, limit, hours, past)
        for pause in pauses:
            begin, end = max(pause[0], start), max(pause[1], start)
            if begin > due.at or end <= begin:
                continue
            past.append((begin, end))
            due = self._due(start, limit, hours, past)
        return due

    def work_seconds(self, start: datetime, end: datetime, hours: Hours | None = None) -> int:
        """Seconds within office hours of workdays from `start` to `end`; negative when `end` is the earlier
        one."""
        hours = hours or Hours()
        return self._worked(end, hours) - self._worked(start, hours)

    def left(self, due: datetime, now: datetime) -> Left:
        """How far `due` is from `now`, for display."""
        late = due < now
        first, last = (due, now) if late else (now, due)
        seconds = int((last - first).total_seconds())
        return Left(late, self.count_workdays(self.local_date(first), self.local_date(last)), seconds)

    def left_words(self, due: datetime, now: datetime, provisional: bool = False) -> str:
        """How far `due` is from `now`, in words."""
        return self.left(due, now).words(provisional)

    def _rank(self, day: date) -> int:
        """Workdays up to and with `day`, from the first day of all (1 January of year 1 was a Monday)."""
        weeks, rest = divmod(day.toordinal(), 7)
        return weeks * 5 + min(rest, 5) - bisect_right(self._rests, day) + bisect_right(self._makeups, day)

    def _worked(self, at: datetime, hours: Hours) -> int:
        local = _aware(at).astimezone(self.zone)
        day = local.date()
        if not self.is_workday(day):
            return self._rank(day) * hours.seconds
        return (self._rank(day) - 1) * hours.seconds + hours.worked(local.time())

    def _due(self, start: datetime, limit: Limit, hours: Hours, pauses: Sequence[Pause]) -> Due:
        if limit.unit in {"hour", "minute"}:
            paused = sum((end - begin for begin, end in pauses), timedelta())
            return Due(
                _aware(start).astimezone(UTC) + timedelta(seconds=limit.count * _SECONDS[limit.unit]) + paused
            )
        day = self.local_date(start)
        spans = [(self.local_date(begin), self.local_date(end)) for begin, end in pauses]
        if limit.unit == "workday":
            end_day = self.add_workdays(day, limit.count + sum(self.count_workdays(*span) for span in spans))
        elif limit.unit == "day":
            end_day = day + timedelta(days=limit.count + sum((to - begin).days for begin, to in spans))
            if not self.is_workday(end_day):
                end_day = self.add_workdays(end_day, 1)
        else:
            paused_work = sum(self.work_seconds(begin, end, hours) for begin, end in pauses)
            return self._due_in_work_hours(start, limit.count * _SECONDS[limit.unit] + paused_work, hours)
        return Due(self.day_end(end_day, hours), self._rests_on_guess(day, end_day))

    def _due_in_work_hours(self, start: datetime, seconds: int, hours: Hours) -> Due:
        local = _aware(start).astimezone(self.zone)
        day, working = local.date(), self.is_workday(local.date())
        total = seconds + (hours.worked(local.time()) if working else 0)
        # Ends inside a day, never at the next morning's opening.
        full, part = divmod(total - 1, hours.seconds)
        steps = full if working else full + 1
        end_day = self.add_workdays(day, steps) if steps else day
        at = datetime.combine(end_day, hours.moment(part + 1), self.zone).astimezone(UTC)
        return Due(at, self._rests_on_guess(day, end_day))

    def _rests_on_guess(self, first: date, last: date) -> bool:
        return last >= self.provisional_from or first < self.known_from


def weekdays_only(zone: str = "Asia/Shanghai") -> WorkCalendar:
    """The calendar before any edition is loaded: Monday to Friday, all of it provisional."""
    return WorkCalendar("", (), date.min, zone)


def _second(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without time zone")
    return at


def _amount(count: int, unit: Unit) -> str:
    # One branch each: a list of a hundred rows asks this a hundred times.
    match unit:
        case "workday":
            words = ngettext("%(n)d 个工作日", "%(n)d 个工作日", count)
        case "day":
            words = ngettext("%(n)d 天", "%(n)d 天", count)
        case "hour":
            words = ngettext("%(n)d 小时", "%(n)d 小时", count)
        case "minute":
            words = ngettext("%(n)d 分钟", "%(n)d 分钟", count)
        case _:
            words = ngettext("%(n)d 个工作小时", "%(n)d 个工作小时", count)
    return words % {"n": count}
