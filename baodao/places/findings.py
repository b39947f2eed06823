"""A drawing of what does not fit: the old grids, the new ones, and each finding with its number, as one SVG element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from baodao.kernel.geometry import Frame

from .fitting import Finding

#: Colours beside shapes: an overlap is hatched and red, a gap amber, what leaves the border violet.
PAINT = {"overlap": "#b3261e", "gap": "#b8862b", "outside": "#6b3fa0"}
WIDTH, HEIGHT = 1000, 700
#: More numbers than this would cover the map; the table has them all.
NUMBERED = 120


def picture(
    shapes: Sequence[Any], old: int, findings: Sequence[Finding], title: str, see: int | None = None
) -> Markup:
    """The drawing; with ``see`` only the surroundings of that finding."""
    import shapely

    frame = Frame.around(_bounds(shapes, old, findings, see), WIDTH, HEIGHT, margin=30)
    window = shapely.box(*_window(frame))
    parts = [
        Markup(
            '<svg class="bd-map" xmlns="http://www.w3.org/2000/svg" viewBox="{}" role="img" aria-label="{}" '
            'width="100%" preserveAspectRatio="xMidYMid meet"><rect width="{}" height="{}" fill="#f3efe6"></rect>'
        ).format(frame.view_box, title, WIDTH, HEIGHT)
    ]
    plain = shapely.simplify(list(shapes), 0.5 / frame.scale).tolist()
    for place, shape in enumerate(plain):
        if shape.intersects(window):
            fresh = place >= old
            parts.append(
                _path(frame, shape, "#fffdf8" if fresh else "#e2dccf", "#4a453c" if fresh else "#a89f8e")
            )
    for one in findings:
        if one.shape is not None and one.shape.intersects(window):
            parts.append(_path(frame, one.shape, PAINT[one.what], PAINT[one.what], 0.55))
    for number, one in enumerate(findings[:NUMBERED], 1):
        if see is None or see == number:
            parts.append(_number(frame, one, number))
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _bounds(
    shapes: Sequence[Any], old: int, findings: Sequence[Finding], see: int | None
) -> tuple[float, float, float, float]:
    import shapely

    if see is not None and 1 <= see <= len(findings):
        one = findings[see - 1]
        west, south, east, north = (
            one.shape.bounds if one.shape is not None else (one.lon, one.lat, one.lon, one.lat)
        )
        wide = max(east - west, north - south, 0.0008) / 2
        return west - wide, south - wide, east + wide, north + wide
    west, south, east, north = shapely.total_bounds(list(shapes[old:]) or list(shapes)).tolist()
    return west, south, east, north


def _window(frame: Frame) -> tuple[float, float, float, float]:
    east, south = frame.place(frame.width, frame.height)
    return frame.west, south, east, frame.north


def _path(frame: Frame, shape: Any, fill: str, stroke: str, opacity: float = 1.0) -> Markup:
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return Markup("")
    return Markup(
        '<path d="{}" fill="{}" fill-opacity="{}" stroke="{}" stroke-width="1.5" fill-rule="evenodd"></path>'
    ).format(frame.path(shape), fill, opacity, stroke)


def _number(frame: Frame, one: Finding, number: int) -> Markup:
    x, y = frame.pixel(one.lon, one.lat)
    return Markup(
        '<g><circle cx="{0}" cy="{1}" r="15" fill="#fff" stroke="{2}" stroke-width="3"></circle>'
        '<text x="{0}" y="{3}" text-anchor="middle" font-size="17" fill="#1d1b18">{4}</text></g>'
    ).format(round(x, 1), round(y, 1), PAINT[one.what], round(y + 6, 1), number)
