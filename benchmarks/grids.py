"""Point → grid over 50,000 polygons: the product's own question against the bare index of shapely in the same minute, both with the
same points; and how long a process needs to read all polygons anew after a change.

.venv/bin/python -m benchmarks.grids [--polygons 50000] [--points 20000]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks.ground import set_up

WEST, SOUTH, SIDE = 106.3, 29.3, 0.004
DAY = date(2026, 11, 22)


def polygons(n: int) -> list[tuple[str, list[tuple[float, float]]]]:
    """A net of quadrangles with bent edges: code and ring; neighbours share their corners and bends."""
    wide = round(n**0.5)
    rng = random.Random(7)
    corner = {(x, y): _moved(x, y, rng) for x in range(wide + 1) for y in range(n // wide + 2)}
    found = []
    for k in range(n):
        x, y = k % wide, k // wide
        corners = [corner[x, y], corner[x + 1, y], corner[x + 1, y + 1], corner[x, y + 1]]
        ring = [
            point for a, b in zip(corners, [*corners[1:], corners[0]], strict=True) for point in _edge(a, b)
        ]
        found.append((f"g{k:06}", [*ring, ring[0]]))
    return found


def _moved(x: int, y: int, rng: random.Random) -> tuple[float, float]:
    return WEST + (x + rng.uniform(-0.3, 0.3)) * SIDE, SOUTH + (y + rng.uniform(-0.3, 0.3)) * SIDE


def _edge(a: tuple[float, float], b: tuple[float, float]) -> list[tuple[float, float]]:
    """Six points of an edge, the same from both sides: a grid has about 25."""
    return [(a[0] + (b[0] - a[0]) * t / 6, a[1] + (b[1] - a[1]) * t / 6) for t in range(6)]


def seconds(do: Callable[[], Any]) -> float:
    """CPU seconds of this process."""
    start = time.process_time()
    do()
    return time.process_time() - start


def main() -> None:
    """Print both costs and their ratio, three times."""
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polygons", type=int, default=50_000)
    parser.add_argument("--points", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="baodao-bench-") as home:
        set_up(home)
        run(asked.polygons, asked.points)


def run(n: int, points: int) -> None:
    """Measure; needs Django set up."""
    import shapely

    from baodao.places.selectors import GridRef, Plan

    made = polygons(n)
    shapes = [shapely.Polygon(ring) for _code, ring in made]
    rows = [
        (GridRef(code, "o", "n", 0.0, 0.0, 1, "live", date(2024, 1, 1), None), shapely.to_geojson(shape))
        for (code, _ring), shape in zip(made, shapes, strict=True)
    ]
    held: list[Plan] = []
    anew = seconds(lambda: held.append(Plan(list(rows), {})))
    plan, tree = held[0], shapely.STRtree(shapes)
    shapely.prepare(shapes)
    rng, wide = random.Random(11), round(n**0.5) * SIDE
    where = [(WEST + rng.uniform(0, wide), SOUTH + rng.uniform(0, wide)) for _ in range(points)]
    bare = seconds_of(lambda lon, lat: tree.query(shapely.Point(lon, lat), predicate="intersects"), where)
    ours = seconds_of(lambda lon, lat: plan.at(lon, lat, DAY), where)
    hits = sum(plan.at(lon, lat, DAY) is not None for lon, lat in where[:1000])
    print(f"{n} polygons of {len(made[0][1])} points, {points} points asked, {hits / 10:.0f} % inside")
    print(f"read anew after a change: {anew:.2f} s")
    for one, other in zip(bare, ours, strict=True):
        print(
            f"bare {1e6 * one / points:.1f} µs  point → grid {1e6 * other / points:.1f} µs  × {other / one:.2f}"
        )


def seconds_of(do: Callable[[float, float], Any], where: list[tuple[float, float]]) -> list[float]:
    """Three times the whole list; the first warms up and is not told."""

    def all_of_them() -> None:
        for lon, lat in where:
            do(lon, lat)

    all_of_them()
    return [seconds(all_of_them) for _ in range(3)]


if __name__ == "__main__":
    main()
