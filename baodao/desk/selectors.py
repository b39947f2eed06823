"""Which saved views somebody has: her own, and those that her office shares."""

from __future__ import annotations

from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.raw import fetch
from baodao.kernel.verbs import allowed

SHARE = "view.share"


class View(Struct, frozen=True):
    """A saved view as its reader sees it. ``mine``: she may drop it."""

    code: str
    name: str
    query: str
    shared: bool
    mine: bool


def shared_of(org: str) -> Subject:
    """What the policy is asked about, of views that an office shares."""
    return Subject(ref="view", org=org, level=1)


def may_share(by: Act) -> bool:
    """Whether this post keeps views for its office."""
    office = by.office
    return bool(office) and allowed(by, SHARE, shared_of(office))


def views_of(by: Act) -> list[View]:
    """Her own by name, then those that her office shares. One statement."""
    office, leads = by.office, may_share(by)
    return [
        View(code, name, query, bool(org), owner == by.person or leads)
        for code, name, query, org, owner in fetch(_VIEWS, [by.person, office, office])
    ]


_VIEWS = (
    "SELECT code, name, query, org, owner FROM desk_savedview WHERE owner = %s OR (org = %s AND %s <> '') "
    "ORDER BY org, name, code"
)
