"""Polygons: reading GeoJSON with located errors, finding the polygon of a point, sizes in metres."""

import re
from collections.abc import Iterable, Mapping
from math import cos, radians, sin
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault, Invalid, TooLarge

from .datum import distance

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_AUTHALIC = 6_371_007.18  # radius of the sphere with the Earth's surface, metres
_SIZE, _POINTS, _AREAS = 20 << 20, 500_000, 20_000
_MOST_FAULTS = 50
#: What the decoder and shapely say, to be told in words.
_BYTE = re.compile(r"\(byte (\d+)\)")
_REASON = re.compile(r"(?P<what>[^\[]+)(?:\[(?P<lon>[-\d.e+]+) (?P<lat>[-\d.e+]+)\])?$")


class Area(msgspec.Struct, frozen=True):
    """One polygon or multi-polygon (WGS-84) with the properties of its feature."""

    properties: dict[str, Any]
    shape: Any  # shapely Polygon or MultiPolygon: msgspec knows no such type


def parse_geojson(
    raw: bytes | str | Mapping[str, Any], *, most_points: int = _POINTS, most_areas: int = _AREAS
) -> list[Area]:
    """The areas of a Polygon, MultiPolygon, Feature or FeatureCollection. Raises TooLarge (20 MB, 500,000
    points, 20,000 areas) or Invalid with all faults (at most 50), located as
    `features[3].geometry.coordinates[0][12]`."""
    faults: list[Fault] = []
    areas: list[Area] = []
    points = 0
    for where, properties, geometry in _features(_decoded(raw)):
        rings = _polygons(geometry, where, faults)
        points += sum(len(ring) for polygon in rings for ring in polygon)
        if points > most_points or len(areas) >= most_areas:
            raise TooLarge.of("file", _("边界的点或面太多"), _("请先简化边界，或分几次导入"))
        if rings and len(faults) < _MOST_FAULTS:
            areas.append(Area(properties, _shape(rings, where, faults)))
        if len(faults) >= _MOST_FAULTS:
            break
    if not areas and not faults:
        faults.append(Fault("file", _("里面没有面"), _("请给出 Polygon 或 MultiPolygon")))
    if faults:
        raise Invalid(*faults[:_MOST_FAULTS])
    return areas


def _decoded(raw: bytes | str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(raw, Mapping):
        return raw
    if len(raw) > _SIZE:
        raise TooLarge.of("file", _("文件超过 %(most)d MB") % {"most": _SIZE >> 20}, _("请先简化边界"))
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise Invalid.of("file", unread(error), _("请另存为 GeoJSON")) from error
    if not isinstance(document, dict):
        raise Invalid.of("file", _("不是 GeoJSON"), _("请另存为 GeoJSON"))
    return document


def _features(document: Mapping[str, Any]) -> Iterable[tuple[str, dict[str, Any], Any]]:
    """(where, properties, geometry) of each feature."""
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise Invalid.of("features", _("应是列表"))
        if len(features) > _AREAS:
            raise TooLarge.of("file", _("边界的点或面太多"), _("请先简化边界，或分几次导入"))
        found = [(f"features[{n}].", feature) for n, feature in enumerate(features)]
    elif kind == "Feature":
        found = [("", document)]
    else:
        return [("", {}, document)]
    return [
        (
            f"{at}geometry",
            _properties(feature),
            feature.get("geometry") if isinstance(feature, dict) else None,
        )
        for at, feature in found
    ]


def _properties(feature: Any) -> dict[str, Any]:
    held = feature.get("properties") if isinstance(feature, dict) else None
    return held if isinstance(held, dict) else {}


Ring = list[tuple[float, float]]


def _polygons(geometry: Any, where: str, faults: list[Fault]) -> list[list[Ring]]:
    """The rings of each polygon; empty, with a fault, when something is wrong."""
    dot = f"{where}." if where else ""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "Polygon":
        polygons, places = [coordinates], [f"{dot}coordinates"]
    elif kind == "MultiPolygon" and isinstance(coordinates, list) and coordinates:
        polygons, places = coordinates, [f"{dot}coordinates[{n}]" for n in range(len(coordinates))]
    else:
        faults.append(
            Fault(
                f"{dot}type",
                _("是 %(kind)s，不是面") % {"kind": str(kind)[:30]},
                _("请给出 Polygon 或 MultiPolygon"),
            )
        )
        return []
    before = len(faults)
    read = [_rings(polygon, place, faults) for polygon, place in zip(polygons, places, strict=True)]
    return read if len(faults) == before else []


def _rings(polygon: Any, where: str, faults: list[Fault]) -> list[Ring]:
    if not isinstance(polygon, list) or not polygon:
        faults.append(Fault(where, _("没有坐标")))
        return []
    return [_ring(ring, f"{where}[{n}]", faults) for n, ring in enumerate(polygon)]


def _ring(ring: Any, where: str, faults: list[Fault]) -> Ring:
    if not isinstance(ring, list) or len(ring) < 4:
        faults.append(Fault(where, _("一圈至少要 4 个点"), _("最后一点与第一点相同")))
        return []
    points: Ring = []
    for n, point in enumerate(ring):
        if not _is_place(point):
            at = f"{where}[{n}]"
            faults.append(Fault(at, _("不是经纬度"), _("写成 [经度, 纬度]，经度在前，单位是度")))
            return []
        points.append((float(point[0]), float(point[1])))
    if points[0] != points[-1]:
        faults.append(Fault(where, _("一圈没有闭合"), _("最后一点要与第一点相同")))
    return points


def _is_place(point: Any) -> bool:
    if not isinstance(point, list) or len(point) not in (2, 3):
        return False
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in point):
        return False
    return bool(-180 <= point[0] <= 180 and -90 <= point[1] <= 90)


