"""Places, datums, polygons and drawings."""

import json
import re
from math import cos, radians
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel import geometry as g
from baodao.kernel.errors import Invalid, TooLarge

CHINA = st.tuples(st.floats(73.6, 134.7), st.floats(18.2, 53.5))
ABROAD = st.tuples(st.floats(-170, 71), st.floats(-80, 80))
SQUARE = [[107.0, 29.0], [107.1, 29.0], [107.1, 29.1], [107.0, 29.1], [107.0, 29.0]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("source", "target", "there"),
    [
        # Figures that several independent public implementations give for (116.404, 39.915).
        ("wgs84", "gcj02", (116.41024449916938, 39.91640428150164)),
        ("gcj02", "bd09", (116.41036949371029, 39.92133699351021)),
    ],
)
def test_known_places(source: Any, target: Any, there: tuple[float, float]) -> None:
    assert g.convert(116.404, 39.915, source, target) == pytest.approx(there, abs=1e-9)


@given(CHINA, st.sampled_from(["gcj02", "bd09"]))
def test_round_trips_inside_china(place: tuple[float, float], datum: Any) -> None:
    shifted = g.convert(*place, "wgs84", datum)
    assert g.distance(place, g.convert(*shifted, datum, "wgs84")) < 0.01
    assert 20 < g.distance(place, shifted) < 2500
    assert g.distance(shifted, g.convert(*g.convert(*shifted, datum, "wgs84"), "wgs84", datum)) < 0.01


@given(CHINA)
def test_baidu_goes_by_way_of_the_state_s_shift(place: tuple[float, float]) -> None:
    direct = g.convert(*place, "wgs84", "bd09")
    assert direct == pytest.approx(g.convert(*g.convert(*place, "wgs84", "gcj02"), "gcj02", "bd09"), abs=1e-9)
    assert g.convert(*place, "gcj02", "gcj02") == place


@given(ABROAD, st.sampled_from(["gcj02", "bd09"]))
def test_identity_outside_china(place: tuple[float, float], datum: Any) -> None:
    assert g.convert(*place, "wgs84", datum) == place == g.convert(*place, datum, "wgs84")


def test_distances_in_metres() -> None:
    assert g.distance((0, 0), (1, 0)) == pytest.approx(111_195, rel=1e-4)
    assert g.distance((107, 29), (107, 30)) == pytest.approx(111_195, rel=1e-4)
    assert g.distance((107, 60), (108, 60)) == pytest.approx(55_597, rel=1e-3)
    assert g.distance((0, 0), (180, 0)) == pytest.approx(20_015_115, rel=1e-4)
    assert g.distance((1, 1), (1, 1)) == 0


def test_all_forms_of_geojson_are_read() -> None:
    feature = {"type": "Feature", "properties": {"name": "甲"}, "geometry": polygon(SQUARE)}
    (one,) = g.parse_geojson(json.dumps(feature))
    assert one.properties == {"name": "甲"}
    assert one.shape.bounds == (107.0, 29.0, 107.1, 29.1)
    two = g.parse_geojson(
        {"type": "FeatureCollection", "features": [feature, {**feature, "properties": None}]}
    )
    assert [a.properties for a in two] == [{"name": "甲"}, {}]
    (many,) = g.parse_geojson(json.dumps({"type": "MultiPolygon", "coordinates": [[SQUARE]]}).encode())
    assert many.shape.equals(one.shape)
    high = [[*p, 300.5] for p in SQUARE]
    assert g.parse_geojson(polygon(high))[0].shape.equals(one.shape)


