"""What matching is asked and what it answers. Times are whole seconds since 1970 (UTC), spans half open, distances metres,
places WGS-84 with the longitude first, as everywhere here."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Seconds = Annotated[int, Meta(ge=0, le=1 << 40)]
Metres = Annotated[int, Meta(ge=0, le=20_100_000)]
Points = Annotated[int, Meta(ge=0, le=1_000_000)]
Code = Annotated[str, Meta(max_length=80)]


class Span(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """[starts, ends)."""

    starts: Seconds
    ends: Seconds


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One who is willing.

    ``free`` None: at any time. ``reach`` 0: as far as the request says. ``served``: in this half-year so far, ``cap``: the
    most in this half-year, None for none. ``duties``: what she has done and will do elsewhere (rest is kept on both sides),
    ``busy``: where else she sits (no rest). Without ``lon`` and ``lat`` she counts as being as far away as she may be.
    """

    who: Code
    skills: tuple[Code, ...] = ()
    free: tuple[Span, ...] | None = None
    lon: float | None = None
    lat: float | None = None
    reach: Metres = 0
    wishes: tuple[Code, ...] = ()
    served: Seconds = 0
    cap: Seconds | None = None
    duties: tuple[Span, ...] = ()
    busy: tuple[Span, ...] = ()


class Seats(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The seats of one slot: ``need`` in all, those already confirmed among them. ``skill`` "": anybody's. ``tags`` are what
    wishes are met by. Without a place it is near to everybody."""

    slot: Code
    span: Span
    need: Annotated[int, Meta(ge=0, le=10_000)] = 1
    skill: Code = ""
    lon: float | None = None
    lat: float | None = None
    tags: tuple[Code, ...] = ()

    def __post_init__(self) -> None:
        if self.span.starts >= self.span.ends:
            raise ValueError("a slot ends after it starts")


class Pair(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A person in a slot."""

    who: Code
    slot: Code


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is weighed against a metre of way: an hour served in this half-year, a further duty in this plan, a seat that
    meets none of her wishes, a seat that the last plan gave to another."""

    hour: Points = 200
    again: Points = 1_000
    unwished: Points = 500
    moved: Points = 300


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``rest``: the least between two duties of one person. ``confirmed`` stays as it is, whatever the limits say;
    ``suggested`` is what the last plan said and nobody confirmed yet; ``declined`` is not asked again."""

    people: tuple[Person, ...]
    seats: tuple[Seats, ...]
    confirmed: tuple[Pair, ...] = ()
    suggested: tuple[Pair, ...] = ()
    declined: tuple[Pair, ...] = ()
    rest: Seconds = 0
    reach: Metres = 5_000
    weights: Weights = Weights()

    def __post_init__(self) -> None:
        if len({each.who for each in self.people}) < len(self.people):
            raise ValueError("a person is named twice")
        if len({each.slot for each in self.seats}) < len(self.seats):
            raise ValueError("a slot is named twice")


Reason = Literal["skill", "near", "unplaced", "here", "wish", "served", "kept", "again", "only", "choice"]


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason, in code; `words.told` says it. ``value`` and ``than``: metres (near), seconds served and the median of those
    who fit (served), which duty in this plan (again), how many fit (choice). ``name``: a skill or a tag."""

    code: Reason
    value: int = 0
    than: int = 0
    name: str = ""


class Suggestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One seat for one person. ``cost`` without the part of a further duty."""

    who: str
    slot: str
    cost: int
    why: tuple[Why, ...]


class Gap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seats that nobody can take beside this plan, and how many people were left after each limit in turn."""

    slot: str
    missing: int
    people: int
    skilled: int
    free: int
    near: int
    rested: int
    left: int


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer. As many seats as can be found, then at the least ``cost``. ``proved``: no plan within the limits fills
    more, nor as many at less; else ``bound`` is the most that any plan could fill."""

    suggestions: tuple[Suggestion, ...]
    gaps: tuple[Gap, ...]
    wanted: int
    filled: int
    bound: int
    cost: int
    proved: bool
    rounds: int
    arcs: int
