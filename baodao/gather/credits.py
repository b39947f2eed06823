"""Minutes credited for a time: once for the same clock time, and no more a day than the kind allows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

Time = tuple[datetime, datetime]


def apart(span: Time, taken: Iterable[Time]) -> list[Time]:
    """What of ``span`` lies in none of ``taken``, in order."""
    left, (at, ends) = [], span
    for since, until in sorted(taken):
        if until <= at or since >= ends:
            continue
        if since > at:
            left.append((at, since))
        at = max(at, until)
    if at < ends:
        left.append((at, ends))
    return left


def minutes(span: Time, credited: Iterable[tuple[Time, int]], longest: int = 0) -> int:
    """Whole minutes for ``span``. ``credited``: the person's other times with what was credited for them. ``longest``: the most
    for the local day on which the span begins, 0 for no limit."""
    others = [(time, given) for time, given in credited if given > 0]
    fresh = sum(_length(part) for part in apart(span, [time for time, _given in others]))
    if not longest:
        return fresh
    today = day_of(span[0])
    return max(0, min(fresh, longest - sum(given for time, given in others if day_of(time[0]) == today)))


def day_of(at: datetime) -> date:
    """The local day of a moment."""
    return timezone.localdate(at)


def _length(part: Time) -> int:
    return int((part[1] - part[0]) / timedelta(minutes=1))