BOW = [[107.0, 29.0], [107.1, 29.1], [107.1, 29.0], [107.0, 29.1], [107.0, 29.0]]


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("{", "file"),
        ("[]", "file"),
        ("[" * 100_000, "file"),
        ('{"type": "Polygon", "coordinates": [[[NaN, 1]]]}', "file"),
        ({"type": "Point", "coordinates": [1, 2]}, "type"),
        ({"type": "FeatureCollection", "features": []}, "file"),
        ({"type": "FeatureCollection", "features": 3}, "features"),
        ({"type": "FeatureCollection", "features": [7]}, "features[0].geometry.type"),
        ({"type": "Feature", "geometry": None}, "geometry.type"),
        ({"type": "MultiPolygon", "coordinates": []}, "type"),
        (polygon(), "coordinates"),
        (polygon(SQUARE[:3]), "coordinates[0]"),
        (polygon(SQUARE[:4]), "coordinates[0]"),
        (polygon(SQUARE, "hole"), "coordinates[1]"),
        (polygon([*SQUARE[:2], [200, 29], *SQUARE[3:]]), "coordinates[0][2]"),
        (polygon([*SQUARE[:2], [29], *SQUARE[3:]]), "coordinates[0][2]"),
        (polygon([*SQUARE[:2], ["107", 29], *SQUARE[3:]]), "coordinates[0][2]"),
        (polygon([*SQUARE[:2], [True, 29], *SQUARE[3:]]), "coordinates[0][2]"),
        (polygon(BOW), "coordinates"),
        (polygon([SQUARE[0]] * 5), "coordinates"),
        (
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": polygon(BOW)}]},
            "features[0].geometry",
        ),
    ],
)
def test_what_is_wrong_is_located(document: Any, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        g.parse_geojson(document)
    assert field in [fault.field for fault in caught.value.faults]


def test_all_faults_at_once_but_not_without_end() -> None:
    bad = {"type": "Feature", "geometry": polygon(SQUARE[:3])}
    with pytest.raises(Invalid) as caught:
        g.parse_geojson({"type": "FeatureCollection", "features": [bad] * 3})
    assert [f.field for f in caught.value.faults] == [
        f"features[{n}].geometry.coordinates[0]" for n in range(3)
    ]
    with pytest.raises(Invalid) as caught:
        g.parse_geojson({"type": "FeatureCollection", "features": [bad] * 1000})
    assert len(caught.value.faults) == 50


def test_too_much_is_refused() -> None:
    with pytest.raises(TooLarge):
        g.parse_geojson(b" " * (21 << 20))
    with pytest.raises(TooLarge):
        g.parse_geojson(polygon([SQUARE[0]] * 500_001))


def box(west: float, south: float, size: float) -> Any:
    return shapely.box(west, south, west + size, south + size)


def test_the_smallest_polygon_of_a_point_is_found() -> None:
    index = g.PolygonIndex(
        [("big", box(107, 29, 1)), ("b", box(107.2, 29.2, 0.1)), ("a", box(107.2, 29.2, 0.1))]
    )
    assert len(index) == 3
    assert index.locate(107.25, 29.25) == "a"
    assert index.locate(107.9, 29.9) == "big"
    assert index.locate(107, 29) == "big"
    assert index.locate(106.9, 29) is None
    assert g.PolygonIndex([]).locate(1, 1) is None


@given(
    st.lists(st.tuples(st.floats(107, 108), st.floats(29, 30), st.floats(0.01, 0.5)), min_size=1, max_size=8),
    st.floats(107, 108.5),
    st.floats(29, 30.5),
)
def test_the_index_agrees_with_looking_at_each(boxes: list[Any], lon: float, lat: float) -> None:
    shapes = {f"{n}": box(*b) for n, b in enumerate(boxes)}
    hits = [(s.area, k) for k, s in shapes.items() if s.intersects(shapely.Point(lon, lat))]
    assert g.PolygonIndex(shapes.items()).locate(lon, lat) == (min(hits)[1] if hits else None)


def test_the_nearest_polygon_within_reach() -> None:
    index = g.PolygonIndex([("west", box(107, 29, 0.1)), ("east", box(107.2, 29, 0.1))])
    key, metres = index.nearest(107.11, 29.05, 2000) or ("", 0.0)
    assert key == "west"
    assert metres == pytest.approx(0.01 * 111_195 * cos(radians(29.05)), rel=1e-3)
    assert index.nearest(107.05, 29.05, 10) == ("west", 0)
    assert index.nearest(107.15, 29.05, 100) is None


def test_sizes_in_metres() -> None:
    side = 0.01 * 111_195
    square = box(107, 29, 0.01)
    assert g.area_m2(square) == pytest.approx(side * side * cos(radians(29.005)), rel=1e-3)
    assert g.perimeter_m(square) == pytest.approx(2 * side * (1 + cos(radians(29.005))), rel=1e-3)
    holed = shapely.Polygon(square.exterior.coords, [box(107.002, 29.002, 0.005).exterior.coords])
    assert g.area_m2(holed) == pytest.approx(g.area_m2(square) - g.area_m2(box(107.002, 29.002, 0.005)))
    both = shapely.MultiPolygon([square, box(107.1, 29, 0.01)])
    assert g.area_m2(both) == pytest.approx(2 * g.area_m2(square))


def test_the_real_border_has_its_published_size(shared: Path) -> None:
    areas = g.parse_geojson((shared / "data/divisions/borders/500102.geojson").read_bytes())
    total = sum(g.area_m2(a.shape) for a in areas)
    assert 2.6e9 < total < 3.3e9  # Fuling: 2,942 km²; the border is coarse


def test_a_drawing_and_the_way_back() -> None:
    frame = g.Frame.around((107, 29, 107.1, 29.1), 360)
    assert frame.width == 360
    assert frame.height == pytest.approx(344 / cos(radians(29.05)) + 16, abs=1)
    assert frame.view_box == f"0 0 360 {frame.height}"
    assert frame.pixel(107, 29.1) == pytest.approx((8, 8), abs=0.5)
    assert frame.pixel(107.1, 29) == pytest.approx((352, frame.height - 8), abs=0.5)
    path = frame.path(box(107, 29, 0.1))
    assert path.startswith("M")
    assert path.endswith("Z")
    assert path.count("L") == 3
    holed = shapely.Polygon(box(107, 29, 0.1).exterior.coords, [box(107.02, 29.02, 0.05).exterior.coords])
    assert frame.path(holed).count("M") == 2
    assert frame.path(shapely.MultiPolygon([holed, box(107.2, 29, 0.1)])).count("M") == 3
    x, y = frame.label(box(107, 29, 0.1))
    assert 8 < x < 352
    assert 8 < y < frame.height


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(100, 2000),
    st.one_of(st.none(), st.integers(100, 2000)),
    st.sampled_from([None, 180.0]),
)
def test_a_click_finds_its_place_again(
    fx: float, fy: float, width: int, height: int | None, shown: float | None
) -> None:
    frame = g.Frame.around((107, 29, 107.3, 29.1), width, height)
    lon, lat = 107 + 0.3 * fx, 29 + 0.1 * fy
    x, y = frame.pixel(lon, lat)
    assert -0.01 <= x <= frame.width + 0.01
    assert -0.01 <= y <= frame.height + 0.01
    ratio = (shown or frame.width) / frame.width
    assert g.distance(frame.place(x * ratio, y * ratio, shown), (lon, lat)) < 0.2


