"""Rows out of facts, pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct

from .facts import Given


class Told(Struct, frozen=True):
    """One effective fact: what was given, under which name, whence."""

    data: Given
    name: str
    origin: str


def fold(post: str, told: Iterable[Told]) -> list[dict[str, Any]]:
    """All columns of the rows of one post, by day. The last word for a day holds; an area ends when the next begins."""
    by_day = {date.fromisoformat(one.data.since): one for one in told}
    days = sorted(by_day)
    return [
        {
            "post": post,
            "name": by_day[day].name,
            "places": " ".join(by_day[day].data.places),
            "since": day,
            "until": days[place + 1] if place + 1 < len(days) else None,
            "origin": by_day[day].origin,
        }
        for place, day in enumerate(days)
        if by_day[day].data.places
    ]
