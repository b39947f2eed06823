"""Buildings and compounds through their verbs: dated, folded, taken back, asked of the right people."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.ledger.caches import dump_table
from baodao.ledger.selectors import facts_of, texts_of
from baodao.ledger.services import rebuild, takeback
from baodao.orgs.ruling import NewOrg
from baodao.orgs.selectors import standing
from baodao.orgs.services import create_orgs
from baodao.places import selectors as places
from baodao.places.buildings import caches, selectors
from baodao.places.buildings.ruling import EndPlace, NewBuilding, NewCompound
from baodao.places.buildings.services import end_buildings, end_compounds, record_buildings, record_compounds
from baodao.places.services import EndGrid, NewGrid, draw_grids, end_grids
from tests.orgs.conftest import NOW, START, system
from tests.places.conftest import SOUTH, WEST, square

HOME, NEXT = "990101001001", "990101001002"
LATER, LAST = date(2026, 3, 1), date(2026, 9, 1)


@pytest.fixture
def ground(land: None) -> None:
    """Two grids of one community, one of another; a property firm and an owners' committee."""
    draw_grids(
        system(),
        grids=[
            NewGrid("g1", HOME, "一", square(0, 0), START),
            NewGrid("g2", HOME, "二", square(1, 0), START),
            NewGrid("g3", NEXT, "三", square(4, 4), START),
        ],
    )
    rows = (
        ("wy", "安居物业", "property_service", "property_firm"),
        ("ywh", "业委会", "owners_committee", "owners_committee"),
    )
    create_orgs(system(), orgs=[NewOrg(c, n, level, k, START, HOME) for c, n, level, k in rows])


def tower(code: str = "b1", grid: str = "g1", **more: Any) -> NewBuilding:
    return NewBuilding(code, f"{code}栋", more.pop("since", START), grid, **more)


def estate(code: str = "c1", **more: Any) -> NewCompound:
    return NewCompound(code, "幸福里", more.pop("org", HOME), more.pop("since", START), **more)


def as_post(kind: str, org: str, person: Callable[[], str]) -> Act:
    """An act of somebody just appointed."""
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts

    uid, code = person(), f"{org}.{kind}".replace("_", "-")
    begin_posts(system(), posts=[NewPost(code, org, kind, uid, START)])
    held = standing(uid)
    return Act(
        kind="person", person=uid, post=code, grants=held.grants, happened=NOW, noted=NOW, command=f"{code}-1"
    )


def test_a_building_stands_as_it_was_on_each_day_and_the_same_again_writes_nothing(ground: None) -> None:
    first = tower(units=3, storeys=18, address="团结路1号")
    assert record_buildings(system(), buildings=[first]).recorded == ["b1"]
    again = record_buildings(system(), buildings=[replace(first, since=LATER)])
    assert (again.recorded, again.same) == ([], ["b1"])
    record_buildings(system(), buildings=[replace(first, since=LATER, grid="g2", storeys=19)])
    then, now = selectors.building("b1", START), selectors.building("b1", LATER)
    assert then is not None
    assert now is not None
    assert (then.grid, then.storeys, then.until) == ("g1", 18, LATER)
    assert (now.grid, now.storeys, now.until, now.address) == ("g2", 19, None, "团结路1号")
    # A slip of the same day is corrected, not a second version.
    record_buildings(system(), buildings=[replace(first, since=LATER, grid="g2", storeys=20)])
    assert [row.storeys for row in selectors.buildings(["b1"])["b1"]] == [18, 20]
    end_buildings(system(), buildings=[EndPlace("b1", LAST)])
    assert selectors.buildings_of(grids=["g2"], day=LAST) == []
    assert [fact.kind for fact in facts_of("building:b1")] == ["building.recorded"] * 3 + ["building.ended"]
    [fact, *_rest] = facts_of("building:b1")
    assert (fact.place, fact.org) == ("g1", HOME)
    assert texts_of([fact.id])[fact.id] == {"name": "b1栋", "address": "团结路1号"}


