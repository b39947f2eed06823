"""A simulator of grids: divides a real border into streets, communities and grids that nobody drew.

No polygons of streets, communities or grids of the five districts are public. What this makes is *simulated*:
plausible in number and size, contiguous, without gaps or overlaps, the same for the same seed, and marked so
wherever it is shown.
"""

import math
import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .shapes import GRID

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Rounds in which seeds move to the middle of their cells: more makes rounder cells.
ROUNDS = 2


def split_border(
    border: "BaseGeometry", n_by_community: Mapping[str, Mapping[str, int]], seed: int = 1
) -> dict[str, list["BaseGeometry"]]:
    """Divide ``border`` (WGS-84) by street, then community, then ``n`` grids; every part is in one piece.

    :param n_by_community: street code → community code → number of grids (at least 1).
    :returns: community code → its grids' polygons, which together are the border exactly (six decimals).
    """
    rng = random.Random(seed)  # noqa: S311  # a drawn world wants a seeded chance
    middle = (border.bounds[1] + border.bounds[3]) / 2
    narrow = math.cos(math.radians(middle))
    flat = _stretched(border, narrow)
    owners: list[str] = []
    cells: list[Any] = []
    streets = [street for street in n_by_community if n_by_community[street]]
    for street, part in zip(streets, divide(flat, len(streets), rng), strict=True):
        communities = list(n_by_community[street])
        for community, inner in zip(communities, divide(part, len(communities), rng), strict=True):
            for cell in divide(inner, n_by_community[street][community], rng):
                owners.append(community)
                cells.append(_stretched(cell, 1 / narrow))
    found: dict[str, list[BaseGeometry]] = {owner: [] for owner in owners}
    for owner, cell in zip(owners, _clean(cells), strict=True):
        found[owner].append(cell)
    return found


def divide(shape: "BaseGeometry", n: int, rng: random.Random) -> list["BaseGeometry"]:
    """``n`` parts of about the same size, each in one piece if ``shape`` is, by Voronoi cells of settled
    seeds."""
    import shapely

    if n <= 1:
        return [shape]
    seeds = _scatter(shape, n, rng)
    cells: list[Any] = []
    for _round in range(ROUNDS + 1):
        drawn = shapely.voronoi_polygons(shapely.MultiPoint(seeds), extend_to=shape)
        cells = [
            cell for cell in shapely.intersection(list(drawn.geoms), shape).tolist() if not cell.is_empty
        ]
        seeds = [
            cell.representative_point() if not cell.covers(cell.centroid) else cell.centroid for cell in cells
        ]
    if len(cells) < n:  # two seeds fell together: draw again, with what chance gives next
        return divide(shape, n, rng)
    return _in_one_piece(cells)


def _scatter(shape: "BaseGeometry", n: int, rng: random.Random) -> list[Any]:
    import shapely

    west, south, east, north = shape.bounds
    shapely.prepare(shape)
    points: list[Any] = []
    while len(points) < n:
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        if shapely.contains_xy(shape, x, y):
            points.append(shapely.Point(x, y))
    return points


def _in_one_piece(cells: list[Any]) -> list[Any]:
    """A concave border may cut a cell in two: the smaller pieces go to the neighbour with the longest common
    edge."""
    import shapely

    cores: list[Any] = []
    rest: list[Any] = []
    for cell in cells:
        parts = sorted(shapely.get_parts(cell).tolist(), key=lambda part: -part.area)
        parts = [part for part in parts if part.geom_type == "Polygon"]
        cores.append(parts[0])
        rest.extend(parts[1:])
    rest.sort(key=lambda part: -part.area)
    while rest:
        placed = False
        for piece in list(rest):
            touch = [shapely.intersection(piece, core).length for core in cores]
            best = max(range(len(cores)), key=touch.__getitem__)
            if touch[best] > 0:
                cores[best] = shapely.union(cores[best], piece)
                rest.remove(piece)
                placed = True
        if not placed:  # an island: it belongs to the nearest part
            piece = rest.pop(0)
            best = min(range(len(cores)), key=lambda n: float(cores[n].distance(piece)))
            cores[best] = shapely.union(cores[best], piece)
    return cores


def _clean(cells: list[Any]) -> list[Any]:
    """All edges noded on the six-decimal grid, so that neighbours share their vertices: no slivers, no
    gaps."""
    import shapely

    lines = shapely.union_all([cell.boundary for cell in cells], grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines).tolist())).tolist()
    tree = shapely.STRtree(cells)
    points = [face.representative_point() for face in faces]
    mine: list[list[Any]] = [[] for _cell in cells]
    face_numbers, cell_numbers = tree.query(points, predicate="intersects")
    taken: set[int] = set()
    for face, cell in zip(face_numbers.tolist(), cell_numbers.tolist(), strict=True):
        if face not in taken:
            taken.add(face)
            mine[cell].append(faces[face])
    return [
        shapely.normalize(shapely.union_all(parts, grid_size=GRID)) if parts else cells[number]
        for number, parts in enumerate(mine)
    ]


def _stretched(shape: "BaseGeometry", x: float) -> Any:
    """Longitudes multiplied, so that a degree is as long both ways while cells are drawn."""
    import shapely

    return shapely.transform(shape, lambda points: points * [x, 1.0])
