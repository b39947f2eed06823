"""Every write to buildings and compounds. Verbs take lists; facts first, the rows are what `fold` makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.verbs import Tx, lock, verb
from baodao.ledger.selectors import facts_of, texts_of
from baodao.ledger.services import on_void
from baodao.orgs import selectors as orgs
from baodao.places import selectors as places
from baodao.places.selectors import Plan
from baodao.places.uses import refuse_used, register_use

from . import facts, finding, fold, ruling, selectors
from .fold import MICRO, BuildingRow, CompoundRow
from .models import Building, Compound
from .ruling import EndPlace, NewBuilding, NewCompound

_LOCK = 0x4255494C  # "BUIL"


class Recorded(msgspec.Struct):
    """Codes that were written, and those that stood so already."""

    recorded: list[str]
    same: list[str]


@verb("building.record")
def record_buildings(tx: Tx, by: Act, *, buildings: list[NewBuilding]) -> Recorded:
    """Record buildings, or how known ones stand from a day on. The same again writes nothing.

    :raises Invalid: faults by place (``buildings[3].grid``); nothing is written.
    """
    lock(_LOCK)
    plan, held = places.plan(), selectors.buildings(one.code for one in buildings)
    homes = {grid.org for one in buildings if (grid := ruling.home(one, plan)) is not None}
    homes |= {org for rows in held.values() if (org := _org_of(plan, rows[-1].grid))}
    _ask(tx, "building.record", homes, "building")
    compounds = selectors.compounds(one.compound for one in buildings if one.compound)
    ruling.check_buildings(buildings, plan, held, compounds)
    done, fresh = Recorded([], []), dict[str, list[BuildingRow]]()
    for one in buildings:
        grid = ruling.home(one, plan)
        assert grid is not None
        now = _put_building(tx, one, grid.code, grid.org, held.get(one.code, []))
        if now:
            fresh[one.code] = now
        (done.recorded if now else done.same).append(one.code)
    finding.queue(tx, finding.homes_of(plan), fresh, known=compounds)
    return done


@verb("building.end")
def end_buildings(tx: Tx, by: Act, *, buildings: list[EndPlace]) -> list[str]:
    """Buildings are gone (pulled down, counted with another)."""
    lock(_LOCK)
    plan, held = places.plan(), selectors.buildings(one.code for one in buildings)
    _ask(tx, "building.end", {_org_of(plan, rows[-1].grid) for rows in held.values()}, "building")
    ruling.check_ends(buildings, held, "buildings")
    refuse_used("building", (one.code for one in buildings))
    for one in buildings:
        last = held[one.code][-1]
        data = facts.BuildingEnded(until=one.until.isoformat())
        tx.fact(data, subject=f"building:{one.code}", org=_org_of(plan, last.grid), place=last.grid)
        _put(tx, Building, fold.end(last, one.until))
    return [one.code for one in buildings]


@verb("compound.record")
def record_compounds(tx: Tx, by: Act, *, compounds: list[NewCompound]) -> Recorded:
    """Record compounds, or how known ones stand from a day on: another property firm, an owners' committee.

    :raises Invalid: faults by place (``compounds[3].property``); nothing is written.
    """
    lock(_LOCK)
    held = selectors.compounds(one.code for one in compounds)
    homes = {one.org for one in compounds} | {rows[-1].org for rows in held.values()}
    _ask(tx, "compound.record", homes, "compound")
    ruling.check_compounds(compounds, orgs.forest(), held)
    _refuse_parting(compounds, held)
    done, fresh = Recorded([], []), dict[str, list[CompoundRow]]()
    for one in compounds:
        data = facts.CompoundRecorded(
            since=one.since.isoformat(), org=one.org, team=one.team, property=one.property, owners=one.owners
        )
        row = fold.compound_row(one.code, data, one.name.strip(), one.address.strip(), by.origin)
        if not _is_new(row, held.get(one.code, [])):
            done.same.append(one.code)
            continue
        texts = _texts(row)
        tx.fact(data, subject=f"compound:{one.code}", org=one.org, texts=texts)
        fresh[one.code] = fold.put(held.get(one.code, []), row)
        _put_changed(tx, Compound, held.get(one.code, []), fresh[one.code])
        done.recorded.append(one.code)
    renamed = {code: now for code, now in fresh.items() if _names(now) != _names(held.get(code, now))}
    finding.queue(tx, finding.homes_of(places.plan()), {}, renamed=renamed)
    return done


@verb("compound.end")
def end_compounds(tx: Tx, by: Act, *, compounds: list[EndPlace]) -> list[str]:
    """Compounds are given up; their buildings have left them before."""
    lock(_LOCK)
    held = selectors.compounds(one.code for one in compounds)
    _ask(tx, "compound.end", {rows[-1].org for rows in held.values()}, "compound")
    ruling.check_ends(compounds, held, "compounds")
    refuse_used("compound", (one.code for one in compounds))
    for one in compounds:
        last = held[one.code][-1]
        data = facts.CompoundEnded(until=one.until.isoformat())
        tx.fact(data, subject=f"compound:{one.code}", org=last.org)
        _put(tx, Compound, fold.end(last, one.until))
    return [one.code for one in compounds]


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def _ask(tx: Tx, right: str, homes: Iterable[str], name: str) -> None:
    """One question for each organization concerned; at no organization when none is known."""
    for org in sorted(set(homes)) or [""]:
        tx.ask(right, Subject(ref=f"{name}:", org=org))


def _org_of(plan: Plan, grid: str) -> str:
    number = plan.by_code.get(grid)
    return "" if number is None else plan.grids[number].org


def _put_building(
    tx: Tx, one: NewBuilding, grid: str, org: str, held: list[BuildingRow]
) -> list[BuildingRow]:
    """Queue a fact and its rows unless it stands so already; gives the versions then, none where nothing is new."""
    data = facts.BuildingRecorded(
        since=one.since.isoformat(), grid=grid, compound=one.compound, team=one.team, units=one.units,
        storeys=one.storeys, lon=_micro(one.lon), lat=_micro(one.lat),
    )  # fmt: skip
    row = fold.building_row(one.code, data, one.name.strip(), one.address.strip(), tx.by.origin)
    if not _is_new(row, held):
        return []
    tx.fact(data, subject=f"building:{one.code}", org=org, place=grid, texts=_texts(row))
    now = fold.put(held, row)
    _put_changed(tx, Building, held, now)
    return now


def rehome(tx: Tx, leaving: Iterable[str], at: Any, since: date) -> list[str]:
    """Within a command that draws grids anew: buildings of the ``leaving`` grids go to the grid that their point lies in
    (``at(lon, lat)`` gives (grid, community) or None). Gives the codes of those that stay behind."""
    behind, fresh = [], dict[str, list[BuildingRow]]()
    homes = finding.homes_of(places.plan())
    rows = Building.objects.filter(grid__in=list(leaving), until__isnull=True).values_list("code", flat=True)
    for code, versions in sorted(selectors.buildings(rows).items()):
        last = versions[-1]
        found = at(last.lon, last.lat) if last.lon is not None else None
        if found is None or last.since > since:
            behind.append(code)
            continue
        one = NewBuilding(
            code, last.name, since, found[0], last.address, last.compound, last.team, last.units,
            last.storeys, last.lon, last.lat,
        )  # fmt: skip
        if now := _put_building(tx, one, found[0], found[1], versions):
            fresh[code], homes[found[0]] = now, found[1]
    finding.queue(tx, homes, fresh)
    return behind


def _micro(degrees: float | None) -> int | None:
    return None if degrees is None else round(degrees * MICRO)


def _texts(row: BuildingRow | CompoundRow) -> dict[str, str]:
    return {"name": row.name} | ({"address": row.address} if row.address else {})


def _names(rows: Sequence[CompoundRow]) -> set[str]:
    return {row.name for row in rows}


def _is_new(row: Any, held: Sequence[Any]) -> bool:
    """Whether it says anything else than the last version; its origin and first day are no news."""
    last = held[-1] if held else None
    if last is None or last.until is not None:
        return True
    return bool(msgspec.structs.replace(row, since=last.since, origin=last.origin) != last)


def _refuse_parting(wanted: Sequence[NewCompound], held: Mapping[str, Sequence[CompoundRow]]) -> None:
    """A compound that has buildings stays in its community."""
    moving = [one.code for one in wanted if one.code in held and held[one.code][-1].org != one.org]
    refuse_used("compound", moving, "compounds.org")


def _put_changed(tx: Tx, model: Any, before: Sequence[Any], now: Sequence[Any]) -> None:
    known, kept = {row.since: row for row in before}, {row.since for row in now}
    for row in now:
        if known.get(row.since) != row:
            _put(tx, model, row)
    for row in before:
        if row.since not in kept:
            tx.delete(model, code=row.code, since=row.since)


def _put(tx: Tx, model: Any, row: BuildingRow | CompoundRow) -> None:
    tx.upsert(model, ("code", "since"), **msgspec.structs.asdict(row))


def _compounds_in_use(codes: list[str]) -> dict[str, str]:
    counted = selectors.counts_of(codes)
    return {code: _("%(n)d 栋楼") % {"n": n} for code, n in counted.items()}


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """Facts were voided: what is left is folded anew. What others stand on stays, and so does the batch."""
    gone = {pending.voids for pending in tx.facts}
    left: dict[str, dict[str, list[Any]]] = {"building": {}, "compound": {}}
    for name, model, refold, read in _VOIDED:
        wanted = [subject for subject in subjects if subject.startswith(f"{name}:")]
        before: Mapping[str, Sequence[Any]] = read(one.partition(":")[2] for one in wanted)
        unmade = []
        for code, now in _left(wanted, gone, refold):
            unmade += [] if now else [code]
            left[name][code] = now
            _put_changed(tx, model, before.get(code, []), now)
        if name == "building":
            refuse_used("building", unmade, "batch")
            continue
        # Buildings of the same batch go with their compound.
        with_it = [one.partition(":")[2] for one in subjects if one.startswith("building:")]
        stay = Building.objects.filter(compound__in=unmade, until__isnull=True).exclude(code__in=with_it)
        if stay.exists():
            refuse_used("compound", unmade, "batch")
    if left["building"] or left["compound"]:
        finding.queue(tx, finding.homes_of(places.plan()), left["building"], renamed=left["compound"])


#: Kind of place, its table, its fold, its versions by code.
_VOIDED: tuple[tuple[str, Any, Any, Any], ...] = (
    ("building", Building, fold.fold_buildings, selectors.buildings),
    ("compound", Compound, fold.fold_compounds, selectors.compounds),
)


def _left(subjects: list[str], gone: set[int | None], refold: Any) -> Iterable[tuple[str, list[Any]]]:
    """(code, versions) of each subject without the voided facts. Two statements for some hundred subjects."""
    for start in range(0, len(subjects), 500):
        part = subjects[start : start + 500]
        left = [fact for fact in facts_of(part) if fact.id not in gone]
        texts, held = texts_of([fact.id for fact in left]), dict[str, list[Any]]()
        for fact in left:
            held.setdefault(fact.subject, []).append(fact)
        yield from ((one.partition(":")[2], refold(held.get(one, []), texts)) for one in part)


on_void(_after_void)
register_use("compound", "buildings", _compounds_in_use)

__all__ = ["Recorded", "end_buildings", "end_compounds", "record_buildings", "record_compounds", "rehome"]
