"""Places in the desk's search: grids lie in memory; compounds and facilities, of which a district has hundreds, are read through; its
30,000 buildings have rows in the index of words (docs/decisions/0014)."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.finders import Found, among, finder
from baodao.kernel.text import fold
from baodao.orgs import selectors as orgs
from baodao.orgs.tree import Forest
from baodao.places import selectors as places
from baodao.places.buildings import finding as houses
from baodao.places.buildings import selectors as buildings
from baodao.places.facilities import selectors as facilities
from baodao.places.selectors import GridRef, Plan


@finder("grid", gettext_lazy("网格"), order=20)
def grids(by: Act, query: str, most: int) -> list[Found]:
    """Grids in force whose code or name with that of their community holds every word, the shortest name first. No statement."""
    day, plan, found = orgs.today(), places.plan(), list[GridRef]()
    for code in among(_names(plan, orgs.forest()), query):
        ref = plan.grids[plan.by_code[code]]
        if ref.at(day):
            found.append(ref)
            if len(found) > most:
                break
    return [
        Found(ref.name, reverse("desk:grid", kwargs={"code": ref.code}), orgs.name_of(ref.org))
        for ref in found
    ]


@lru_cache(maxsize=2)
def _names(plan: Plan, trees: Forest) -> list[tuple[str, str]]:
    """(code, what it and its community are called with its code, folded) of all, the shortest name first: worked out once for each change
    of the grids or the trees."""
    refs = sorted(plan.grids, key=lambda ref: (len(ref.name), ref.code))
    return [(ref.code, fold(f"{_called(trees, ref.org)} {ref.name} {ref.code}")) for ref in refs]


def _called(trees: Forest, org: str) -> str:
    node = trees.nodes.get(org)
    return f"{node.name} {node.name_en}" if node is not None else ""


@finder("compound", gettext_lazy("小区"), order=21)
def compounds(by: Act, query: str, most: int) -> list[Found]:
    """Compounds in force by name, address or code, of the whole district: their pages are open to all staff. One statement."""
    return [
        Found(row.name, reverse("desk:compound", kwargs={"code": row.code}), orgs.name_of(row.org))
        for row in buildings.compounds_called(query, orgs.today(), most=most + 1)
    ]


@finder("building", gettext_lazy("楼栋"), order=22)
def standing(by: Act, query: str, most: int) -> list[Found]:
    """Buildings in force by name, address or code and by the name of their compound, the shortest name first. Two statements."""
    try:
        found = houses.called(query, orgs.today(), most + 1)
    except Invalid:
        return []
    return [
        Found(one.row.name, reverse("desk:building", kwargs={"code": one.row.code}), _where(one))
        for one in found
    ]


def _where(one: houses.Called) -> str:
    """What tells 3栋 from every other: its compound or its grid's community, and the address."""
    ref = places.grid(one.row.grid)
    home = one.compound or (orgs.name_of(ref.org) if ref is not None else "")
    return " · ".join(part for part in (home, one.row.address) if part)


@finder("facility", gettext_lazy("场所"), order=23)
def places_to_go(by: Act, query: str, most: int) -> list[Found]:
    """Facilities in use that this actor may see, by name, address or code. One statement."""
    rows = facilities.called(by, query, orgs.today(), most + 1)
    return [
        Found(row.name, reverse("desk:facility", kwargs={"code": row.code}), orgs.name_of(str(row.org_id)))
        for row in rows
    ]
