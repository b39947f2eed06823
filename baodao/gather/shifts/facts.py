"""The facts of call-outs. Subjects ``willing:<token>`` and ``roster:<org>/<kind>`` (level 2, ``person`` a token of the domain service),
``call:<code>`` (level 1). No field for a cause."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from baodao.gather.facts import Span
from baodao.ledger.registry import Code, kind

Part = Literal["night", "morning", "afternoon", "evening"]
Weekday = Annotated[int, msgspec.Meta(ge=0, le=6)]


@kind("willing.offered", v=1)
class Offered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """She offers herself for call-outs, or tells it anew, whole: what she can do, on which days (Monday 0) and parts of the day,
    the community where she usually is, the unit that may know (``""``: none)."""

    skills: tuple[Code, ...]
    days: tuple[Weekday, ...]
    parts: tuple[Part, ...]
    base: Code
    unit: Code = ""


@kind("willing.paused", v=1)
class Paused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Not now, or again. Nobody asks why."""

    yes: bool


@kind("willing.revoked", v=1)
class Revoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """She takes her offer back; what she told is gone from the tables."""


@kind("callout.declared", v=1)
class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An emergency is on. ``org`` declares it, ``areas`` have the posts. Texts ``title``, ``about``, ``insurance`` (a reference)."""

    kind: Code
    areas: tuple[Code, ...]
    span: Span
    slots: int


@kind("callout.ended", v=1)
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It is off: so many shifts to come were called off, so many people released."""

    slots: int
    people: int


@kind("callout.reviewed", v=1)
class Reviewed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was: shifts, seats wanted, seats taken, people who came, minutes served. Texts ``good``, ``better``."""

    slots: int
    wanted: int
    taken: int
    came: int
    minutes: int


@kind("callout.stand_in", v=1)
class StandIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``person`` looks for somebody to take her shift (``about``), or no longer does."""

    open: bool


@kind("callout.rostered", v=1)
class Rostered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``person`` is the n-th on the roster of a turn (from 0) of ``org``; ``on`` false: no longer."""

    turn: int
    n: int
    on: bool = True