def test_a_point_gives_the_grid_and_a_point_elsewhere_is_told(ground: None) -> None:
    record_buildings(system(), buildings=[tower(grid="", lon=WEST + 0.015, lat=SOUTH + 0.005)])
    assert selectors.building("b1").grid == "g2"  # type: ignore[union-attr]
    with pytest.raises(Invalid) as told:
        record_buildings(
            system(),
            buildings=[
                tower("b2", lon=WEST + 0.015, lat=SOUTH + 0.005),
                tower("b3", "", lon=WEST + 0.09, lat=SOUTH + 0.09),
                tower("b4", "nowhere"),
                tower("b5", lon=WEST),
                tower("b6", units=0),
                tower("b6", team="zjw"),
                tower("B7!", compound="none"),
            ],
        )
    assert [fault.field for fault in told.value.faults] == [
        "buildings[0].grid", "buildings[1].grid", "buildings[2].grid", "buildings[3].lon", "buildings[4].units",
        "buildings[5].code", "buildings[5].team", "buildings[6].code", "buildings[6].compound",
    ]  # fmt: skip
    assert "g2" in told.value.faults[0].reason


def test_a_compound_has_its_firm_and_committee_by_date(ground: None) -> None:
    record_compounds(system(), compounds=[estate(property="wy")])
    record_buildings(system(), buildings=[tower(compound="c1"), tower("b2", "g2", compound="c1")])
    record_compounds(system(), compounds=[estate(since=LATER, property="", owners="ywh")])
    assert [(row.property, row.owners) for row in selectors.compounds(["c1"])["c1"]] == [
        ("wy", ""),
        ("", "ywh"),
    ]
    assert [row.code for row in selectors.compounds_at("g2")] == ["c1"]
    assert selectors.counts_of(["c1"]) == {"c1": 2}
    with pytest.raises(Invalid) as told:
        record_buildings(system(), buildings=[tower("b3", "g3", compound="c1")])
    assert "同一个社区" in told.value.faults[0].remedy
    for attempt in (
        lambda: end_compounds(system(), compounds=[EndPlace("c1", LAST)]),
        lambda: record_compounds(system(), compounds=[estate(org=NEXT, since=LAST)]),
        lambda: end_grids(system(), grids=[EndGrid("g1", LAST)]),
    ):
        with pytest.raises(Conflict) as kept:
            attempt()
        assert "栋楼" in kept.value.faults[0].reason
    with pytest.raises(Invalid):
        record_compounds(system(), compounds=[estate("c2", property="nobody"), estate("c3", org="zjw")])


def test_an_import_is_taken_back_whole_unless_others_stand_on_it(ground: None) -> None:
    batch = replace(system(), batch="buildings-1", origin="import")
    record_buildings(system(), buildings=[tower(storeys=5)])
    record_buildings(batch, buildings=[tower(storeys=7, since=LATER), tower("b2")])
    takeback(system(), batch="buildings-1")
    assert selectors.buildings(["b1", "b2"]).keys() == {"b1"}
    row = selectors.building("b1")
    assert row is not None
    assert (row.storeys, row.until) == (5, None)
    with pytest.raises(Missing):
        takeback(system(), batch="buildings-1")
    record_compounds(replace(system(), batch="compounds-1"), compounds=[estate()])
    record_buildings(system(), buildings=[tower(compound="c1", since=LATER)])
    with pytest.raises(Conflict):
        takeback(system(), batch="compounds-1")
    draw_grids(replace(system(), batch="grids-1"), grids=[NewGrid("g9", NEXT, "九", square(7, 7), START)])
    record_buildings(system(), buildings=[tower("b9", "g9")])
    with pytest.raises(Conflict):
        takeback(system(), batch="grids-1")
    end_buildings(system(), buildings=[EndPlace("b9", LAST)])
    takeback(system(), batch="grids-1")
    assert places.grid("g9") is None


