"""Spots and habits drawn from rows, facts and texts: one function for the reader and for a rebuild."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from baodao.ledger.selectors import Recorded
from baodao.matters.facts import LegCalled, LegReturned, Opened
from baodao.matters.models import Leg, Matter
from baodao.matters.project import SHARED_LEVEL

from .facts import Chosen

#: Squares of 0.005 degrees: nowhere in China is one narrower than the 300 m that are looked through.
CELLS = 200
ROW = 100_000


def point_of(text: str) -> tuple[int, int] | None:
    """ "lon,lat" in degrees → (lat, lon) in 1e-6; None for anything else."""
    lon, comma, lat = text.partition(",")
    try:
        degrees = float(lat), float(lon)
    except ValueError:
        return None
    inside = comma and all(map(math.isfinite, degrees)) and abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180
    return (round(degrees[0] * 1e6), round(degrees[1] * 1e6)) if inside else None


def cell_of(lat: int, lon: int) -> int:
    """The square of a point in 1e-6 degrees; never 0."""
    return _row(lat) * ROW + _column(lon)


def _row(lat: int) -> int:
    return (lat + 90_000_000) * CELLS // 1_000_000 + 1


def _column(lon: int) -> int:
    return (lon + 180_000_000) * CELLS // 1_000_000


def cells_around(lat: int, lon: int) -> list[int]:
    """The square of a point and its eight neighbours."""
    row, column, around = _row(lat), _column(lon), 360 * CELLS
    return [(row + y) * ROW + (column + x) % around for y in (-1, 0, 1) for x in (-1, 0, 1)]


def spot_row(row: Matter, opened: Recorded, texts: Mapping[str, str]) -> dict[str, Any] | None:
    """All columns of `Spot`; None above level 1, and where the words of the opening were erased."""
    if row.level > SHARED_LEVEL or not (texts.get("title") or texts.get("text")):
        return None
    point = point_of(texts.get("point", ""))
    return {
        "matter": row.number,
        "procedure": row.procedure,
        "kind": row.kind,
        "place": row.place,
        "lat": point[0] if point else None,
        "lon": point[1] if point else None,
        "cell": cell_of(*point) if point else 0,
        "opened": row.opened,
        "level": row.level,
        "fact": opened.id,
    }


def habit_rows(row: Matter, facts: Sequence[Recorded], legs: Iterable[Leg]) -> list[dict[str, Any]]:
    """All columns of `Habit`: offices called that did not send it back, with the duty item if one was named, and what
    people chose. Sorted."""
    if row.level > SHARED_LEVEL:
        return []
    returned = {fact.about for fact in facts if isinstance(fact.data, LegReturned)}
    duties = {f"leg:{leg.n}": leg.duty for leg in legs if leg.duty}
    found: dict[tuple[str, str], int] = {}
    chosen: dict[str, tuple[str, int]] = {}
    for fact in facts:
        if isinstance(fact.data, LegCalled) and fact.org != row.org and fact.about not in returned:
            found["department", fact.org] = fact.id
            if duty := duties.get(fact.about):
                found["duty", duty if ":" in duty else f"{fact.org}:{duty}"] = fact.id
        elif isinstance(fact.data, Chosen) and fact.data.what != "duplicate":
            chosen[fact.data.what] = (fact.data.chosen, fact.id)
    # A later choice of the same thing takes the earlier one's place.
    found |= {(what, code): at for what, (code, at) in chosen.items() if code}
    common = {"matter": row.number, "procedure": row.procedure, "kind": row.kind}
    return [{**common, "what": what, "code": code, "fact": at} for (what, code), at in sorted(found.items())]


def opening_of(facts: Sequence[Recorded]) -> Recorded | None:
    """The fact of the opening."""
    return next((fact for fact in facts if isinstance(fact.data, Opened)), None)
