"""Simulated facilities and devices say that they are simulated, lie in their community, and come once."""

import random

import pytest

from baodao.places.devices.models import Device
from baodao.places.facilities.models import Facility
from baodao.places.selectors import org_of_place
from baodao.simulate.catalogues import simulate_catalogues
from tests.orgs.conftest import NOW, START
from tests.places.registry import FAR, HOME, district, land, lists, packs

__all__ = ["district", "land", "lists", "packs"]


@pytest.mark.usefixtures("lists")
def test_a_community_with_grids_gets_some_of_each_marked() -> None:
    for _again in range(2):
        assert simulate_catalogues([HOME, FAR, "zjw"], NOW, random.Random(1), START) == (4, 6)
    assert Facility.objects.count() == 4 and Device.objects.count() == 6
    for row in (*Facility.objects.all(), *Device.objects.all()):
        assert row.origin == "simulated"
        assert org_of_place(row.lon or 0, row.lat or 0, START) == row.org_id
