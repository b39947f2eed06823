"""Opening hours as people write them, read against the calendar edition. Pure: no clock, no tables.

    工作日 09:00-12:00 14:00-18:00；休息日 10:00-16:00；节假日 不开

Rules of a day, the nearest first: a public holiday by 节假日 (without such a rule by 每天 alone, else it is closed: a
closed door that was promised open costs a resident a walk); a day of the week by its name; 工作日 and 休息日 by the
calendar, make-up days included; 每天. A span that ends before it begins ends on the following day.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.calendar import WorkCalendar
from baodao.kernel.errors import Invalid

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Words as they may be typed → what they mean.
_DAYS = {
    "每天": "daily", "每日": "daily", "天天": "daily", "daily": "daily",  # data
    "工作日": "workday", "workdays": "workday", "workday": "workday",  # data
    "休息日": "restday", "双休日": "restday", "周末": "restday", "restdays": "restday", "restday": "restday",  # data
    "节假日": "holiday", "法定节假日": "holiday", "holidays": "holiday", "holiday": "holiday",  # data
}  # fmt: skip
_NAMES = "一二三四五六日"  # data
_DAYS |= {f"{week}{name}": WEEK[n] for n, name in enumerate(_NAMES) for week in ("周", "星期")}  # data
_DAYS |= {name: name for name in WEEK} | {"周天": "sun", "星期天": "sun"}  # data
_CLOSED = {"不开", "休息", "闭馆", "关门", "closed"}  # data
_ALL_DAY = {"全天", "24小时", "allday"}  # data
_SPAN = re.compile(r"([0-2]?\d)[:：]([0-5]\d)[-–—~～至到]([0-2]?\d)[:：]([0-5]\d)")  # data
_RANGE = re.compile(r"[至到~～\-–—]")  # data
DAY = 24 * 60
#: How far ahead the next opening is sought, in days.
AHEAD = 16
LONGEST = 300


class Rule(msgspec.Struct, frozen=True):
    """On these days open in these spans (minutes from midnight; an end past 1440 lies on the following day)."""

    days: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


class Opening(msgspec.Struct, frozen=True):
    """How it stands at a moment, local. ``until``: when it closes (None: not within the days looked at);
    ``opens``: when it opens next (None: unknown or not soon). ``provisional``: the calendar of today is a guess."""

    open: bool
    until: datetime | None = None
    opens: datetime | None = None
    provisional: bool = False


class Hours(msgspec.Struct, frozen=True):
    """Rules in the order written; none: the hours are not known."""

    rules: tuple[Rule, ...] = ()

    def spans(self, day: date, calendar: WorkCalendar) -> tuple[tuple[int, int], ...]:
        """The spans of one local day."""
        working = calendar.is_workday(day)
        if not working and day in calendar.names:
            names: tuple[str, ...] = ("holiday", "daily")
        else:
            names = (WEEK[day.weekday()], "workday" if working else "restday", "daily")
        for name in names:
            found = [rule for rule in self.rules if name in rule.days]
            if found:
                return tuple(sorted(span for rule in found for span in rule.spans))
        return ()

    def at(self, moment: datetime, calendar: WorkCalendar) -> Opening:
        """How it stands at an aware moment."""
        local = moment.astimezone(calendar.zone)
        unsure = calendar.is_provisional(local.date())
        for start, end in _merged(self._intervals(local.date(), calendar)):
            if end <= local.replace(tzinfo=None):
                continue
            if start <= local.replace(tzinfo=None):
                far = end.date() >= local.date() + timedelta(days=AHEAD - 1)
                return Opening(True, None if far else end.replace(tzinfo=calendar.zone), None, unsure)
            return Opening(False, None, start.replace(tzinfo=calendar.zone), unsure)
        return Opening(False, provisional=unsure)

    def _intervals(self, day: date, calendar: WorkCalendar) -> Iterator[tuple[datetime, datetime]]:
        for step in range(-1, AHEAD):
            midnight = datetime.combine(day + timedelta(days=step), time())
            for start, end in self.spans(midnight.date(), calendar):
                yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def _merged(intervals: Iterator[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def parse(text: str, field: str = "hours") -> Hours:
    """Hours from what was typed; "" gives none. Raises Invalid at ``field``."""
    if len(text) > LONGEST:
        raise Invalid.of(field, _("开放时间太长"), _("最多 %(most)d 个字") % {"most": LONGEST})
    rules = [_rule(clause, field) for clause in re.split(r"[；;\n。]", text) if clause.strip()]
    return Hours(tuple(rules))


def _rule(clause: str, field: str) -> Rule:
    remedy = _("请写成“工作日 09:00-12:00 14:00-18:00；休息日 10:00-16:00；节假日 不开”")
    rest, spans = clause.strip(), []
    for found in _SPAN.finditer(rest):
        start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
        if start >= DAY or end > DAY or start == end:
            raise Invalid.of(field, _("看不懂时间“%(text)s”") % {"text": found[0]}, remedy)
        spans.append((start, end if end > start else end + DAY))
    words = [word for word in re.split(r"[\s、，,：:]+", _SPAN.sub(" ", rest)) if word]
    closed = [word for word in words if word.casefold() in _CLOSED]
    whole = [word for word in words if word.casefold() in _ALL_DAY]
    days = [day for word in words if word not in (*closed, *whole) for day in _days(word, field, remedy)]
    if whole:
        spans.append((0, DAY))
    if bool(closed) == bool(spans):
        raise Invalid.of(field, _("看不懂“%(text)s”") % {"text": clause.strip()[:40]}, remedy)
    return Rule(tuple(dict.fromkeys(days)) or ("daily",), tuple(sorted(spans)))


def _days(word: str, field: str, remedy: str) -> list[str]:
    ends = _RANGE.split(word.casefold())
    found = [_DAYS.get(end, "") for end in ends]
    if len(found) == 1 and found[0]:
        return found
    if len(found) == 2 and all(day in WEEK for day in found):
        first, last = WEEK.index(found[0]), WEEK.index(found[1])
        return [WEEK[n % 7] for n in range(first, last + 1 if last >= first else last + 8)]
    raise Invalid.of(field, _("看不懂“%(text)s”") % {"text": word[:40]}, remedy)


def words(hours: Hours) -> list[tuple[str, str]]:
    """(days, spans) of each rule in the reader's language."""
    return [(_("、").join(_day_words(rule.days)), _spans_words(rule.spans)) for rule in hours.rules]


def _day_words(days: tuple[str, ...]) -> list[str]:
    named = {
        "daily": _("每天"), "workday": _("工作日"), "restday": _("休息日"), "holiday": _("节假日"),
        "mon": _("周一"), "tue": _("周二"), "wed": _("周三"), "thu": _("周四"), "fri": _("周五"),
        "sat": _("周六"), "sun": _("周日"),
    }  # fmt: skip
    return [named[day] for day in days]


def _spans_words(spans: tuple[tuple[int, int], ...]) -> str:
    if not spans:
        return _("不开")
    if spans == ((0, DAY),):
        return _("全天")
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minutes: int) -> str:
    past = minutes - DAY if minutes > DAY else minutes
    return f"{past // 60:02}:{past % 60:02}"
