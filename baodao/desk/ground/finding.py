"""Places in the desk's search: grids, which lie in memory; compounds and facilities, of which a district has hundreds."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.finders import Found, finder
from baodao.kernel.text import contains, fold
from baodao.orgs import selectors as orgs
from baodao.places import selectors as places
from baodao.places.buildings import selectors as buildings
from baodao.places.facilities import selectors as facilities


@finder("grid", gettext_lazy("网格"), order=20)
def grids(by: Act, query: str, most: int) -> list[Found]:
    """Grids in force whose code or name with that of their community holds every word. No statement."""
    day, wanted = orgs.today(), fold(query).split()
    found: list[Found] = []
    for ref in places.plan().grids:
        home = orgs.name_of(ref.org)
        name = f"{home} {ref.name} {ref.code}"
        if ref.at(day) and all(word in fold(name) for word in wanted) and contains(name, query):
            found.append(Found(ref.name, reverse("desk:grid", kwargs={"code": ref.code}), home))
            if len(found) > most:
                break
    return found


@finder("compound", gettext_lazy("小区"), order=21)
def compounds(by: Act, query: str, most: int) -> list[Found]:
    """Compounds in force by name or address, of the whole district: their pages are open to all staff. One statement."""
    rows = buildings.compounds_named(query.strip(), orgs.today(), most=most + 1)
    return [
        Found(row.name, reverse("desk:compound", kwargs={"code": row.code}), orgs.name_of(row.org))
        for row in rows
    ]


@finder("facility", gettext_lazy("场所"), order=22)
def places_to_go(by: Act, query: str, most: int) -> list[Found]:
    """Facilities in use that this actor may see, by name, address or code. One statement."""
    rows = facilities.listed(by, facilities.Wish(q=query.strip()), orgs.today(), limit=most + 1)
    return [
        Found(row.name, reverse("desk:facility", kwargs={"code": row.code}), orgs.name_of(str(row.org_id)))
        for row in rows
    ]
