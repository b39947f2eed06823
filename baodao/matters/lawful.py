"""The last day of a lawful next step: "cannot, because" is only honest if the way on is still open and
dated."""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta
from typing import Protocol


class Workdays(Protocol):
    """What is needed of ``kernel.calendar.WorkCalendar``."""

    def is_workday(self, day: date) -> bool: ...
    def add_workdays(self, day: date, count: int) -> date: ...


def last_day(limit: str, told: date, calendar: Workdays) -> date:
    """The last day of a limit that runs from the day after ``told``: "60 days", "6 months", "10 workdays".

    Civil Code of the PRC, art. 201–203: the first day is not counted; a limit in months ends on the same day
    of the last month (on its last day where there is none); an end on a rest day moves to the next workday.
    """
    count, unit = limit.split()
    n = int(count)
    if unit.startswith("workday"):
        return calendar.add_workdays(told, n)
    end = told + timedelta(days=n) if unit.startswith("day") else _months_on(told, n)
    return end if calendar.is_workday(end) else calendar.add_workdays(end, 1)


def _months_on(day: date, n: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
