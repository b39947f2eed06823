"""What branch life adds to the facts of gatherings. Subject ``gather:<code>``, or ``register:<org>`` for a year that was closed."""

from __future__ import annotations

from typing import Literal

import msgspec

from baodao.ledger.registry import Code, kind


@kind("gather.handed_on")
class HandedOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Decision ``n`` (from 1) of an evening became the matter that ``about`` names (``matter:<number>``)."""

    n: int
    number: Code


@kind("gather.together", unit="heads")
class Together(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A branch that held an evening too (``org`` of the fact; another one recorded it) told the presence of its own members: how many
    of each state, ``value`` are those that count. A correction supersedes."""

    present: int = 0
    phone: int = 0
    visit: int = 0
    made_up: int = 0
    excused: int = 0
    absent: int = 0


@kind("gather.side_asked")
class SideAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The branch that announced an evening (``org`` of the fact) asks another one to hold it too, or lets it go again."""

    side: Code
    what: Literal["asked", "let_go"]


@kind("gather.side_answered")
class SideAnswered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organization that was asked (``org`` of the fact) holds the evening too, or does not: no reason is asked. Text ``note``: its own
    words to its own members. A later one counts instead."""

    says: Literal["joins", "declined"]


@kind("gather.reminded")
class Reminded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An announced evening is near: members of the side that ``org`` names are told once more. ``before``: hours at most."""

    before: int


@kind("gather.year_closed")
class YearClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organization's register of a year was closed: what stood at this ledger ``position`` is the copy; later corrections stand
    beside it. ``evenings``: how many it holds."""

    year: int
    position: int
    evenings: int
