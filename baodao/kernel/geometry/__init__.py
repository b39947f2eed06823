"""Geometry: WGS-84 inside, other datums only at the border; polygons in and found by point; drawing without a
map server.

Everywhere a place is (lon, lat) in decimal degrees, longitude first as in GeoJSON (RFC 7946). Shapely is
imported by the functions that need it, so that pages without maps do not pay for it.
"""

from .datum import Datum, convert, distance, distances, inside_china
from .drawing import Frame
from .polygons import Area, PolygonIndex, area_m2, parse_geojson, perimeter_m

__all__ = [
    "Area",
    "Datum",
    "Frame",
    "PolygonIndex",
    "area_m2",
    "convert",
    "distance",
    "distances",
    "inside_china",
    "parse_geojson",
    "perimeter_m",
]
