"""The three nets over one compound: organizations and their consortium, members' posts, property firm and owners; each with
who answers, and what is open in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.matters.here import Ground, Here
from baodao.orgs.alliances.selectors import Belonging, Member, alliances_of, members_of
from baodao.places import selectors as places
from baodao.places.buildings.fold import BuildingRow, CompoundRow

#: Members of a consortium on the page; its own page has all.
UNITS = 30


class Alliance(Struct, frozen=True):
    """A consortium in which the compound's community or team takes part, with its units."""

    row: Belonging
    members: list[Member]
    more: int


def ground_of(row: CompoundRow, built: Sequence[BuildingRow]) -> Ground:
    """Where its matters are looked for."""
    grids = tuple(sorted({one.grid for one in built}))
    own = {row.team, *(one.team for one in built)} - {"", row.org}
    shared = {row.property, row.owners} - {""}
    return Ground(grids, tuple(sorted(own)), tuple(sorted(shared)), row.org)


def teams_of(ground: Ground) -> list[str]:
    """Organizations that answer for its grids."""
    found = (places.grid(code) for code in ground.grids)
    return sorted({ref.team for ref in found if ref is not None and ref.team})


def alliances_over(row: CompoundRow, day: date, by: Act) -> list[Alliance]:
    """Those of its community and of its team that the reader may see. Two statements, and one for each alliance."""
    held: dict[str, Belonging] = {}
    for code in dict.fromkeys(one for one in (row.team, row.org) if one):
        for one in alliances_of(code, day, by):
            held.setdefault(one.code, one)
    found = []
    for one in sorted(held.values(), key=lambda tie: tie.code)[:5]:
        members = members_of(one.code, day)
        found.append(Alliance(one, members[:UNITS], max(0, len(members) - UNITS)))
    return found


class Nets(Struct, frozen=True):
    """Which organizations make up which net; members' posts are told by their codes."""

    property: frozenset[str]
    party: frozenset[str]

    def of(self, one: Here) -> list[str]:
        """Names of the nets that a matter is in: by whom it waits; the place itself is the organizations' net."""
        found = []
        if (
            any(org not in self.property and post not in self.party for org, post, _due in one.legs)
            or not one.legs
        ):
            found.append(_("组织网"))
        if any(post and post in self.party for _org, post, _due in one.legs):
            found.append(_("党群网"))
        if any(org in self.property for org, _post, _due in one.legs):
            found.append(_("物业网"))
        return found
