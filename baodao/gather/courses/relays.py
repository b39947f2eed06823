"""That residents were told by hand: a loudspeaker was played, a text sent, a page put up. Each time is one tap of whoever did it, a row of its
order, and a count. Nothing here knows who heard it. Every read of it; the verbs stand in `telling`, the rebuild in `caches`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from .declare import Channel
from .models import Order, Relay
from .selectors import listed


def by_hand(order: Order, known: dict[str, Channel]) -> list[tuple[str, Channel]]:
    """Channels by which residents of an order were told and which somebody carries out by hand, in the pack's order."""
    told = set(listed(order.channels))
    return [(code, one) for code, one in known.items() if code in told and one.times]


def done(numbers: Sequence[str]) -> dict[str, list[Relay]]:
    """Order → each time that its residents were told by hand, the earliest first. One statement."""
    found: dict[str, list[Relay]] = {}
    for row in Relay.objects.filter(number__in=list(numbers)).order_by("number", "at", "channel"):
        found.setdefault(row.number, []).append(row)
    return found


class Hand(Struct, frozen=True):
    """A channel of an order that is carried out by hand: how often it was, how often the community means to, the last times, newest first."""

    code: str
    channel: Channel
    times: int
    last: tuple[Relay, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether it went out as often as it was meant to."""
        return self.times >= self.channel.times


def hands(order: Order, known: dict[str, Channel], rows: Sequence[Relay]) -> list[Hand]:
    """Pure: what is done by hand for an order, with what was."""
    found = []
    for code, one in by_hand(order, known):
        mine = [row for row in rows if row.channel == code]
        found.append(Hand(code, one, len(mine), tuple(mine[::-1][:20])))
    return found
