"""The residents' map, its drawing, and the interface's point → grid."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.places.drawing import svg
from baodao.places.maps import map_level
from baodao.places.services import NewGrid, draw_grids
from tests.orgs.conftest import START, system
from tests.places.conftest import square


@pytest.fixture
def drawn(land: None) -> None:
    draw_grids(
        system(origin="simulated"),
        grids=[
            NewGrid("g1", "990101001001", "一<b>格", square(0, 0), START),
            NewGrid("g2", "990101001001", "二格", square(1, 0), START),
            NewGrid("g3", "990101002001", "三格", square(5, 5), START),
        ],
    )


def test_a_resident_walks_from_the_district_to_a_grid_by_links_alone(client: Any, drawn: None) -> None:
    address, seen = "/map/", []
    for _step in range(4):
        page = client.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        assert "模拟" in text
        assert "style=" not in re.search(r"<svg class=.bd-map.*?</svg>", text, re.S)[0]  # type: ignore[index]
        seen.append(address)
        address = re.search(r'<svg class="bd-map".*?<a href="([^"]+)"', text, re.S)[1]  # type: ignore[index]
    assert seen == ["/map/", "/map/990101001/", "/map/990101001001/", "/map/g1/"]
    assert "一&lt;b&gt;格" in text
    assert "<b>格" not in text
    assert 'aria-current="true"' in text


def test_a_place_without_land_is_not_found(client: Any, drawn: None) -> None:
    assert client.get("/map/zjw/").status_code == 404
    assert client.get("/map/nothing/").status_code == 404


def test_no_land_at_all_is_told(client: Any, district: None) -> None:
    assert client.get("/map/").status_code == 404


def test_the_map_costs_no_statement_of_its_own(client: Any, drawn: None) -> None:
    client.get("/map/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/map/990101001/")
        client.get("/map/990101001001/")
    assert len(queries) <= 1  # the epochs, once a second


def test_counts_and_a_pin_are_drawn(drawn: None) -> None:
    level = map_level("990101001001")
    assert level is not None
    text = svg(level, lambda shape: "", title="图", counts={"g1": 7}, mark=(107.305, 29.605), chosen="g2")
    assert "7</text>" in text
    assert text.count("<circle") == 1
    assert "<a " not in text


def test_the_interface_finds_the_grid_of_a_point(client: Any, drawn: None) -> None:
    found = client.get("/api/v1/places/at/", {"lon": "107.305", "lat": "29.605"})
    assert found.status_code == 200
    assert found.json() == {
        "grid": "g1", "name": "一<b>格", "org": "990101001001", "org_name": "名990101001001", "simulated": True,
    }  # fmt: skip
    assert client.get("/api/v1/places/at/", {"lon": "107.9", "lat": "29.605"}).status_code == 404
    for bad in (
        {"lon": "x", "lat": "1"},
        {"lon": "7", "lat": "29"},
        {"lon": "107.3"},
        {"lon": "107.3", "lat": "29.6", "z": "1"},
    ):
        answer = client.get("/api/v1/places/at/", bad)
        assert answer.status_code == 422
        assert answer.json()["faults"]


def test_names_in_the_map_are_short() -> None:
    from baodao.places.maps import label_of

    names = (
        "大东门社区居民委员会",
        "延寿村村民委员会",
        "河边村委会",
        "新村社区居委会",
        "敦仁街道",
        "第1网格",
        "居委会",
    )
    assert [label_of(name) for name in names] == [
        "大东门社区", "延寿村", "河边村", "新村社区", "敦仁街道", "第1网格", "居委会",
    ]  # fmt: skip


def test_names_on_a_map_cover_neither_each_other_nor_a_number() -> None:
    import re

    from baodao.places.drawing import svg
    from baodao.places.maps import Map, Shape

    def child(n: int, x: float, y: float) -> Shape:
        return Shape(
            code=f"g{n}",
            name=f"第{n}街道",
            kind="org",
            path="M0 0Z",
            x=x,
            y=y,
            deeper=False,
            lon=0,
            lat=0,
            label=f"第{n}街道",
        )

    near = [child(n, 500 + 10 * n, 300 + 5 * n) for n in range(5)]
    drawn = Map(
        org="x", name="区", width=1000, height=600, shapes=tuple(near), crumbs=(), simulated=True, west=0, north=0, scale=1, narrow=1
    )  # fmt: skip
    text = svg(drawn, lambda shape: "", title="图", counts={"g4": 7})
    said = re.findall(r'<text x="([\d.]+)" y="([\d.]+)">([^<]+)</text>', text)
    assert len(said) == 4 and [words for _x, _y, words in said if "7" in words] == ["7"]
    assert len({y for _x, y, words in said if words != "7"}) == 3
    # Whoever does not see a name reads it under the pointer and beside the map.
    assert all(f"<title>第{n}街道</title>" in text for n in range(5))
