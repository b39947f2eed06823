"""Grids through their verbs, and which one a point lies in."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from baodao.kernel import epochs
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Move
from baodao.orgs.services import move_orgs
from baodao.places import selectors
from baodao.places.maps import map_level
from baodao.places.models import Grid
from baodao.places.services import EndGrid, NewGrid, draw_grids, end_grids, set_border, simulated_grids
from tests.orgs.conftest import NOW, START, system
from tests.places.conftest import SOUTH, WEST, square

LATER = date(2026, 6, 1)


def grid(code: str, x: float, y: float, org: str = "990101001001", **more: Any) -> NewGrid:
    return NewGrid(
        code=code, org=org, name=f"网格{code}", polygon=square(x, y), since=more.pop("since", START)
    )


def at(x: float, y: float) -> tuple[float, float]:
    return WEST + x / 100, SOUTH + y / 100


@pytest.fixture
def drawn(land: None) -> None:
    draw_grids(
        system(origin="simulated"),
        grids=[grid("g1", 0, 0), grid("g2", 1, 0), grid("g3", 5, 5, "990101002001")],
    )


def test_a_point_finds_its_grid_its_community_and_nothing_outside(drawn: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = selectors.grid_at(*at(0.5, 0.5))
        assert found is not None
        assert (found.code, found.org, found.origin) == ("g1", "990101001001", "simulated")
        assert selectors.org_of_place(*at(5.5, 5.5)) == "990101002001"
        assert selectors.org_of_place(*at(3, 3)) == ""
        assert selectors.grid_at(*at(1, 0.5)).code == "g1"  # type: ignore[union-attr]
    assert len(queries) <= 5
    with CaptureQueriesContext(connection) as queries:
        assert selectors.grid_at(*at(1.5, 0.5)).code == "g2"  # type: ignore[union-attr]
    assert len(queries) == 0


def test_a_change_by_another_process_is_seen_after_its_epoch_was_read(drawn: None) -> None:
    assert selectors.org_of_place(*at(7.5, 7.5)) == ""
    stale = selectors.plan()
    draw_grids(system(), grids=[grid("g9", 7, 7)])
    assert selectors.plan() is not stale
    assert selectors.org_of_place(*at(7.5, 7.5)) == "990101001001"
    held = selectors.plan()
    epochs.refresh(0)
    assert selectors.plan() is held


def test_an_overlap_is_refused_with_size_place_and_the_other_grid(drawn: None) -> None:
    with pytest.raises(Conflict) as told:
        draw_grids(system(), grids=[grid("g4", 7, 7), grid("g5", 1.5, 0)])
    [fault] = told.value.faults
    assert fault.field == "grids[1].polygon"
    assert "g2" in fault.reason
    assert "平方公里" in fault.reason
    assert "107.31" in fault.reason
    assert not Grid.objects.filter(code__in=["g4", "g5"]).exists()


def test_beyond_the_border_a_wrong_place_and_a_used_code_are_told_together(drawn: None) -> None:
    with pytest.raises(Invalid) as told:
        draw_grids(
            system(),
            grids=[
                grid("g1", 8, 8),
                grid("g6", 9.5, 9.5),
                grid("g7", 3, 3, "990101001"),
                NewGrid("g8", "990101001001", "", "{}", START),
                grid("g9", 3, 3, since=date(2020, 1, 1)),
            ],
        )
    assert [fault.field for fault in told.value.faults] == [
        "grids[0].code", "grids[1].polygon", "grids[2].org", "grids[3].name", "grids[3].polygon", "grids[4].org",
    ]  # fmt: skip


def test_a_grid_that_ended_makes_room_from_its_day(drawn: None) -> None:
    end_grids(system(), grids=[EndGrid("g1", LATER)])
    draw_grids(system(), grids=[grid("g1b", 0, 0, "990101001002", since=LATER)])
    assert selectors.grid_at(*at(0.5, 0.5), date(2026, 5, 31)).code == "g1"  # type: ignore[union-attr]
    assert selectors.grid_at(*at(0.5, 0.5), LATER).code == "g1b"  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        end_grids(system(), grids=[EndGrid("g1", LATER)])
    with pytest.raises(Invalid):
        end_grids(system(), grids=[EndGrid("nothing", LATER), EndGrid("g2", START)])
    assert [f.kind for f in facts_of("grid:g1")] == ["grid.drawn", "grid.ended"]


def test_the_fact_of_a_grid_has_its_area_and_commits_to_its_polygon(drawn: None) -> None:
    [fact] = facts_of("grid:g1")
    assert (fact.place, fact.org, fact.origin) == ("g1", "990101001001", "simulated")
    assert fact.value == Grid.objects.get(code="g1").area
    assert texts_of([fact.id])[fact.id]["polygon"] == selectors.polygon("g1")


def test_nobody_without_the_right_draws(land: None) -> None:
    by = Act(kind="anonymous", happened=NOW, noted=NOW, command="anon-g")
    for attempt in (
        lambda: draw_grids(by, grids=[grid("g1", 0, 0)]),
        lambda: draw_grids(by, grids=[]),
        lambda: set_border(by, org="990101", polygon=square(0, 0), since=START, source="x"),
    ):
        with pytest.raises(Refused):
            attempt()


def test_grids_of_a_street_follow_the_tree_of_the_day(drawn: None) -> None:
    assert [g.code for g in selectors.grids_of("990101001")] == ["g1", "g2"]
    move_orgs(system(), moves=[Move("990101001001", "990101002", LATER)])
    assert [g.code for g in selectors.grids_of("990101002", LATER)] == ["g1", "g2", "g3"]
    assert [g.code for g in selectors.grids_of("990101002", date(2026, 5, 31))] == ["g3"]


def test_the_map_goes_down_from_district_to_grids_and_back_from_a_click_to_a_point(drawn: None) -> None:
    top = map_level("990101")
    assert top is not None
    assert [shape.code for shape in top.shapes] == ["990101001", "990101002"]
    assert top.simulated
    street = map_level("990101001")
    assert street is not None
    assert [(s.code, s.deeper) for s in street.shapes] == [("990101001001", True)]
    assert [code for code, _name in street.crumbs] == ["990101", "990101001"]
    community = map_level("990101001001")
    assert community is not None
    assert [(s.code, s.kind, s.deeper) for s in community.shapes] == [
        ("g1", "grid", False),
        ("g2", "grid", False),
    ]
    assert map_level("zjw") is None
    assert map_level("nowhere") is None
    for shape in community.shapes:
        lon, lat = community.lonlat(*community.xy(shape.lon, shape.lat))
        assert selectors.grid_at(lon, lat).code == shape.code  # type: ignore[union-attr]
        assert 0 <= shape.x <= community.width
        assert 0 <= shape.y <= community.height
        assert shape.path.startswith("M")
    with CaptureQueriesContext(connection) as queries:
        assert map_level("990101") is top
    assert len(queries) == 0


def test_the_map_follows_a_move(drawn: None) -> None:
    before = map_level("990101002", LATER)
    move_orgs(system(), moves=[Move("990101001001", "990101002", LATER)])
    after = map_level("990101002", LATER)
    assert before is not None
    assert after is not None
    assert len(after.shapes) == len(before.shapes) + 1


def test_simulated_grids_fill_the_border_and_pass_the_same_checks(land: None) -> None:
    grids = simulated_grids("990101", square(0, 0, 0.1), START, seed=3)
    assert grids == simulated_grids("990101", square(0, 0, 0.1), START, seed=3)
    by_org = {code: sum(g.org == code for g in grids) for code in {g.org for g in grids}}
    assert set(by_org) == {"990101001001", "990101001002", "990101002001"}
    assert set(by_org.values()) <= {2, 3, 4}
    draw_grids(system(origin="simulated"), grids=grids)
    assert selectors.simulated([grids[0].code])
    assert len(selectors.grids_of("990101")) == len(grids)


def test_statements_of_drawing_do_not_grow_with_the_list(land: None) -> None:
    orgs.forest()
    counts = []
    for row, size in ((0, 1), (1, 9)):
        grids = [grid(f"r{row}-{n}", n, row) for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            draw_grids(system(), grids=grids)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14, counts


@pytest.fixture(scope="module")
def many() -> Any:
    from baodao.places.selectors import GridRef, Plan

    rows = []
    for x in range(40):
        for y in range(25):
            ref = GridRef(f"{x:02}-{y:02}", "o", "n", 0, 0, 1, "live", START, None)
            rows.append((ref, square(x, y)))
    return Plan(rows, {})


@settings(max_examples=200, deadline=None)
@given(x=st.floats(-1, 41, allow_nan=False), y=st.floats(-1, 26, allow_nan=False))
def test_the_index_says_what_plain_arithmetic_says(many: Any, x: float, y: float) -> None:
    found = many.at(*at(x, y), LATER)
    near_edge = min(abs(x - round(x)), abs(y - round(y))) < 1e-4
    if not near_edge:
        inside = 0 <= x < 40 and 0 <= y < 25
        assert (found.code if found else "") == (f"{int(x):02}-{int(y):02}" if inside else "")
