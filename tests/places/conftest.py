"""The drawn district of tests/orgs with a square border of land; grids are small squares in it."""

from typing import Any

import msgspec
import pytest

from tests.orgs.conftest import START, district, packs, person, system  # noqa: F401

WEST, SOUTH = 107.3, 29.6


def square(x: float, y: float, size: float = 0.01, height: float = 0.0) -> str:
    """A GeoJSON square, ``x``/``y`` in hundredths of a degree from the border's corner."""
    west, south = WEST + x / 100, SOUTH + y / 100
    east, north = west + size, south + (height or size)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return msgspec.json.encode({"type": "Polygon", "coordinates": [ring]}).decode()


@pytest.fixture
def land(district: Any) -> None:  # noqa: F811
    """990101 has a border of 0.1 by 0.1 degrees; the trees are as in tests/orgs."""
    from baodao.places.services import set_border

    set_border(system(), org="990101", polygon=square(0, 0, 0.1), since=START, source="画的")
