"""What one person may be asked for: rest between shifts, hours in seven days, hours in the half-year. Pure.

The rule protects her, so it is asked of every way into a shift: invitation, answer, roster, stand-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec
from django.utils import timezone

WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


class Duty(msgspec.Struct, frozen=True):
    """A time of hers. ``shift`` false: she sits elsewhere, and only may not be in two places. ``minutes``: credited, None before."""

    starts: datetime
    ends: datetime
    shift: bool
    minutes: int | None = None

    @property
    def length(self) -> int:
        """Minutes that count: what was credited, else the whole."""
        return (self.ends - self.starts) // MINUTE if self.minutes is None else self.minutes


class Rule(msgspec.Struct, frozen=True):
    """In minutes; 0: no limit. ``week`` in any seven days, ``half`` in the half-year."""

    rest: int = 0
    week: int = 0
    half: int = 0


def broken(starts: datetime, ends: datetime, duties: Iterable[Duty], rule: Rule) -> str:
    """Which limit a further shift would break: "" none, else ``place``, ``rest``, ``week``, ``half``."""
    held = list(duties)
    if any(one.starts < ends and one.ends > starts for one in held):
        return "place"
    shifts = [one for one in held if one.shift]
    rest = rule.rest * MINUTE
    if any(one.starts < ends + rest and one.ends + rest > starts for one in shifts):
        return "rest"
    fresh = Duty(starts, ends, True)
    if rule.week and most_in_week([*shifts, fresh], fresh) > rule.week:
        return "week"
    begins, over = half_of(starts)
    if rule.half:
        same = [one for one in shifts if begins <= timezone.localdate(one.starts) < over]
        if sum(one.length for one in [*same, fresh]) > rule.half:
            return "half"
    return ""


def most_in_week(shifts: Iterable[Duty], about: Duty) -> int:
    """The most minutes in any seven days in which ``about`` begins; a shift counts where it begins."""
    near = [one for one in shifts if abs(one.starts - about.starts) < WEEK]
    windows = [one.starts for one in near if one.starts <= about.starts]
    return max(
        sum(one.length for one in near if since <= one.starts < since + WEEK)
        for since in [*windows, about.starts]
    )


def half_of(at: datetime) -> tuple[date, date]:
    """The half-year of a moment, by local days: [first, next)."""
    day = timezone.localdate(at)
    if day.month <= 6:
        return date(day.year, 1, 1), date(day.year, 7, 1)
    return date(day.year, 7, 1), date(day.year + 1, 1, 1)
