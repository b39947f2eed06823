"""Datums: the shifts that maps sold in China carry, by the formulas that are public, and distances.

GCJ-02 is the state's shift (most maps and phones in China), BD-09 Baidu's on top of it. Neither has an exact
inverse; ours is found by iteration, good to well under a millimetre. Outside of China's rectangle both are
the identity.
"""

from collections.abc import Callable
from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Any, Literal

Datum = Literal["wgs84", "gcj02", "bd09"]
Place = tuple[float, float]

# Krasovsky 1940, which the shift is made with.
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_BAIDU = pi * 3000 / 180
_EARTH = 6_371_008.8  # mean radius, metres


def inside_china(lon: float, lat: float) -> bool:
    """Whether the shifts apply: a rectangle, as in the published code."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def convert(lon: float, lat: float, source: Datum, target: Datum) -> Place:
    """A place from one datum to another. Round trips stay within a centimetre."""
    if source == target or not inside_china(lon, lat):
        return lon, lat
    to_gcj: dict[Datum, Callable[[float, float], Place]] = {
        "wgs84": _shift,
        "gcj02": _same,
        "bd09": _from_baidu,
    }
    from_gcj: dict[Datum, Callable[[float, float], Place]] = {
        "wgs84": _unshift,
        "gcj02": _same,
        "bd09": _to_baidu,
    }
    return from_gcj[target](*to_gcj[source](lon, lat))


def distance(a: Place, b: Place) -> float:
    """Metres along the great circle (haversine; within 0.5 % of the ellipsoid)."""
    lon1, lat1, lon2, lat2 = (radians(v) for v in (*a, *b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * asin(min(1.0, sqrt(half)))


def distances(lons: Any, lats: Any, place: Place) -> Any:
    """Metres from many places (two numpy columns of degrees) to one; the same as `distance`. NaN stays NaN."""
    import numpy as np

    lon1, lat1 = np.radians(lons), np.radians(lats)
    lon2, lat2 = (radians(v) for v in place)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH * np.arcsin(np.minimum(1.0, np.sqrt(half)))


def _same(lon: float, lat: float) -> Place:
    return lon, lat


def _shift(lon: float, lat: float) -> Place:
    x, y = lon - 105, lat - 35
    common = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = radians(lat)
    w = 1 - _ECCENTRICITY * sin(phi) ** 2
    north = north * 180 / (_AXIS * (1 - _ECCENTRICITY) / (w * sqrt(w)) * pi)
    east = east * 180 / (_AXIS / sqrt(w) * cos(phi) * pi)
    return lon + east, lat + north


def _unshift(lon: float, lat: float) -> Place:
    return _inverse(_shift, lon, lat)


def _to_baidu(lon: float, lat: float) -> Place:
    z = hypot(lon, lat) + 0.00002 * sin(lat * _BAIDU)
    theta = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU)
    return z * cos(theta) + 0.0065, z * sin(theta) + 0.006


def _from_baidu(lon: float, lat: float) -> Place:
    return _inverse(_to_baidu, lon, lat)


def _inverse(shift: Callable[[float, float], Place], lon: float, lat: float) -> Place:
    """The place that `shift` moves here: the shift hardly changes over its own length, so each step gains
    digits."""
    x, y = lon, lat
    for _ in range(30):
        there = shift(x, y)
        dx, dy = there[0] - lon, there[1] - lat
        x, y = x - dx, y - dy
        if abs(dx) + abs(dy) < 1e-10:
            break
    return x, y