def test_grids_drawn_anew_take_their_buildings_with_them(ground: None) -> None:
    record_buildings(system(), buildings=[tower(lon=WEST + 0.002, lat=SOUTH + 0.005), tower("b2", "g2")])
    halves = [
        NewGrid("g1a", HOME, "西", square(0, 0, 0.005, 0.01), LATER),
        NewGrid("g1b", HOME, "东", square(0.5, 0, 0.005, 0.01), LATER),
    ]
    batch = replace(system(), batch="again")
    draw_grids(batch, grids=halves, ends=[EndGrid("g1", LATER)])
    assert [row.grid for row in selectors.buildings(["b1"])["b1"]] == ["g1", "g1a"]
    assert places.grid_at(WEST + 0.002, SOUTH + 0.005, LATER).code == "g1a"  # type: ignore[union-attr]
    # Nobody guesses where a building without a point belongs.
    with pytest.raises(Conflict) as told:
        draw_grids(
            system(), grids=[NewGrid("g2b", HOME, "二", square(1, 0), LATER)], ends=[EndGrid("g2", LATER)]
        )
    assert "b2" in told.value.faults[0].reason
    takeback(system(), batch="again")
    assert places.grid("g1").until is None  # type: ignore[union-attr]
    assert places.grid("g1a") is None
    assert [row.grid for row in selectors.buildings(["b1"])["b1"]] == ["g1"]


def test_rows_follow_from_facts(ground: None) -> None:
    record_compounds(system(), compounds=[estate(property="wy", owners="ywh", address="团结路")])
    record_buildings(system(), buildings=[tower(compound="c1", units=2), tower("b2", "g2")])
    record_buildings(system(), buildings=[tower(since=LATER, storeys=3, lon=WEST + 0.001, lat=SOUTH + 0.001)])
    end_buildings(system(), buildings=[EndPlace("b2", LAST)])
    tables = [table for cache in _caches() for table in cache.tables]
    before = [line for table in tables for line in dump_table(table)]
    assert len(before) == 6
    rebuild()
    assert [line for table in tables for line in dump_table(table)] == before
    assert list(caches.check()) == []


def _caches() -> list[Any]:
    from baodao.ledger.caches import caches as all_of_them

    return [cache for cache in all_of_them() if cache.name == "buildings"]


def test_who_may_record(ground: None, person: Callable[[], str]) -> None:
    record_compounds(system(), compounds=[estate()])
    record_buildings(system(), buildings=[tower()])
    secretary = as_post("community_secretary", HOME, person)
    assert record_buildings(secretary, buildings=[tower("b2")]).recorded == ["b2"]
    refused = {
        "sibling": as_post("community_secretary", NEXT, person),
        "below": as_post("grid_worker", HOME, person),
        "superior": as_post("department_head", "990101001", person),
        "outsider": as_post("handler", "zjw", person),
        "anybody": Act(kind="anonymous", happened=NOW, noted=NOW, command="anon"),
    }
    for name, by in refused.items():
        for number, attempt in enumerate(
            (
                lambda by: record_buildings(by, buildings=[tower("b3")]),
                lambda by: end_buildings(by, buildings=[EndPlace("b1", LAST)]),
                lambda by: record_compounds(by, compounds=[estate("c2")]),
                lambda by: end_compounds(by, compounds=[EndPlace("c1", LAST)]),
                lambda by: record_buildings(by, buildings=[]),
                lambda by: takeback(by, batch="x"),
            )
        ):
            with pytest.raises(Refused):
                attempt(replace(by, command=f"{name}-{number}"))
    # Nobody takes a building out of another community by naming a grid of her own.
    with pytest.raises(Refused):
        record_buildings(replace(refused["sibling"], command="take"), buildings=[tower("b1", "g3")])


def test_statements_do_not_grow_with_the_list(ground: None) -> None:
    places.plan()
    counted = []
    record_buildings(system(), buildings=[tower("warm")])
    for start, size in ((0, 1), (10, 40)):
        with CaptureQueriesContext(connection) as queries:
            record_buildings(system(), buildings=[tower(f"n{start + n}") for n in range(size)])
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 14, counted
