"""Periods and windows: when something is to be done. Pure; days are local.

A *period* is named by its first day. Its *window* [opens, closes] are the days that count: all of them, or those around a fixed
day. A fixed day that the month does not have is its last day; one that is a rest day moves as the rule says, and the answer
is provisional where no published calendar covers the days that it rests on.
"""

from __future__ import annotations

import calendar as gregorian
from datetime import date, timedelta

import msgspec

from baodao.kernel.calendar import Limit, WorkCalendar

from .declare import DueRule

#: Days of the longest period of a kind: how far one has to look back.
LENGTH = {"": 0, "week": 7, "month": 31, "quarter": 92, "half_year": 184, "year": 366}
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_DAY = timedelta(days=1)


class Window(msgspec.Struct, frozen=True):
    """One period of one requirement. ``due`` is the day to name: the fixed day, else the last one. ``make_up`` is the last day of
    making up, None without. ``provisional``: due, opens and closes rest on days that no edition covers; ``make_up_provisional``:
    that day does."""

    first: date
    last: date
    opens: date
    due: date
    closes: date
    make_up: date | None = None
    provisional: bool = False
    make_up_provisional: bool = False

    @property
    def middle(self) -> date:
        """The day up to which whoever begins still owes it (`newcomers = "middle"`)."""
        return self.opens + (self.closes - self.opens) // 2

    @property
    def days(self) -> int:
        """Length of the window."""
        return (self.closes - self.opens).days + 1


def period(every: str, day: date) -> tuple[date, date]:
    """First and last day of the period around a day. Weeks begin on Monday."""
    if every == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    months = _MONTHS[every]
    month = (day.month - 1) // months * months + 1
    last_month = month + months - 1
    return date(day.year, month, 1), date(day.year, last_month, gregorian.monthrange(day.year, last_month)[1])


def terms(rule: DueRule, first: date) -> DueRule:
    """The rule as it holds for the period that begins on ``first``."""
    changed: dict[str, object] = {}
    for change in sorted(rule.changes, key=lambda one: one.since):
        if change.since <= first:
            given = msgspec.structs.asdict(change)
            changed |= {k: v for k, v in given.items() if v is not None and k != "since"}
    return msgspec.structs.replace(rule, **changed) if changed else rule


def window(rule: DueRule, first: date, last: date, calendar: WorkCalendar) -> Window:
    """The window of a period, by terms that hold for it."""
    opens, due, closes, guess = first, last, last, False
    if rule.day:
        named = _fixed(rule, first, last)
        due = _moved(named, rule.rest, calendar)
        opens, closes = due - rule.before_days * _DAY, due + rule.after_days * _DAY
        guess = rule.rest != "same" and (calendar.is_provisional(named) or calendar.is_provisional(due))
    elif rule.within:
        due = closes = first + (rule.within - 1) * _DAY
    until, guessed = _make_up(rule, closes, calendar)
    return Window(first, last, opens, due, closes, until, guess, guessed)


def after_event(rule: DueRule, day: date, calendar: WorkCalendar) -> Window:
    """The window that an event opens: from its day to the end of the limit."""
    end = calendar.due(calendar.day_end(day), Limit.parse(rule.limit))
    closes = calendar.local_date(end.at)
    until, guessed = _make_up(rule, closes, calendar)
    return Window(day, closes, day, closes, closes, until, end.provisional, guessed)


def windows(rule: DueRule, since: date, until: date, calendar: WorkCalendar) -> list[Window]:
    """The windows of all periods that have a day in [since, until], in order. Not for requirements after an event."""
    found: list[Window] = []
    day = since
    while day <= until:
        here = terms(rule, day)
        first, last = period(here.every, day)
        if first != day and terms(rule, first) is not here:
            # A change begins with a period: the one around this day has the terms of its own first day.
            here = terms(rule, first)
            first, last = period(here.every, day)
        if first >= rule.since and (rule.until is None or first < rule.until):
            found.append(window(here, first, last, calendar))
        day = last + _DAY
    return found


def reach_back(rule: DueRule) -> int:
    """Days before a window in which an earlier one of the same rule may still be open or made up."""
    longest = max([LENGTH[rule.every], *(LENGTH[c.every] for c in rule.changes if c.every)])
    spans = [rule.make_up, *(c.make_up or "" for c in rule.changes), rule.limit]
    return longest + 40 + max((_days(span) for span in spans), default=0)


def _days(span: str) -> int:
    if not span:
        return 0
    limit = Limit.parse(span)
    return limit.count * (3 if limit.unit == "workday" else 1) + 20


def _fixed(rule: DueRule, first: date, last: date) -> date:
    if rule.every == "week":
        return first + (min(rule.day, 7) - 1) * _DAY
    return date(last.year, last.month, min(rule.day, last.day))


def _moved(day: date, rest: str, calendar: WorkCalendar) -> date:
    if rest == "same" or calendar.is_workday(day):
        return day
    if rest == "next":
        return calendar.add_workdays(day, 1)
    while not calendar.is_workday(day):
        day -= _DAY
    return day


def _make_up(rule: DueRule, closes: date, calendar: WorkCalendar) -> tuple[date | None, bool]:
    if not rule.make_up:
        return None, False
    end = calendar.due(calendar.day_end(closes), Limit.parse(rule.make_up))
    return calendar.local_date(end.at), end.provisional
