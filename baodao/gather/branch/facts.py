"""What branch life adds to the facts of gatherings. Subject ``gather:<code>``, or ``register:<org>`` for a year that was closed."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, kind


@kind("gather.handed_on")
class HandedOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Decision ``n`` (from 1) of an evening became the matter that ``about`` names (``matter:<number>``)."""

    n: int
    number: Code


@kind("gather.reminded")
class Reminded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An announced evening is near: its members are told once more. ``before``: hours."""

    before: int


@kind("gather.year_closed")
class YearClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organization's register of a year was closed: what stood at this ledger ``position`` is the copy; later corrections stand
    beside it. ``evenings``: how many it holds."""

    year: int
    position: int
    evenings: int
