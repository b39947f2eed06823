"""Buildings that were recorded before the index knew any are in it after the upgrade, as the verbs would write them."""

from importlib import import_module

from django.apps import apps

from baodao.ledger.models import SearchDoc
from baodao.places.buildings import caches
from baodao.places.buildings.ruling import NewBuilding, NewCompound
from baodao.places.buildings.services import record_buildings, record_compounds
from baodao.places.services import NewGrid, draw_grids
from tests.orgs.conftest import NOW, START, system
from tests.places.conftest import square

HOME = "990101001001"


def test_buildings_of_before_are_found(land: None) -> None:
    draw_grids(system(), grids=[NewGrid("g1", HOME, "一", square(0, 0), START)])
    record_compounds(system(), compounds=[NewCompound("c1", "金科花园", HOME, START)])
    record_buildings(system(), buildings=[NewBuilding("b1", "红楼", START, "g1", compound="c1")])
    record_buildings(system(), buildings=[NewBuilding("b1", "青楼", NOW.date(), "g1", compound="c1")])
    before = list(SearchDoc.objects.values("subject", "scope", "words", "shown", "sort"))
    SearchDoc.objects.filter(kind="building").delete()
    step = import_module("baodao.places.migrations.0005_buildings_found")
    step.fill(apps, None)
    assert list(SearchDoc.objects.values("subject", "scope", "words", "shown", "sort")) == before
    assert list(caches.check()) == []
