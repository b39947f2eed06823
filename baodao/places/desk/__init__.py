"""Desk pages of places: grids brought in from GeoJSON, drawn on the map, taken back."""

from . import drawing, importing  # noqa: F401