def _shape(polygons: list[list[Ring]], where: str, faults: list[Fault]) -> Any:
    import shapely

    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in polygons]
    shape = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    if not shape.is_valid or shape.is_empty or shape.area == 0:
        reason, remedy = (
            _("边界不成立：%(why)s") % {"why": broken(shape)},
            _("请在制图软件里修复几何后再导入"),
        )
        faults.append(Fault(where or "coordinates", reason, remedy))
    return shape


def unread(error: Exception) -> str:
    """Why a text is no GeoJSON, in words: at which character reading stopped, where the decoder says so."""
    at = _BYTE.search(str(error))
    return (
        _("不是 GeoJSON：第 %(n)s 个字节起读不懂") % {"n": at[1]}
        if at
        else _("不是 GeoJSON：没有写完，或套得太深")
    )


def broken(shape: Any) -> str:
    """Why a polygon is none, in words, with the place where the library names one (OGC Simple Features 1.2.1, 6.1.11)."""
    import shapely

    if shape.is_empty or (shape.is_valid and shape.area == 0):
        return _("没有面积")
    told = _REASON.match(shapely.is_valid_reason(shape))
    what = {
        "Self-intersection": _("边自己相交"),
        "Ring Self-intersection": _("同一圈碰到自己"),
        "Hole lies outside shell": _("洞在外圈外面"),
        "Nested holes": _("洞里套着洞"),
        "Nested shells": _("一块套着另一块"),
        "Duplicate Rings": _("同一圈写了两遍"),
        "Interior is disconnected": _("里面被隔开了"),
        "Too few points in geometry component": _("一圈的点太少"),
    }.get(told["what"] if told else "", _("形状不成立"))
    if told is None or told["lon"] is None:
        return what
    place = {"what": what, "lon": f"{float(told['lon']):.5f}", "lat": f"{float(told['lat']):.5f}"}
    return _("%(what)s，在经度 %(lon)s、纬度 %(lat)s 附近") % place


class PolygonIndex:
    """Finds the polygon of a point. `items` are (key, shapely polygon). Immutable; safe for threads."""

    def __init__(self, items: Iterable[tuple[str, "BaseGeometry"]]) -> None:
        import shapely

        held = sorted(items, key=lambda item: (item[1].area, item[0]))
        self._keys = [key for key, _shape in held]
        self._shapes = [shape for _key, shape in held]
        self._tree = shapely.STRtree(self._shapes)

    def __len__(self) -> int:
        return len(self._keys)

    def locate(self, lon: float, lat: float) -> str | None:
        """The key of the polygon that the point lies in or on; of several the smallest, then the first by
        key."""
        import shapely

        found = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        # The shapes lie in that order.
        return self._keys[int(found.min())] if len(found) else None

    def nearest(self, lon: float, lat: float, within: float) -> tuple[str, float] | None:
        """(key, metres) of the nearest polygon not farther than `within` metres; a point inside is at 0."""
        import shapely

        squeeze = max(cos(radians(lat)), 0.01)
        dy = within / 111_000
        near = self._tree.query(shapely.box(lon - dy / squeeze, lat - dy, lon + dy / squeeze, lat + dy))
        best: tuple[float, int] | None = None
        for n in near:
            flat = shapely.transform(self._shapes[n], lambda xy: xy * (squeeze, 1.0))
            closest = shapely.shortest_line(flat, shapely.Point(lon * squeeze, lat)).coords[0]
            metres = distance((closest[0] / squeeze, closest[1]), (lon, lat))
            if metres <= within and (best is None or (metres, int(n)) < best):
                best = (metres, int(n))
        return None if best is None else (self._keys[best[1]], best[0])


def area_m2(shape: "BaseGeometry") -> float:
    """Square metres on the sphere of equal surface (within 0.5 %)."""
    return sum(
        _ring_area(polygon.exterior) - sum(map(_ring_area, polygon.interiors)) for polygon in _parts(shape)
    )


def perimeter_m(shape: "BaseGeometry") -> float:
    """Metres of all outer and inner borders."""
    rings = [ring for polygon in _parts(shape) for ring in (polygon.exterior, *polygon.interiors)]
    return sum(distance(a, b) for ring in rings for a, b in zip(ring.coords, ring.coords[1:], strict=False))


def _parts(shape: Any) -> list[Any]:
    return list(shape.geoms) if hasattr(shape, "geoms") else [shape]


def _ring_area(ring: Any) -> float:
    """Chamberlain and Duquette (2007), "Some algorithms for polygons on a sphere"."""
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in zip(ring.coords, ring.coords[1:], strict=False):
        total += radians(lon2 - lon1) * (2 + sin(radians(lat1)) + sin(radians(lat2)))
    return abs(total) * _AUTHALIC**2 / 2
