"""Who is on shift now: rooms above say it, alerts only ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec


class OnShift(msgspec.Struct, frozen=True):
    """Somebody on shift at an organization: the post that she holds ("": none, a volunteer), and of which organization."""

    at: str
    org: str = ""
    post: str = ""


#: Organizations, the nearest first, and a moment → who is on shift there.
Find = Callable[[Sequence[str], datetime], list[OnShift]]
_finds: dict[str, Find] = {}


def register_on_shift(name: str, find: Find) -> None:
    """A room with rosters tells who is on shift; a few statements."""
    _finds[name] = find


def on_shift(orgs: Sequence[str], now: datetime) -> list[OnShift]:
    """All of them, the nearest organization first."""
    order = {org: n for n, org in enumerate(orgs)}
    found = [one for find in _finds.values() for one in find(orgs, now)]
    return sorted(found, key=lambda one: order.get(one.at, len(order)))
