"""Shapes, pure: GeoJSON in and out, areas. WGS-84 degrees in and out, metres for sizes.

shapely is imported inside the functions: a process that asks for no shape does not load it.
"""

import math
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.geometry.polygons import broken, unread

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Metres of one degree of latitude (mean meridian arc of WGS-84).
DEGREE = 111_195.0
#: Six decimals: about 0.1 m.
GRID = 1e-6
MAX_BYTES = 2_000_000
MAX_VERTICES = 20_000
#: Mainland China with its seas, generously: west, south, east, north.
BOUNDS = (73.0, 3.0, 136.0, 54.0)


def read_shape(text: str, field: str = "polygon") -> "BaseGeometry":
    """A polygon or multi-polygon of a GeoJSON geometry, feature, or collection with one feature.

    :raises Invalid: not JSON, not one polygon, too large, outside China, or crossing itself; says where.
    """
    import shapely

    if not text.strip():
        raise Invalid.of(field, _("还没有边界"), _("新画的要有边界：GeoJSON，或在地图上画"))
    if len(text) > MAX_BYTES:
        raise Invalid.of(field, _("图形文件太大"), _("最多 2 MB"))
    geometry = _geometry(text, field)
    if _depth(geometry.get("coordinates")) != {"Polygon": 2, "MultiPolygon": 3}[geometry["type"]]:
        raise Invalid.of(field, _("图形坐标的写法不对"), _("按 GeoJSON（RFC 7946）的 Polygon 写"))
    try:
        shape = shapely.from_geojson(msgspec.json.encode(geometry))
    except shapely.errors.ShapelyError as error:
        raise Invalid.of(field, _("一圈没有闭合，或不到四个点"), _("最后一点要与第一点相同")) from error
    shape = shapely.force_2d(shape)
    if shape.is_empty or shapely.get_num_coordinates(shape) > MAX_VERTICES:
        raise Invalid.of(field, _("图形是空的或者点太多"), _("最多 20000 个点"))
    west, south, east, north = shape.bounds
    inside = west >= BOUNDS[0] and south >= BOUNDS[1] and east <= BOUNDS[2] and north <= BOUNDS[3]
    if not inside:  # also catches NaN
        raise Invalid.of(field, _("坐标不在中国范围内"), _("要 WGS-84 经纬度，先经度后纬度"))
    if not shape.is_valid:
        raise Invalid.of(field, _("边界不成立：%(why)s") % {"why": broken(shape)}, _("改好这一处再来"))
    return rounded(shape)


def _geometry(text: str, field: str) -> dict[str, Any]:
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid.of(field, unread(error), _("要 GeoJSON")) from error
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        features = data.get("features")
        data = features[0] if isinstance(features, list) and len(features) == 1 else None
    if isinstance(data, dict) and data.get("type") == "Feature":
        data = data.get("geometry")
    if not isinstance(data, dict) or data.get("type") not in ("Polygon", "MultiPolygon"):
        raise Invalid.of(field, _("要一个 Polygon 或 MultiPolygon"), _("一次一个图形"))
    return data


def _depth(value: Any) -> int:
    """How deep the coordinates are nested, if all leaves are numbers at the same depth; else -1."""
    if not isinstance(value, list) or not value:
        return -1
    if all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in value):
        return 0 if 2 <= len(value) <= 4 else -1
    inner = {_depth(one) for one in value}
    return inner.pop() + 1 if len(inner) == 1 and -1 not in inner else -1


def rounded(shape: "BaseGeometry") -> "BaseGeometry":
    """On the grid of six decimals, valid, in a normal order of rings and vertices."""
    import shapely

    return shapely.normalize(shapely.set_precision(shape, GRID))


def write_shape(shape: "BaseGeometry") -> str:
    """Canonical GeoJSON geometry: the same shape gives the same text."""
    import shapely

    plain = shapely.to_geojson(shapely.normalize(shape))
    return msgspec.json.encode(_six(msgspec.json.decode(plain))).decode()


def _six(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, list):
        return [_six(one) for one in value]
    if isinstance(value, dict):
        return {key: _six(one) for key, one in value.items()}
    return value


def square_metres(shape: "BaseGeometry") -> float:
    """Area by the local plane at the shape's middle; within 0.5 % for anything up to a district."""
    if shape.is_empty:
        return 0.0
    middle = (shape.bounds[1] + shape.bounds[3]) / 2
    return float(shape.area) * DEGREE * DEGREE * math.cos(math.radians(middle))


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Distance by the local plane; within 0.5 % up to 100 km."""
    width = math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot((lon - other_lon) * width, lat - other_lat) * DEGREE


#: Neighbours drawn by hand never meet exactly: up to so many square metres, or so much of the smaller one.
TOLERANCE_M2 = 200.0
TOLERANCE_SHARE = 0.002


def outside(shape: "BaseGeometry", border: "BaseGeometry") -> tuple[int, float, float] | None:
    """(square metres, lon, lat) of what lies beyond the border, or None when within the tolerance."""
    if border.covers(shape):
        return None
    beyond = shape.difference(border)
    size = square_metres(beyond)
    if size <= max(TOLERANCE_M2, square_metres(shape) * TOLERANCE_SHARE):
        return None
    point = beyond.representative_point()
    return round(size), round(point.x, 6), round(point.y, 6)
