"""Shapes: what is taken and what is refused, sizes, and the simulator of grids."""

import math
import random
import time
from pathlib import Path

import msgspec
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from baodao.kernel.errors import Invalid
from baodao.places.fitting import fit
from baodao.places.shapes import metres, outside, read_shape, square_metres, write_shape
from baodao.places.split import divide, split_border
from tests.places.conftest import square


def test_a_square_is_read_measured_and_written_the_same_for_every_order_of_vertices() -> None:
    one = read_shape(square(0, 0))
    other = read_shape(
        '{"type":"Feature","geometry":{"type":"Polygon","coordinates":'
        '[[[107.31,29.61],[107.3,29.61],[107.3,29.6],[107.31,29.6],[107.31,29.61]]]},"properties":{}}'
    )
    assert write_shape(one) == write_shape(other)
    width = 0.01 * math.cos(math.radians(29.605))
    assert square_metres(one) == pytest.approx(0.01 * width * 111_195**2, rel=1e-6)
    assert read_shape(write_shape(one)).equals(one)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[" * 5000,
        "null",
        "[]",
        '{"type":"Point","coordinates":[107,29]}',
        '{"type":"Polygon","coordinates":[]}',
        '{"type":"Polygon","coordinates":[[]]}',
        '{"type":"Polygon","coordinates":[[[107,29],[108,29]]]}',
        '{"type":"Polygon","coordinates":[[[107,29],[108,29],["a",30],[107,29]]]}',
        '{"type":"Polygon","coordinates":[[[107,29],[108,29],[true,30],[107,29]]]}',
        '{"type":"Polygon","coordinates":[[[107,29],[108,29],[108],[107,29]]]}',
        '{"type":"Polygon","coordinates":[[[107,29],[108,30],[108,29],[107,30],[107,29]]]}',
        '{"type":"Polygon","coordinates":[[[7,29],[8,29],[8,30],[7,29]]]}',
        '{"type":"Polygon","coordinates":[[[29,107],[30,107],[30,108],[29,107]]]}',
        '{"type":"Polygon","coordinates":[[[107,29],[1e999,29],[108,30],[107,29]]]}',
        '{"type":"FeatureCollection","features":[]}',
        '{"type":"MultiPolygon","coordinates":[[[107,29],[108,29],[108,30],[107,29]]]}',
        '{"type":"GeometryCollection","geometries":[]}',
    ],
)
def test_what_is_no_polygon_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(Invalid) as told:
        read_shape(text)
    assert told.value.faults[0].field == "polygon"
    assert told.value.faults[0].reason


def test_too_many_vertices_are_refused() -> None:
    ring = [[107 + math.cos(a / 3200) / 10, 29 + math.sin(a / 3200) / 10] for a in range(20_100)]
    text = msgspec.json.encode({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}).decode()
    with pytest.raises(Invalid):
        read_shape(text)


def test_overlaps_are_found_with_size_and_place_and_old_pairs_are_left_alone() -> None:
    shapes = [read_shape(square(x, 0)) for x in (0, 0.5, 3)]
    [found] = fit(shapes)
    assert (found.one, found.two) == (0, 1)
    assert found.square_metres == pytest.approx(square_metres(shapes[0]) / 2, rel=0.01)
    assert shapes[0].contains(shapely.Point(found.lon, found.lat))
    assert shapes[1].contains(shapely.Point(found.lon, found.lat))
    assert found.what == "overlap"
    assert fit(shapes, fresh=2) == []
    assert fit([read_shape(square(0, 0)), read_shape(square(1, 0))]) == []


def test_beyond_the_border_is_told_with_size_and_place() -> None:
    border = read_shape(square(0, 0, 0.02))
    assert outside(read_shape(square(1, 1)), border) is None
    beyond = outside(read_shape(square(1.5, 0)), border)
    assert beyond is not None
    assert beyond[0] == pytest.approx(square_metres(read_shape(square(0, 0))) / 2, rel=0.01)
    assert beyond[1] > 107.32


def test_metres_of_a_tenth_of_a_degree() -> None:
    assert metres(107, 29.6, 107, 29.7) == pytest.approx(11_119.5)
    assert metres(107, 29.6, 107.1, 29.6) == pytest.approx(11_119.5 * math.cos(math.radians(29.6)))


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 12), st.integers(0, 10_000))
def test_a_concave_land_is_divided_into_whole_parts_without_gap_or_overlap(n: int, seed: int) -> None:
    land = shapely.Polygon([(0, 0), (9, 0), (9, 9), (6, 9), (6, 2), (3, 2), (3, 9), (0, 9)])
    parts = divide(land, n, random.Random(seed))
    assert len(parts) == n
    assert {part.geom_type for part in parts} == {"Polygon"}
    assert sum(part.area for part in parts) == pytest.approx(land.area)
    assert shapely.union_all(parts).area == pytest.approx(land.area)


def test_the_real_border_is_split_in_seconds_the_same_for_the_same_seed() -> None:
    folder = Path(__file__).resolve().parents[2] / "packs" / "fuling"
    border = read_shape((folder / "border.geojson").read_text("utf-8"))
    district = msgspec.json.decode((folder / "divisions.json").read_bytes())
    district = district[0] if isinstance(district, list) else district
    chance = random.Random(5)
    counts = {
        s["code"]: {v["code"]: chance.randint(2, 4) for v in s["villages"]} for s in district["streets"]
    }
    started = time.process_time()
    found = split_border(border, counts, seed=7)
    assert time.process_time() - started < 5
    assert {code: len(grids) for code, grids in found.items()} == {
        c: n for s in counts.values() for c, n in s.items()
    }
    grids = [grid for one in found.values() for grid in one]
    assert {grid.geom_type for grid in grids} == {"Polygon"}
    assert shapely.coverage_is_valid(grids)
    assert square_metres(shapely.coverage_union_all(grids).symmetric_difference(border)) < 20_000
    whole = [shapely.coverage_union_all(one) for one in found.values()]
    assert {shape.geom_type for shape in whole} == {"Polygon"}
    again = split_border(border, counts, seed=7)
    assert [write_shape(g) for one in again.values() for g in one] == [write_shape(g) for g in grids]
    assert all(read_shape(write_shape(grid)).is_valid for grid in grids[:50])
