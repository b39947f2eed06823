"""When a place can be had. Pure: no clock, no tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from baodao.kernel.calendar import WorkCalendar
from baodao.places.facilities.hours import Hours

Span = tuple[datetime, datetime]
#: A free time shorter than this is not offered.
LEAST = timedelta(minutes=15)


def open_on(hours: Hours, day: date, calendar: WorkCalendar) -> list[Span]:
    """The times of one local day in which the door is open, merged, in order; what runs past midnight ends there."""
    midnight = datetime.combine(day, time(), calendar.zone)
    found: list[Span] = []
    for start, end in hours.spans(day, calendar):
        span = midnight + timedelta(minutes=start), midnight + timedelta(minutes=min(end, 24 * 60))
        if found and span[0] <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], span[1])
        else:
            found.append(span)
    return found


def free_in(opened: Sequence[Span], taken: Iterable[Span], since: datetime) -> list[Span]:
    """What is left of open times behind ``since`` when others have ``taken`` some."""
    held = sorted(taken)
    found = []
    for start, end in opened:
        at = max(start, since)
        for begin, over in held:
            if begin < end and over > at:
                if begin - at >= LEAST:
                    found.append((at, begin))
                at = max(at, over)
        if end - at >= LEAST:
            found.append((at, end))
    return found


def within(spans: Iterable[Span], starts: datetime, ends: datetime) -> bool:
    """Whether a time lies whole in one of these."""
    return any(start <= starts and ends <= end for start, end in spans)
