"""Files of polygons made to hurt: each is refused in words, in seconds and in little memory; and how polygons fit together."""

import json
import random
import time
import tracemalloc
from datetime import date
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from baodao.kernel.errors import Problem
from baodao.places.fitting import fit
from baodao.places.geofile import Judged, Wish, judge
from baodao.places.shapes import read_shape, square_metres
from baodao.places.split import divide
from tests.places.conftest import SOUTH, WEST, square

WISH = Wish("990101001001", date(2026, 1, 1))
SECONDS, BYTES = 5.0, 500 << 20


def features(*rings: Any, kind: str = "Polygon") -> bytes:
    made = [
        {
            "type": "Feature",
            "properties": {"code": f"g{n}", "name": "格"},
            "geometry": {"type": kind, "coordinates": ring},
        }
        for n, ring in enumerate(rings)
    ]
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


def comb(n: int, upright: bool) -> list[list[float]]:
    """A comb with n teeth: two across each other meet in n × n pieces."""
    edge = []
    for tooth in range(n):
        a, b = tooth / n * 0.08, (tooth + 0.5) / n * 0.08
        edge += [(a, 0.001), (a, 0.08), (b, 0.08), (b, 0.001)]
    line = [(0.0, 0.0), *edge, (0.08, 0.0), (0.0, 0.0)]
    return [[WEST + (y if upright else x), SOUTH + (x if upright else y)] for x, y in line]


def circle(n: int) -> list[list[float]]:
    rng = random.Random(1)
    ring = [
        [WEST + 0.05 + rng.uniform(-0.04, 0.04), SOUTH + 0.05 + rng.uniform(-0.04, 0.04)] for _ in range(n)
    ]
    return [*ring, ring[0]]


BOX = json.loads(square(1, 1))["coordinates"]
HOSTILE = {
    "deep": b"[" * 4_000_000,
    "deep objects": b'{"a":' * 1_000_000,
    "empty lists": b'{"type":"FeatureCollection","features":[' + b"[]," * 2_500_000 + b"[]]}",
    "deep ring": features([[[[[[[[[[1]]]]]]]]]]),
    "not places": features([[[None, {}], ["x"], [True, 1], [1e999, 2]]]),
    "too many points": features([circle(120_000)]),
    "too many of one": features([circle(6_000)]),
    "crossing itself": features([circle(1_900)]),
    "the same two hundred times": features(*[BOX] * 200),
    "two combs": features([comb(490, True)], [comb(490, False)]),
    "ten combs": features(*[[comb(300, bool(n % 2))] for n in range(10)]),
    "many": features(*[BOX] * 2_100),
    "names": features(BOX).replace(b'"g0"', b'"' + b"x" * 1_000_000 + b'"'),
    "sql": features(BOX).replace(b"g0", b"'; DROP TABLE x; --"),
    "nul": features(BOX).replace(b"g0", b"\\u0000g"),
    "surrogate": features(BOX).replace(b"g0", b"\\ud800"),
    "latin": b"\xff\xfe\x00",
    "nothing": b"",
    "null": b"null",
    "points": features([WEST, SOUTH], kind="Point"),
    "a thousand holes": features([[[x, y] for x, y in BOX[0]], *[[[x, y] for x, y in BOX[0]]] * 1_000]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_in_seconds_and_in_little_memory(land: None, name: str) -> None:
    started = time.process_time()
    tracemalloc.start()
    try:
        told = judge(HOSTILE[name], WISH)
        assert isinstance(told, Judged)
        assert not told.good
        assert told.faults or told.findings
        reasons = [fault.reason for fault in told.faults]
    except Problem as problem:
        reasons = [fault.reason for fault in problem.faults]
        assert reasons
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert all(len(reason) < 500 for reason in reasons)
    # The tracer itself makes everything slower, some fourfold.
    assert time.process_time() - started < SECONDS * 2
    assert peak < BYTES


def test_a_whole_border_is_covered_or_the_rest_is_told() -> None:
    land = read_shape(square(0, 0, 0.04))
    parts = divide(land, 12, random.Random(3))
    assert fit(parts, 0, land) == []
    [gap] = fit(parts[:-1], 0, land)
    assert gap.what == "gap"
    assert gap.square_metres == pytest.approx(square_metres(parts[-1]), rel=0.01)
    assert parts[-1].contains(shapely.Point(gap.lon, gap.lat))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.00003, 0.0006))
def test_a_strip_between_neighbours_is_a_gap_whichever_way_it_runs(seed: int, wide: float) -> None:
    """Two halves apart by ``wide`` degrees: told up to the reach of ten metres, unless it is too small to matter."""
    rng = random.Random(seed)
    turn = rng.uniform(0, 180)
    left, right = shapely.box(-0.01, -0.01, -wide / 2, 0.01), shapely.box(wide / 2, -0.01, 0.01, 0.01)
    from shapely.affinity import rotate, translate

    pair = [translate(rotate(one, turn, origin=(0, 0)), WEST + 0.05, SOUTH + 0.05) for one in (left, right)]
    found = fit(pair)
    metres = wide * 96_000  # the least that a degree is long here
    if metres < 8:
        assert [one.what for one in found] == ["gap"]
        assert {found[0].one, found[0].two} == {0, 1}
    elif metres > 13:
        assert found == []
