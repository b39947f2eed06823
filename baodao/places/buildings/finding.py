"""Buildings by what they are called: name, address, code, and the name of their compound (3栋 is in every one).

Their rows of `search_doc` are written in the command that names a building or its compound anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery
from msgspec import Struct

from baodao.kernel.text import contains
from baodao.kernel.verbs import Tx
from baodao.ledger.models import SearchDoc
from baodao.ledger.naming import columns, find_named
from baodao.orgs import selectors as orgs
from baodao.places.selectors import Plan

from . import selectors
from .fold import BuildingRow, CompoundRow
from .models import Building, Compound

KIND = "building"
_ROW = BuildingRow.__struct_fields__


class Called(Struct, frozen=True):
    """A building that is there, and what its compound is called ("" for none)."""

    row: BuildingRow
    compound: str


def called(query: str, day: date, most: int = 50) -> list[Called]:
    """Buildings in force whose name, address or code, with the name of their compound, hold every word; the shortest name first, then
    by code. Two statements. Raises Invalid for a query of signs only."""

    def standing(codes: list[str]) -> dict[str, Called]:
        named = Compound.objects.filter(orgs.in_force(day), code=OuterRef("compound")).values("name")[:1]
        rows = Building.objects.filter(orgs.in_force(day), code__in=codes).annotate(home=Subquery(named))
        found = (Called(BuildingRow(*row[:-1]), row[-1] or "") for row in rows.values_list(*_ROW, "home"))
        return {one.row.code: one for one in found if contains(_said(one), query)}

    return find_named(query, KIND, most, standing)


def _said(one: Called) -> str:
    return "\n".join([one.compound, one.row.name, one.row.address, one.row.code])


def docs(
    homes: Mapping[str, str],
    buildings: Mapping[str, Sequence[BuildingRow]],
    compounds: Mapping[str, Sequence[CompoundRow]],
) -> Iterable[dict[str, Any]]:
    """Search rows of buildings from all versions of them and of their compounds; ``homes``: the communities of grids."""
    for code, versions in buildings.items():
        told = [text for row in reversed(versions) for text in (row.name, row.address)]
        stood = dict.fromkeys(row.compound for row in reversed(versions))
        told += [home.name for one in stood for home in compounds.get(one, ())]
        yield columns(KIND, code, told, org=homes.get(versions[-1].grid, ""))


def homes_of(plan: Plan) -> dict[str, str]:
    """Grid → community."""
    return {ref.code: ref.org for ref in plan.grids}


def queue(
    tx: Tx,
    homes: Mapping[str, str],
    buildings: Mapping[str, Sequence[BuildingRow]],
    *,
    renamed: Mapping[str, Sequence[CompoundRow]] | None = None,
    known: Mapping[str, Sequence[CompoundRow]] | None = None,
) -> None:
    """Within a command: the rows of ``buildings`` told anew (without versions: gone), and of all that stand or stood in ``renamed``
    compounds. ``known`` compounds need not be read. Four statements at most, none for nothing."""
    anew, told = renamed or {}, {**(known or {}), **(renamed or {})}
    codes = Building.objects.filter(compound__in=list(anew)).values_list("code", flat=True) if anew else ()
    others = set(codes) - set(buildings)
    held = {**(selectors.buildings(others) if others else {}), **buildings}
    needed = {row.compound for rows in held.values() for row in rows} - set(told) - {""}
    told = {**(selectors.compounds(needed) if needed else {}), **told}
    for row in docs(homes, {code: rows for code, rows in held.items() if rows}, told):
        tx.upsert(SearchDoc, ("subject",), **row)
    if gone := [f"{KIND}:{code}" for code, rows in held.items() if not rows]:
        tx.delete(SearchDoc, subject=gone)
