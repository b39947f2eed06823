"""Openings spread over a half-year, with a most a day: sixty members on 28 June become three a week from July on. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date, timedelta


def days_between(since: date, until: date, weekdays: Iterable[int]) -> list[date]:
    """Days in [since, until) that fall on one of these weekdays (Monday is 0)."""
    wanted = set(weekdays)
    count = max((until - since).days, 0)
    days = (since + timedelta(days=n) for n in range(count))
    return [day for day in days if day.weekday() in wanted]


def spread(days: Iterable[date], wanted: int, most: int, taken: Mapping[date, int]) -> dict[date, int]:
    """Day → seats, as evenly over ``days`` as can be; never more than ``most`` a day together with those ``taken`` there.

    Fewer than ``wanted`` when the days have no more room: the sum says how many. Each seat goes to the day of its even place in
    the row, or the nearest free one, the earlier of two; so the same question has the same answer.
    """
    every = sorted(set(days))
    room = {n: most - taken.get(day, 0) for n, day in enumerate(every)}
    order = [n for n, left in room.items() if left > 0]
    wanted = min(wanted, sum(room[n] for n in order))
    found: dict[date, int] = {}
    for seat in range(wanted):
        at = _nearest(order, (2 * seat + 1) * len(every) // (2 * wanted))
        found[every[at]] = found.get(every[at], 0) + 1
        room[at] -= 1
        if room[at] == 0:
            order.remove(at)
    return dict(sorted(found.items()))


def _nearest(order: list[int], place: int) -> int:
    at = bisect_left(order, place)
    return min(order[max(at - 1, 0) : at + 1], key=lambda n: (abs(n - place), n))
