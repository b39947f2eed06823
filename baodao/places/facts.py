"""The facts of shapes. Names and polygons lie in content (slots ``name``, ``polygon``)."""

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("border.set", v=1, unit="m2")
class BorderSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``org:<code>``; value: area. ``digest`` is SHA-256 of the stored polygon."""

    since: Date
    digest: Code


@kind("grid.drawn", v=1, unit="m2")
class Drawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject and place ``grid:<code>`` / code; value: area. ``digest`` is SHA-256 of the stored polygon, ``team`` the
    organization of the tree that answers for it (empty: none)."""

    since: Date
    digest: Code
    team: Code = ""


@kind("grid.changed", v=1)
class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``grid:<code>``: its name (slot ``name``, when it changed) and who answers for it from now on."""

    team: Code


@kind("grid.ended", v=1)
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``grid:<code>``: ``until`` is the first day without it."""

    until: Date


# Buildings and compounds have a room of their own; the kernel looks for facts here.
from .buildings import facts as buildings  # noqa: E402, F401
