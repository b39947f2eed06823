"""Maps that the server draws: the children of an organization as SVG paths, for a drill-down without scripts.

District → streets → communities → grids. Shapes of organizations are the unions of their grids; they are
computed at the first wish and kept with the plan until grids or trees change.
"""

import math
from datetime import date
from typing import Any

import msgspec

from baodao.kernel import epochs
from baodao.orgs import selectors as orgs

from . import selectors
from .fitting import union
from .selectors import Plan

#: Width of the drawing in its own units; heights follow the land.
WIDTH = 1000
#: Space around, in the same units.
MARGIN = 12
#: A bend smaller than this is not drawn.
DETAIL = 0.8


class Shape(msgspec.Struct, frozen=True):
    """One child: ``path`` for <path d>, label point ``x``/``y``, and whether there is more to see below
    it."""

    code: str
    name: str
    kind: str
    path: str
    x: float
    y: float
    deeper: bool
    lon: float
    lat: float
    label: str = ""


class Map(msgspec.Struct, frozen=True):
    """A level of the drill-down. ``crumbs`` are (code, name) from the root to this organization.

    A point of the drawing is lon = west + x / scale / narrow, lat = north - y / scale (``lonlat``).
    """

    org: str
    name: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    crumbs: tuple[tuple[str, str], ...]
    simulated: bool
    west: float
    north: float
    scale: float
    narrow: float

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a WGS-84 point lies on the drawing."""
        x = (lon - self.west) * self.narrow * self.scale + MARGIN
        return round(x, 1), round((self.north - lat) * self.scale + MARGIN, 1)

    def lonlat(self, x: float, y: float) -> tuple[float, float]:
        """The WGS-84 point under a point of the drawing (an <input type=image> sends such ones)."""
        lon = self.west + (x - MARGIN) / self.scale / self.narrow
        return round(lon, 6), round(self.north - (y - MARGIN) / self.scale, 6)


def map_level(org: str, day: date | None = None) -> Map | None:
    """The map of an organization's children, or of its grids where it has any of its own; None when it has
    no land.

    No statement; some milliseconds for a district the first time, nothing after that.
    """
    at = day or orgs.today()
    plan, trees = selectors.plan(), orgs.forest()
    key = ("level", org, at, orgs.name_of(org), epochs.epoch(orgs.EPOCH))
    if key not in plan.drawn:
        if len(plan.drawn) > 2000:
            plan.drawn.clear()
        plan.drawn[key] = _draw(org, at, plan) if org in trees else None
    found: Map | None = plan.drawn[key]
    return found


def _draw(org: str, day: date, plan: Plan) -> Map | None:
    import shapely

    parts = _children(org, day, plan)
    if not parts:
        return None
    shapes = [part[3] for part in parts]
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    narrow = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * narrow, (north - south) / 1.4)
    trees = orgs.forest()
    frame = Map(
        org=org,
        name=orgs.name_of(org),
        width=math.ceil((east - west) * narrow * scale) + 2 * MARGIN,
        height=math.ceil((north - south) * scale) + 2 * MARGIN,
        shapes=(),
        crumbs=tuple((code, orgs.name_of(code)) for code in reversed(trees.chain(org, day))),
        simulated=any(plan.grids[number].origin == "simulated" for part in parts for number in part[4]),
        west=west,
        north=north,
        scale=scale,
        narrow=narrow,
    )
    drawn = []
    # Simplified together, so that neighbours keep their common edge.
    for (code, name, kind, whole, _numbers), simple in zip(
        parts, _simplified(shapes, DETAIL / scale), strict=True
    ):
        point = whole.representative_point()
        x, y = frame.xy(point.x, point.y)
        path = "".join(_ring(frame, ring) for ring in _rings(simple))
        deeper = kind != "grid"
        lon, lat = round(point.x, 6), round(point.y, 6)
        drawn.append(Shape(code, name, kind, path, x, y, deeper, lon, lat, label_of(name)))
    return msgspec.structs.replace(frame, shapes=tuple(drawn))


def label_of(name: str) -> str:
    """大东门社区居民委员会 → 大东门社区, 延寿村村民委员会 → 延寿村: short enough for a map."""
    for tail in ("居民委员会", "村民委员会", "居委会", "村委会"):
        short = name.removesuffix(tail)
        if short != name and short:
            return short if short[-1] in "村社区" or not tail.startswith("村") else f"{short}村"
    return name


def _children(org: str, day: date, plan: Plan) -> list[tuple[str, str, str, Any, list[int]]]:
    """(code, name, kind, shape, numbers of grids) of the children with land, else of the grids."""
    trees = orgs.forest()
    held: dict[str, list[int]] = {}
    for number, ref in enumerate(plan.grids):
        if ref.at(day):
            held.setdefault(ref.org, []).append(number)
    if org in held:
        return [(plan.grids[n].code, plan.grids[n].name, "grid", plan.shapes[n], [n]) for n in held[org]]
    found = []
    for child in trees.children(org, day):
        numbers = [n for code in trees.below(child, day) for n in held.get(code, ())]
        if numbers:
            shape = union([plan.shapes[n] for n in numbers])
            found.append((child, orgs.name_of(child), trees.nodes[child].kind, shape, numbers))
    return found


def _simplified(shapes: list[Any], tolerance: float) -> list[Any]:
    import shapely

    if shapely.coverage_is_valid(shapes):
        return list(shapely.coverage_simplify(shapes, tolerance).tolist())
    return list(shapely.simplify(shapes, tolerance).tolist())


def _rings(shape: Any) -> list[Any]:
    polygons = [shape] if shape.geom_type == "Polygon" else list(shape.geoms)
    return [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]


def _ring(frame: Map, ring: Any) -> str:
    points = [frame.xy(x, y) for x, y in ring.coords[:-1]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"