def test_a_click_beside_the_drawing_is_taken_to_its_edge() -> None:
    frame = g.Frame.around((107, 29, 107.1, 29.1), 360)
    assert frame.place(-50, -50) == frame.place(0, 0)
    assert frame.place(9999, 9999) == frame.place(frame.width, frame.height)


def test_a_single_point_can_be_framed() -> None:
    frame = g.Frame.around((107, 29, 107, 29), 100, 100)
    assert frame.pixel(107, 29) == pytest.approx((50, 50), abs=1)


def _polygon(*rings: list[list[float]]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)})


BOX = [[107.0, 29.0], [107.2, 29.0], [107.2, 29.2], [107.0, 29.2], [107.0, 29.0]]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "没有写完"),
        ("[1,]", "第 3 个字节"),
        ("[" * 5000, "套得太深"),
        (_polygon([[107, 29], [107.1, 29.1], [107.1, 29], [107, 29.1], [107, 29]]), "边自己相交，在经度 107.05000、纬度 29.05000 附近"),
        (_polygon(BOX, [[x + 1, y] for x, y in BOX]), "洞在外圈外面"),
        (_polygon(BOX, BOX), "不成立"),
        (_polygon([[107, 29]] * 4), "一圈的点太少"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_border_is_said_in_words_with_its_place(raw: str, says: str) -> None:
    """Nothing of the libraries' own English is told to a reader of Chinese."""
    with pytest.raises(Invalid) as caught:
        g.parse_geojson(raw)
    reason = caught.value.faults[0].reason
    assert says in reason
    assert not re.search(r"[A-Za-z]{3,}", reason.replace("GeoJSON", ""))
