"""Drawing: polygons as SVG paths on plain paper, and the way back from a click's pixel to a place.

Plate carrée with the longitudes squeezed by the cosine of the middle latitude: true to shape within a
district. A map that works without scripts is `<input type="image" name="map" width=W height=H src=…>`: the
browser sends map.x and map.y.
"""

from math import cos, radians
from typing import Any

import msgspec


class Frame(msgspec.Struct, frozen=True):
    """A drawing of `width` × `height` pixels whose left upper corner is (`west`, `north`); `scale` = pixels
    per degree of latitude, `squeeze` = length of a degree of longitude against one of latitude."""

    west: float
    north: float
    scale: float
    squeeze: float
    width: int
    height: int

    @classmethod
    def around(
        cls, bounds: tuple[float, float, float, float], width: int, height: int | None = None, margin: int = 8
    ) -> "Frame":
        """The frame that shows `bounds` (west, south, east, north) in `width` pixels, and in `height` where
        it is given, the drawing then being centred."""
        west, south, east, north = bounds
        squeeze = max(cos(radians((south + north) / 2)), 0.01)
        wide, high = max((east - west) * squeeze, 1e-4), max(north - south, 1e-4)
        scale = (width - 2 * margin) / wide
        if height is None:
            height = round(high * scale) + 2 * margin
        else:
            scale = min(scale, (height - 2 * margin) / high)
        return cls(
            (west + east) / 2 - width / 2 / scale / squeeze,
            (south + north) / 2 + height / 2 / scale,
            scale,
            squeeze,
            width,
            height,
        )

    @property
    def view_box(self) -> str:
        """For the attribute viewBox."""
        return f"0 0 {self.width} {self.height}"

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """A place on the drawing: x to the right, y downwards."""
        return (lon - self.west) * self.squeeze * self.scale, (self.north - lat) * self.scale

    def place(self, x: float, y: float, shown_width: float | None = None) -> tuple[float, float]:
        """The place under a pixel, rounded to 1e-6 degrees (0.1 m); `shown_width` when the drawing is shown
        in another size. A pixel outside gives the nearest place of the frame."""
        ratio = self.width / shown_width if shown_width else 1.0
        x = min(max(x * ratio, 0), self.width)
        y = min(max(y * ratio, 0), self.height)
        return round(self.west + x / self.scale / self.squeeze, 6), round(self.north - y / self.scale, 6)

    def path(self, shape: Any) -> str:
        """The `d` of a polygon or multi-polygon, to a tenth of a pixel; fill it with fill-rule="evenodd"."""
        polygons = list(shape.geoms) if hasattr(shape, "geoms") else [shape]
        rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
        return "".join(self._ring(ring) for ring in rings)

    def label(self, shape: Any) -> tuple[float, float]:
        """A pixel inside the shape, for its name."""
        point = shape.representative_point()
        x, y = self.pixel(point.x, point.y)
        return round(x, 1), round(y, 1)

    def _ring(self, ring: Any) -> str:
        points: list[str] = []
        for lon, lat, *_height in ring.coords[:-1]:
            x, y = self.pixel(lon, lat)
            point = f"{_short(x)} {_short(y)}"
            if not points or points[-1] != point:
                points.append(point)
        return f"M{'L'.join(points)}Z"


def _short(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
