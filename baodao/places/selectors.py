"""Reads of places. Grids lie in memory with an index (some thousand polygons), read again after a change."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.utils import timezone

from baodao.kernel import epochs
from baodao.kernel.models import Command
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.orgs import selectors as orgs

from . import facts
from .models import Border, Grid

#: Name of the epoch that counts changes of grids and borders.
EPOCH = "places"


class GridRef(msgspec.Struct, frozen=True):
    """A grid as pages and commands need it; ``lon``/``lat`` lie inside it, ``area`` in square metres."""

    code: str
    org: str
    name: str
    lon: float
    lat: float
    area: int
    origin: str
    since: date
    until: date | None
    #: the organization of the tree that answers for it; "" for none
    team: str = ""

    def at(self, day: date) -> bool:
        """Whether it is in force on ``day``."""
        return self.since <= day and (self.until is None or day < self.until)


class Plan:
    """All grids and borders with their index; read-only, one for an epoch."""

    def __init__(self, rows: list[tuple[GridRef, str]], borders: dict[str, str]) -> None:
        import shapely

        rows.sort(key=lambda row: row[0].code)
        self.grids = [ref for ref, _polygon in rows]
        self.shapes: list[Any] = (
            shapely.from_geojson([polygon for _ref, polygon in rows]).tolist() if rows else []
        )
        self.borders: dict[str, Any] = {org: shapely.from_geojson(text) for org, text in borders.items()}
        shapely.prepare(self.shapes)
        self.by_code = {ref.code: number for number, ref in enumerate(self.grids)}
        self._tree = shapely.STRtree(self.shapes)
        self._point = shapely.Point
        self.drawn: dict[Any, Any] = {}

    def at(self, lon: float, lat: float, day: date) -> GridRef | None:
        """The grid in force at a point; on a common edge the one with the smaller code."""
        hits = self._tree.query(self._point(lon, lat), predicate="intersects").tolist()
        found = [number for number in hits if self.grids[number].at(day)]
        return self.grids[min(found)] if found else None

    def near(self, lon: float, lat: float, day: date) -> GridRef | None:
        """The grid in force that lies nearest to a point, as the crow flies in degrees; None when there is
        none at all."""
        point = self._point(lon, lat)
        live = [number for number, grid in enumerate(self.grids) if grid.at(day)]
        best = min(
            live, key=lambda number: (float(self.shapes[number].distance(point)), number), default=None
        )
        return None if best is None else self.grids[best]


def read_plan() -> Plan:
    """All grids, ended ones too, and borders: two statements."""
    names = ("code", "org_id", "name", "lon", "lat", "area", "origin", "since", "until", "team", "polygon")
    rows = [(GridRef(*row[:-1]), row[-1]) for row in Grid.objects.values_list(*names)]
    return Plan(rows, dict(Border.objects.values_list("org_id", "polygon")))


#: The plan as of the last change that this process knows of.
plan = epochs.cached(EPOCH)(read_plan)


def grid_at(lon: float, lat: float, day: date | None = None) -> GridRef | None:
    """The grid in force at a WGS-84 point (default: today); None outside all grids. No statement."""
    return plan().at(lon, lat, day or orgs.today())


def org_of_place(lon: float, lat: float, day: date | None = None) -> str:
    """Code of the community whose grid a point lies in; "" outside all grids."""
    found = grid_at(lon, lat, day)
    return found.org if found else ""


def grid(code: str) -> GridRef | None:
    """One grid by code, ended ones too. No statement."""
    number = plan().by_code.get(code)
    return None if number is None else plan().grids[number]


def grids_of(org: str, day: date | None = None) -> list[GridRef]:
    """The grids in force in an organization and all below it, by code. No statement."""
    at = day or orgs.today()
    below = set(orgs.forest().below(org, at))
    return [ref for ref in plan().grids if ref.org in below and ref.at(at)]


def as_told_on(refs: Sequence[GridRef], day: date) -> list[GridRef]:
    """Grids with the names and teams that they had on a day gone by, from their facts: a grid's row keeps the last ones only. No statement
    for today and later, two for a day before."""
    if day >= orgs.today() or not refs:
        return list(refs)
    told: dict[str, list[Recorded]] = {}
    for fact in facts_of([f"grid:{ref.code}" for ref in refs]):
        drawn = isinstance(fact.data, facts.Drawn)
        if drawn or (isinstance(fact.data, facts.Changed) and timezone.localdate(fact.happened) <= day):
            told.setdefault(fact.place, []).append(fact)
    names = texts_of([fact.id for held in told.values() for fact in held if "name" in fact.slots])
    found = []
    for ref in refs:
        held = told.get(ref.code, [])
        said = [names[fact.id]["name"] for fact in held if names.get(fact.id, {}).get("name")]
        found.append(
            msgspec.structs.replace(
                ref, name=said[-1] if said else ref.name, team=held[-1].data.team if held else ref.team
            )
        )
    return found


def grid_on(code: str, day: date) -> GridRef | None:
    """One grid by code, ended ones too, with the name and team of a day (`as_told_on`)."""
    ref = grid(code)
    return None if ref is None else as_told_on([ref], day)[0]


def grids_on(org: str, day: date) -> list[str]:
    """Codes of the grids for whose ground an organization, or one below it, answers on a day: as their community or as their
    team; old grids by the point that lies inside them. No statement."""
    below = set(orgs.forest().below(org, day))
    now = {ref.code: ref if ref.at(day) else grid_at(ref.lon, ref.lat, day) for ref in plan().grids}
    return sorted(
        code for code, ref in now.items() if ref is not None and not below.isdisjoint((ref.org, ref.team))
    )


def polygon(code: str) -> str:
    """A grid's polygon as GeoJSON text; "" when there is none."""
    return Grid.objects.filter(code=code).values_list("polygon", flat=True).first() or ""


def border_of(org: str, day: date, current: Plan | None = None) -> tuple[str, Any] | None:
    """(organization, shape) of the nearest border at or above ``org``; None when none was set."""
    borders = (current or plan()).borders
    return next(((one, borders[one]) for one in orgs.forest().chain(org, day) if one in borders), None)


def inside(lon: float, lat: float, org: str, day: date | None = None) -> bool:
    """Whether a point lies within the border that holds for ``org``; True when no border was set."""
    found = border_of(org, day or orgs.today())
    if found is None:
        return True
    import shapely

    return bool(shapely.intersects_xy(found[1], lon, lat))


def simulated(codes: Iterable[str]) -> bool:
    """Whether any of these grids was drawn by chance: pages then say so."""
    known = plan()
    return any(
        known.grids[known.by_code[code]].origin == "simulated" for code in codes if code in known.by_code
    )


def batches(prefix: str, since: datetime, most: int = 5) -> list[tuple[str, datetime]]:
    """(batch, when) of the latest drawings that came as one batch. One statement."""
    rows = Command.objects.filter(batch__startswith=prefix, verb="grid.draw", noted__gte=since)
    return list(rows.order_by("-noted", "key").values_list("batch", "noted")[:most])
