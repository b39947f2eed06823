"""Reads of buildings and compounds. What stands where is public; what happens there is asked of matters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Length

from baodao.kernel.finders import holding
from baodao.orgs import selectors as orgs

from .fold import BuildingRow, CompoundRow, R
from .models import Building, Compound

_BUILDING = BuildingRow.__struct_fields__
_COMPOUND = CompoundRow.__struct_fields__


def building(code: str, day: date | None = None) -> BuildingRow | None:
    """A building as it stands on a day; of one that is gone its last version, of one not there yet its first. One statement."""
    return on_day(buildings([code]).get(code, []), day)


def compound(code: str, day: date | None = None) -> CompoundRow | None:
    """The same of a compound. One statement."""
    return on_day(compounds([code]).get(code, []), day)


def on_day(versions: list[R], day: date | None) -> R | None:
    """Which of a thing's versions, in order of time, holds on a day, as `building` says; None for none at all."""
    at = day or orgs.today()
    begun = [row for row in versions if row.since <= at]
    return begun[-1] if begun else versions[0] if versions else None


def buildings(codes: Iterable[str]) -> dict[str, list[BuildingRow]]:
    """All versions of these, in order of time. One statement."""
    found: dict[str, list[BuildingRow]] = {}
    wanted = sorted(set(codes))
    for start in range(0, len(wanted), 500):
        rows = Building.objects.filter(code__in=wanted[start : start + 500]).order_by("since")
        for row in rows.values_list(*_BUILDING):
            found.setdefault(row[0], []).append(BuildingRow(*row))
    return found


def compounds(codes: Iterable[str]) -> dict[str, list[CompoundRow]]:
    """All versions of these, in order of time. One statement."""
    found: dict[str, list[CompoundRow]] = {}
    wanted = sorted(set(codes))
    for start in range(0, len(wanted), 500):
        rows = Compound.objects.filter(code__in=wanted[start : start + 500]).order_by("since")
        for row in rows.values_list(*_COMPOUND):
            found.setdefault(row[0], []).append(CompoundRow(*row))
    return found


def buildings_of(
    *,
    grids: Iterable[str] = (),
    compound: str = "",
    day: date | None = None,
    after: str = "",
    most: int = 200,
) -> list[BuildingRow]:
    """Buildings in force in grids, or of a compound, by code behind ``after``. One statement."""
    where = Q(compound=compound) if compound else Q(grid__in=list(grids))
    rows = Building.objects.filter(where, _force(day)).order_by("code")
    rows = rows.filter(code__gt=after) if after else rows
    return [BuildingRow(*row) for row in rows.values_list(*_BUILDING)[:most]]


def compounds_of(
    org: str, day: date | None = None, after: str = "", most: int = 200, words: str = ""
) -> list[CompoundRow]:
    """Compounds in force of an organization and all below it, by code behind ``after``. One statement."""
    rows = compounds_in(org, day, words).order_by("code")
    rows = rows.filter(code__gt=after) if after else rows
    return [CompoundRow(*row) for row in rows.values_list(*_COMPOUND)[:most]]


def compounds_in(org: str, day: date | None = None, words: str = "") -> QuerySet[Compound]:
    """The compounds in force of an organization and all below it; no statement yet."""
    at = day or orgs.today()
    rows = Compound.objects.filter(_force(at), org__in=orgs.under([org], at))
    return rows.filter(holding(words, "name", "address", "code")) if words else rows


def compounds_named(words: str, day: date, after: str = "", most: int = 30) -> list[CompoundRow]:
    """Compounds in force whose name, address or code holds every one of ``words``, by code behind ``after``. One statement."""
    rows = _called(words, day).order_by("code")
    rows = rows.filter(code__gt=after) if after else rows
    return [CompoundRow(*row) for row in rows.values_list(*_COMPOUND)[:most]]


def compounds_called(words: str, day: date, most: int = 30) -> list[CompoundRow]:
    """The same, the shortest name first. One statement."""
    rows = _called(words, day).order_by(Length("name"), "code")
    return [CompoundRow(*row) for row in rows.values_list(*_COMPOUND)[:most]]


def _called(words: str, day: date) -> QuerySet[Compound]:
    rows = Compound.objects.filter(_force(day))
    return rows.filter(holding(words, "name", "address", "code")) if words else rows


def compounds_at(grid: str, day: date | None = None) -> list[CompoundRow]:
    """Compounds that have a building in a grid, by code. One statement."""
    codes = Building.objects.filter(_force(day), grid=grid).exclude(compound="").values("compound")
    rows = Compound.objects.filter(_force(day), code__in=codes).order_by("code")
    return [CompoundRow(*row) for row in rows.values_list(*_COMPOUND)]


def counts(grids: Iterable[str], day: date | None = None) -> dict[str, int]:
    """Grid → buildings in force. One statement."""
    rows = Building.objects.filter(_force(day), grid__in=list(grids)).values("grid").annotate(n=Count("id"))
    return dict(rows.values_list("grid", "n"))


def counts_of(compounds: Iterable[str], day: date | None = None) -> dict[str, int]:
    """Compound → buildings in force. One statement."""
    rows = Building.objects.filter(_force(day), compound__in=list(compounds)).values("compound")
    return dict(rows.annotate(n=Count("id")).values_list("compound", "n"))


def _force(day: date | None) -> Q:
    return orgs.in_force(day or orgs.today())
