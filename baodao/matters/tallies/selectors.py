"""Reads of the counts: one statement for an organization, whatever the number of matters. Whoever asks has asked the
policy before: see `readable`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db.models import Max, Q
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.raw import fetch
from baodao.ledger.models import Cursor, Fact
from baodao.matters.policies import READ
from baodao.matters.project import PAUSED
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import forest, today

from .caches import NAME, SHUT

Group = Literal["called", "way", "paused", "caller", "disputed", "waiting"]
#: What a leg's state means for those above. A state that a pack made itself counts as under way.
GROUPS: dict[Group, tuple[str, ...]] = {
    "called": ("called",),
    "way": (),
    "paused": (PAUSED,),
    "caller": ("answered", "returned", "ruled", "released"),
    "disputed": ("disputed", "climbed"),
    "waiting": ("waiting",),
}
_GROUP_OF = {state: group for group, states in GROUPS.items() for state in states}


def group_of(state: str) -> Group:
    """The group of a leg's state."""
    return _GROUP_OF.get(state, "way")


def in_group(group: str) -> Q:
    """The condition on rows of legs (their ``state``) that a group counts; of none that is known, nothing."""
    if group == "way":
        return ~Q(state__in=list(_GROUP_OF))
    return Q(state__in=[state for state, of in _GROUP_OF.items() if of == group])


class Open(Struct, frozen=True):
    """What is open in an organization and below: ``legs`` by group, ``matters`` by place (a grid, or "@" and the
    organization that looks after it), ``shut`` open legs of level ≥ 2 by addressee (all of the installation),
    ``position`` of the ledger up to which was counted."""

    legs: dict[Group, int]
    matters: dict[str, int]
    shut: dict[str, int]
    position: int

    @property
    def total(self) -> int:
        """Open legs."""
        return sum(self.legs.values())


def readable(by: Act, org: str) -> bool:
    """Whether this one may list all open work of level ≤ 1 in an organization and below."""
    if org not in forest().nodes:
        return False
    found, chain = reach_of(by, READ), forest().chain(org, today())
    if any(top >= 1 and root in chain for root, top in found.below):
        return True
    # Her own organization, as long as nothing lies below it.
    return any(top >= 1 and own == org for own, top in found.own) and not forest().children(org, today())


def roots(by: Act) -> list[str]:
    """The organizations at which this reader's view begins, highest first."""
    found, trees, day = reach_of(by, READ), forest(), today()
    held = [root for root, top in found.below if top >= 1]
    held += [own for own, top in found.own if top >= 1 and not trees.children(own, day)]
    return sorted(dict.fromkeys(held), key=lambda code: (len(trees.chain(code, day)), code))


_READ = f"""
SELECT 's', state, sum(n) FROM matters_tally WHERE scope = %s AND state <> '' AND place <> '{SHUT}' GROUP BY state
UNION ALL SELECT 'p', place, n FROM matters_tally WHERE scope = %s AND state = ''
UNION ALL SELECT '#', scope, n FROM matters_tally WHERE place = '{SHUT}'
UNION ALL SELECT '@', reader, position FROM ledger_cursor WHERE reader = '{NAME}'
"""


def open_in(org: str) -> Open:
    """The counts of an organization. One statement."""
    legs: dict[Group, int] = dict.fromkeys(GROUPS, 0)
    matters: dict[str, int] = {}
    shut: dict[str, int] = {}
    position = 0
    for what, code, n in fetch(_READ, [org, org]):
        if what == "p":
            matters[code] = n
        elif what == "s":
            legs[group_of(code)] += int(n)
        elif what == "#":
            shut[code] = n
        else:
            position = n
    return Open(legs, matters, shut, position)


def shut_below(shut: dict[str, int], day: datetime | None = None) -> dict[str, int]:
    """The restricted counts summed up the tree: organization → open legs of level ≥ 2 in it and below."""
    trees, at = forest(), (day.date() if day else today())
    found: dict[str, int] = {}
    for code, n in shut.items():
        for above in trees.chain(code, at) or (code,):
            found[above] = found.get(above, 0) + n
    return found


def counted() -> int:
    """The position up to which the reader has counted. One statement."""
    return Cursor.objects.filter(reader=NAME).values_list("position", flat=True).first() or 0


def newest() -> int:
    """The ledger's position: lists that ask the rows themselves are as new as that. One statement."""
    return Fact.objects.aggregate(last=Max("id"))["last"] or 0
