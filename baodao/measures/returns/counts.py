"""Registries that a form may count: how many there are on a day in an organization and below, and which ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from baodao.kernel.declare import Pack
from baodao.orgs import selectors as orgs
from baodao.orgs.declare import Level, PostKind
from baodao.places.facilities.selectors import counted as facilities_on
from baodao.places.selectors import grids_of


class Counted(msgspec.Struct, frozen=True):
    """One thing that was counted: its code, its words, the organization it belongs to."""

    code: str
    words: str
    org: str


def _orgs(org: str, of: str, day: date) -> list[Counted]:
    trees = orgs.forest()
    return [
        Counted(code, trees.name(code), trees.parent(code, day) or "")
        for code in sorted(trees.below(org, day))
        if trees.nodes[code].level == of
    ]


def _posts(org: str, of: str, day: date) -> list[Counted]:
    rows = orgs.holders(sorted(orgs.forest().below(org, day)), day, [of])
    return [Counted(row.code, row.title, str(row.org_id)) for row in sorted(rows, key=lambda one: one.code)]


def _grids(org: str, _of: str, day: date) -> list[Counted]:
    return [Counted(grid.code, grid.name, grid.org) for grid in grids_of(org, day)]


def _facilities(org: str, of: str, day: date) -> list[Counted]:
    below = sorted(orgs.forest().below(org, day))
    return [Counted(code, name, owner) for code, name, owner in facilities_on(below, of, day)]


_COUNTS: dict[str, Callable[[str, str, date], list[Counted]]] = {
    "orgs": _orgs,
    "posts": _posts,
    "grids": _grids,
    "facilities": _facilities,
}


def counted(name: str, org: str, day: date) -> list[Counted]:
    """What a count counts, by code. One statement at most."""
    head, _dot, of = name.partition(".")
    return _COUNTS[head](org, of, day)


def known(pack: Pack, name: str) -> bool:
    """Whether there is such a count in this pack."""
    head, _dot, of = name.partition(".")
    if head == "orgs":
        return of in pack.many(Level)
    if head == "posts":
        return of in pack.many(PostKind)
    return head == "facilities" or name == "grids"


def offered(pack: Pack, lang: str) -> list[tuple[str, str]]:
    """(name, words) of all counts that a clerk may choose from."""
    found = [(f"orgs.{name}", one.title) for name, one in pack.many(Level, lang).items()]
    found += [(f"posts.{name}", one.title) for name, one in pack.many(PostKind, lang).items()]
    return [*found, ("grids", ""), ("facilities", "")]
