"""The facts of areas. Subject ``area:<post>``, held by the post's organization; the area's name lies in content."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("area.given")
class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From ``since`` on the post's area is these grids and the ground of these organizations; none: it has no area."""

    since: Date
    places: tuple[Code, ...] = ()
