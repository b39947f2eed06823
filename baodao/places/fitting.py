"""How polygons fit together, pure: what lies over what, what is left free between them, what lies beyond the border.

The same findings refuse a drawing in the verb and are shown on the map of an import."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.errors import Problem, TooLarge

from .shapes import DEGREE, TOLERANCE_M2, TOLERANCE_SHARE, square_metres

#: Free land narrower than this between two grids is a gap, however long it runs to the open.
REACH = 10.0
#: Points of all common parts together; more come only from shapes made to cross each other endlessly.
MOST_POINTS = 400_000
#: Square metres.
HECTARE = 10_000
#: Neighbours of one grid, on average; edges of two that come near each other; below this product nobody counts them.
MOST_PAIRS, MOST_CROSSINGS, SMALL = 20, 20_000, 250_000

What = Literal["overlap", "gap", "outside"]


class Finding(msgspec.Struct, frozen=True):
    """One thing that does not fit: ``one`` and ``two`` are places in the list of shapes (-1: none), ``shape`` the part of the
    ground concerned."""

    what: What
    one: int
    two: int
    square_metres: int
    lon: float
    lat: float
    shape: Any = None


def fit(shapes: Sequence[Any], fresh: int = 0, land: Any = None) -> list[Finding]:
    """All that does not fit, overlaps first, the largest of each first; what concerns only the first ``fresh`` (old)
    shapes is not looked at.

    :param land: what the shapes together must cover; None: only gaps between neighbours count.
    """
    found = _overlaps(shapes, fresh) + _gaps(shapes, fresh, land)
    return sorted(found, key=lambda one: (one.what != "overlap", -one.square_metres, one.one, one.two))


def _overlaps(shapes: Sequence[Any], fresh: int) -> list[Finding]:
    import shapely

    if len(shapes) <= fresh:
        return []
    left, right = shapely.STRtree(list(shapes)).query(list(shapes[fresh:]), predicate="intersects")
    if len(left) > 2 * (MOST_PAIRS * (len(shapes) - fresh) + 500):
        raise _too_many()
    found, points = [], 0
    for two, one in sorted(zip((left + fresh).tolist(), right.tolist(), strict=True)):
        if one == two or (one > two and one >= fresh):
            continue
        if _tangled(shapes[one], shapes[two]):
            raise _too_many()
        common = shapes[one].intersection(shapes[two])
        points += int(shapely.get_num_coordinates(common))
        if points > MOST_POINTS:
            raise _too_many()
        size = square_metres(common)
        if size <= TOLERANCE_M2:
            continue
        smaller = min(square_metres(shapes[one]), square_metres(shapes[two]))
        if size > smaller * TOLERANCE_SHARE:
            found.append(_finding("overlap", one, two, common, size))
    return found


def _too_many() -> Problem:
    return TooLarge.of("file", _("图形互相穿插得太多，查不过来"), _("请在制图软件里先去掉重复的面"))


def _tangled(one: Any, two: Any) -> bool:
    """Whether the edges of two large shapes come across each other so often that their common part would be endless."""
    import shapely

    if shapely.get_num_coordinates(one) * shapely.get_num_coordinates(two) < SMALL:
        return False
    pieces = [_edges(shape) for shape in (one, two)]
    return len(shapely.STRtree(pieces[0]).query(pieces[1])[0]) > MOST_CROSSINGS


def _edges(shape: Any) -> list[Any]:
    import shapely

    rings = [ring for part in shapely.get_parts(shape).tolist() for ring in (part.exterior, *part.interiors)]
    return [
        shapely.LineString(pair)
        for ring in rings
        for pair in zip(ring.coords[:-1], ring.coords[1:], strict=True)
    ]


def _gaps(shapes: Sequence[Any], fresh: int, land: Any) -> list[Finding]:
    """Holes and narrow strips between grids, and what of ``land`` is left; only such as touch a fresh shape (all of them
    when ``land`` is to be covered)."""
    import shapely

    if len(shapes) <= fresh:
        return []
    whole = union(shapes)
    free = land.difference(whole) if land is not None else _between(whole)
    tree = shapely.STRtree(list(shapes))
    found = []
    for piece in shapely.get_parts(free).tolist():
        size = square_metres(piece)
        if size <= TOLERANCE_M2 or piece.geom_type != "Polygon":
            continue
        # Corners are computed: a neighbour is whoever comes within a decimetre.
        near = sorted(tree.query(piece, predicate="dwithin", distance=1e-6).tolist())
        mine = [n for n in near if n >= fresh]
        if land is None and (len(near) < 2 or not mine):
            continue
        first = mine[0] if mine else near[0] if near else -1
        found.append(_finding("gap", first, next((n for n in near if n != first), -1), piece, size))
    return found


def _between(whole: Any) -> Any:
    """What closes when all land grows by the reach and shrinks again, and every hole."""
    import shapely

    middle = (whole.bounds[1] + whole.bounds[3]) / 2
    narrow = math.cos(math.radians(middle))
    flat = shapely.transform(whole, lambda points: points * [narrow, 1.0])
    grow = REACH / 2 / DEGREE
    closed = flat.buffer(grow, join_style="mitre", quad_segs=1).buffer(-grow, join_style="mitre", quad_segs=1)
    strips = shapely.transform(closed.difference(flat), lambda points: points * [1 / narrow, 1.0])
    rings = [ring for part in shapely.get_parts(whole).tolist() for ring in part.interiors]
    holes = [shapely.Polygon(ring) for ring in rings]
    outer = shapely.get_parts(strips).tolist()
    # A strip inside a hole is the hole's own affair.
    tree = shapely.STRtree(holes)
    strips_only = [
        one for one in outer if not len(tree.query(one.representative_point(), predicate="intersects"))
    ]
    return shapely.GeometryCollection([*holes, *strips_only])


def union(shapes: Sequence[Any]) -> Any:
    """All shapes as one. A coverage (no overlaps, common vertices) joins fifty times faster; hand-drawn grids may not be
    one."""
    import shapely

    held = list(shapes)
    if shapely.coverage_is_valid(held):
        return shapely.coverage_union_all(held)
    return shapely.union_all(held)


def _finding(what: What, one: int, two: int, shape: Any, size: float) -> Finding:
    point = shape.representative_point()
    return Finding(what, one, two, round(size), round(point.x, 6), round(point.y, 6), shape)


def spot(one: Finding, org: str) -> str:
    """The address of the map on which a finding can be seen: the grids of a community with a pin."""
    return f"{reverse('desk:grids')}?{urlencode({'org': org, 'spot': f'{one.lon},{one.lat}'}, safe=',')}"


def size_words(square_metres: int) -> str:
    """A size in the unit that people think in: square kilometres from a hectare on."""
    if square_metres < HECTARE:
        return _("%(n)s 平方米") % {"n": square_metres}
    return _("%(n)s 平方公里") % {"n": f"{square_metres / 1e6:,.2f}"}


def words(one: Finding, names: Sequence[str]) -> str:
    """A finding in words: with whom, how much, where."""
    said = {"size": size_words(one.square_metres), "lon": one.lon, "lat": one.lat}
    if one.what == "outside":
        return _("有 %(size)s在区界之外，在 %(lon)s, %(lat)s 一带") % said
    if one.what == "overlap":
        return _("与网格 %(other)s 重叠 %(size)s，在 %(lon)s, %(lat)s 一带") % (
            said | {"other": names[one.one]}
        )
    if one.two >= 0:
        return _("与网格 %(other)s 之间空着 %(size)s，在 %(lon)s, %(lat)s 一带") % (
            said | {"other": names[one.two]}
        )
    return _("空着 %(size)s，没有划进任何网格，在 %(lon)s, %(lat)s 一带") % said
