"""Periods: a month, a quarter, a half-year, or days from … to …; half open in local time."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.typed import day_in

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_QUARTER = re.compile(r"^(\d{4})-Q([1-4])$")
_HALF = re.compile(r"^(\d{4})-H([12])$")
LONGEST = 3700


class Period(msgspec.Struct, frozen=True):
    """Local days from ``first`` to ``last``, both of them in; ``name`` as it is asked for."""

    name: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Midnight that begins it."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """Midnight after it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def month(self) -> bool:
        """A whole calendar month."""
        return bool(_MONTH.match(self.name))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 (made aware here)


def _months(first: date, count: int) -> date:
    """The last day of ``count`` months that begin with ``first``."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def parse(text: str, today: date) -> Period:
    """``2026-10``, ``2026-Q3``, ``2026-H2``, ``2026-10-01..2026-10-15``; "" is this month. Raises Invalid."""
    text = text.strip() or f"{today:%Y-%m}"
    try:
        if found := _MONTH.match(text):
            first = date(int(found[1]), int(found[2]), 1)
            return _sound(Period(text, first, _months(first, 1)))
        if found := _QUARTER.match(text):
            first = date(int(found[1]), 3 * int(found[2]) - 2, 1)
            return _sound(Period(text, first, _months(first, 3)))
        if found := _HALF.match(text):
            first = date(int(found[1]), 6 * int(found[2]) - 5, 1)
            return _sound(Period(text, first, _months(first, 6)))
        one, _dots, other = text.partition("..")
        if (first_day := day_in(one)) and (last_day := day_in(other)):
            return _sound(Period(f"{first_day}..{last_day}", first_day, last_day))
        raise ValueError(text)
    except (ValueError, OverflowError):
        raise Invalid.of(
            "period", _("时间段写法不对"), _("例如 2026-10、2026-Q3、2026-H2，或 2026-10-01..2026-10-15")
        ) from None


def _sound(period: Period) -> Period:
    if not date(1990, 1, 1) <= period.first <= period.last <= date(2200, 1, 1):
        raise ValueError(period.name)
    if (period.last - period.first).days > LONGEST:
        raise Invalid.of("period", _("时间段超过十年"), _("请缩短后再看"))
    return period


def recent(today: date) -> list[str]:
    """What a page offers: this month, the five before, this quarter, the two before, this half-year, the one before."""
    months = [_back(today, n) for n in range(6)]
    quarters = dict.fromkeys(
        f"{day:%Y}-Q{(day.month + 2) // 3}" for day in (_back(today, 3 * n) for n in range(3))
    )
    halves = [f"{day:%Y}-H{(day.month + 5) // 6}" for day in (today, _back(today, 6))]
    return [f"{day:%Y-%m}" for day in months] + list(quarters) + halves


def _back(day: date, count: int) -> date:
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
