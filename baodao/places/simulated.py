"""Grids that nobody drew: a district without public polygons gets a plausible set inside its real border, marked so."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from baodao.orgs import selectors as orgs

from .ruling import NewGrid
from .shapes import read_shape, write_shape
from .split import split_border


def simulated_grids(
    district: str, border: str, since: date, seed: int = 1, *, total: int = 0, team: bool = False
) -> list[NewGrid]:
    """Grids for each community of a district, drawn by chance inside a real border (GeoJSON): two to four each, or
    ``total`` altogether, spread as evenly as it goes. ``team``: the organization of the grid's own code answers for it.

    Reads only; hand the list to ``draw_grids`` under an act of origin ``simulated``.
    """
    rng = random.Random(seed)  # noqa: S311  # a drawn world wants a seeded chance
    counts = _counts(district, since, rng, total)
    found = split_border(read_shape(border), {s: inner for s, inner in counts.items() if inner}, seed)
    return [
        NewGrid(
            code=f"{community}-{number:02}",
            org=community,
            name=f"第{number}网格",  # data
            polygon=write_shape(shape),
            since=since,
            team=f"{community}-{number:02}" if team else "",
        )
        for community, shapes in sorted(found.items())
        for number, shape in enumerate(sorted(shapes, key=_north_to_south), 1)
    ]


def _counts(district: str, since: date, rng: random.Random, total: int) -> dict[str, dict[str, int]]:
    trees = orgs.forest()
    counts = {
        street: {
            code: 0 if total else rng.randint(2, 4)
            for code in trees.children(street, since)
            if trees.nodes[code].level == "community"
        }
        for street in trees.children(district, since)
    }
    if not total:
        return counts
    homes = [(street, code) for street, inner in counts.items() for code in inner]
    more = set(rng.sample(range(len(homes)), total % len(homes))) if homes else set()
    for number, (street, code) in enumerate(homes):
        counts[street][code] = max(1, total // len(homes) + (number in more))
    return counts


def _north_to_south(shape: Any) -> tuple[float, float]:
    west, _south, _east, north = shape.bounds
    return -north, west
