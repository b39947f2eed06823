"""Grids, buildings and compounds as they were on a day: borders, names, who answered, what stood there; what has no days is not shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Act, system_act
from baodao.orgs.ruling import NewOrg
from baodao.orgs.services import create_orgs
from baodao.places.buildings.ruling import EndPlace, NewBuilding, NewCompound
from baodao.places.buildings.services import end_buildings, record_buildings, record_compounds
from baodao.places.services import ChangeGrid, EndGrid, NewGrid, change_grids, draw_grids
from tests.matters.conftest import START, A, Cast, key
from tests.places.conftest import square
from tests.support.town import words

Enter = Callable[[str, str], Client]
BEFORE, SPRING, SUMMER, AUTUMN = date(2023, 1, 1), date(2026, 4, 1), date(2026, 6, 1), date(2026, 9, 1)
PATHS = (
    "/desk/grids/",
    "/desk/grids/g-1/",
    "/desk/buildings/b-1/",
    "/desk/compounds/",
    "/desk/compounds/c-1/",
)


def on(day: date) -> Act:
    return system_act(datetime(day.year, day.month, day.day, 2, tzinfo=UTC), key("ground"))


def shown(browser: Client, path: str, day: date | None = None, **more: str) -> str:
    answer = browser.get(path, {**({"on": day.isoformat()} if day else {}), **more})
    assert answer.status_code == 200, words(answer)
    return words(answer)


@pytest.fixture
def ground(cast: Cast) -> None:
    """g-1 until summer, then g-2 on its ground; renamed in spring. b-1 moves from one to the other; c-1 gets a firm in summer."""
    firm = [NewOrg("wy", "安居物业", "property_service", "property_firm", START, A)]
    create_orgs(on(START), orgs=[NewOrg("a-01", "第一支部", "grid", "grid", START, A), *firm])
    draw_grids(on(START), grids=[NewGrid("g-1", A, "老一格", square(0, 0), START, "a-01")])
    record_compounds(on(START), compounds=[NewCompound("c-1", "幸福里", A, START)])
    record_buildings(
        on(START),
        buildings=[
            NewBuilding("b-1", "1栋", START, "g-1", compound="c-1", storeys=6, lon=107.305, lat=29.605)
        ],
    )
    change_grids(on(SPRING), grids=[ChangeGrid("g-1", "新一格", "")])
    draw_grids(
        on(SUMMER), grids=[NewGrid("g-2", A, "二格", square(0, 0), SUMMER)], ends=[EndGrid("g-1", SUMMER)]
    )
    record_compounds(on(SUMMER), compounds=[NewCompound("c-1", "幸福新里", A, SUMMER, property="wy")])
    record_buildings(on(SUMMER), buildings=[NewBuilding("b-2", "2栋", SUMMER, "g-2", compound="c-1")])
    end_buildings(on(AUTUMN), buildings=[EndPlace("b-2", AUTUMN)])


def test_a_page_says_which_day_it_shows_and_a_bad_day_is_told(ground: None, staff: Enter) -> None:
    browser = staff("community_secretary", A)
    for path in PATHS:
        today = shown(browser, path)
        assert "的样子" not in today, path
        past = browser.get(path, {"on": "2026-05-01"})
        read = words(past)
        assert "这是 2026年5月1日 的样子" in read, path
        assert "看今天" in read, path
        assert "不按天保存" in read, path
        assert 'value="2026-05-01"' in past.content.decode(), path
        assert "将有的样子" in shown(browser, path, date(2050, 1, 1)), path
        for bad in ("2026-13-01", "昨天", "2026-02-30", "0000-00-00"):
            answer = browser.get(path, {"on": bad})
            assert answer.status_code == 422, (path, bad)
            assert "日期写法不对" in words(answer), path
            assert "例如 2026-06-01" in words(answer), path


def test_grids_are_those_of_the_day_with_the_names_and_teams_of_the_day(ground: None, staff: Enter) -> None:
    browser = staff("community_secretary", A)
    listed = "/desk/grids/"
    assert "老一格" in shown(browser, listed, date(2026, 3, 1), org=A)
    spring = shown(browser, listed, date(2026, 5, 1), org=A)
    assert "新一格" in spring
    assert "老一格" not in spring
    assert "二格" not in spring
    assert "二格" in shown(browser, listed, org=A)
    assert "没有这样的" not in shown(browser, listed, date(2026, 3, 1), org=A, q="老一")
    assert "g-1" not in shown(browser, listed, date(2026, 5, 1), org=A, q="老一")
    assert "那一天这里没有网格" in shown(browser, listed, BEFORE, org=A)
    # The drawing too, and what it leads to is of the same day.
    page = browser.get(listed, {"on": "2026-03-01", "org": A}).content.decode()
    assert re.search(r'<a href="/desk/grids/g-1/\?on=2026-03-01"[^>]*aria-label="老一格"', page), page
    assert "/desk/grids/g-2/" not in page
    one = shown(browser, "/desk/grids/g-1/", date(2026, 3, 1))
    assert "老一格" in one
    assert "第一支部" in one
    assert "1栋" in one
    later = shown(browser, "/desk/grids/g-1/", date(2026, 5, 1))
    assert "新一格" in later
    assert "第一支部" not in later
    assert "这个网格到 2026年6月1日 为止" in shown(browser, "/desk/grids/g-1/")
    assert "这个网格从 2024年1月1日 起" in shown(browser, "/desk/grids/g-1/", BEFORE)


def test_a_building_and_its_compound_are_those_of_the_day(ground: None, staff: Enter) -> None:
    browser = staff("community_secretary", A)
    then, now = (
        shown(browser, "/desk/buildings/b-1/", date(2026, 3, 1)),
        shown(browser, "/desk/buildings/b-1/"),
    )
    assert "老一格" in then
    assert "幸福里" in then
    assert "二格" in now
    assert "幸福新里" in now
    assert "这栋楼从 2024年1月1日 起" in shown(browser, "/desk/buildings/b-1/", BEFORE)
    assert "这栋楼到 2026年9月1日 为止" in shown(browser, "/desk/buildings/b-2/")
    assert "为止" not in shown(browser, "/desk/buildings/b-2/", date(2026, 7, 1))
    firm, none = "安居物业", "没有物业，或没有登记"
    assert none in shown(browser, "/desk/compounds/c-1/", date(2026, 5, 1))
    summer = shown(browser, "/desk/compounds/c-1/", date(2026, 7, 1))
    assert firm in summer
    assert "2栋" in summer
    assert "2栋" not in shown(browser, "/desk/compounds/c-1/").partition("以前怎样")[0]
    assert "幸福里" in shown(browser, "/desk/compounds/", date(2026, 5, 1), org=A, q="幸福")
    assert "2 栋" in shown(browser, "/desk/compounds/", date(2026, 7, 1), org=A)
    assert "那一天这里没有登记小区" in shown(browser, "/desk/compounds/", BEFORE, org=A)
    # What changed and when leads there.
    assert 'href="?on=2026-06-01"' in browser.get("/desk/compounds/c-1/").content.decode()


def test_who_answered_is_of_the_day_and_what_is_open_is_only_of_today(
    ground: None, staff: Enter, opened: Any
) -> None:
    number = opened(place="g-2", fields={"text": "楼顶渗水"})
    browser = staff("community_secretary", A)
    assert number in shown(browser, "/desk/grids/g-2/")
    past = browser.get("/desk/grids/g-2/", {"on": "2026-07-01"}).content.decode()
    assert number not in past
    assert "没有您能看的、没办完的事" not in words(past)
    assert "家庭登记" not in words(past).partition("不按天保存")[2].partition("看哪一天")[0]
    # Nothing is changed from a page of another day.
    assert "/desk/buildings-record/" not in past
    assert "/desk/buildings-record/" in browser.get("/desk/grids/g-2/").content.decode()
    assert 'href="/desk/orgs/' + A + '/?on=2026-07-01"' in past


def test_an_organizations_page_says_its_day_too(ground: None, staff: Enter) -> None:
    browser = staff("community_secretary", A)
    for path in ("/desk/orgs/", f"/desk/orgs/{A}/"):
        assert "的样子" not in shown(browser, path)
        assert "这是 2026年5月1日 的样子" in shown(browser, path, date(2026, 5, 1))


def test_every_link_of_a_day_leads_to_a_page_of_that_day(ground: None, staff: Enter) -> None:
    browser, seen = staff("community_secretary", A), dict[str, int]()
    for path in (*PATHS, f"/desk/orgs/{A}/"):
        main = browser.get(path, {"on": "2026-05-01"}).content.decode().partition("<main")[2]
        for link in re.findall(
            r'(?:href|action)="(/desk/(?:grids|buildings|compounds|orgs)/[^"#]*on=[^"#]*)', main
        ):
            seen[link] = browser.get(link.replace("&amp;", "&")).status_code
    assert len(seen) > 8
    assert set(seen.values()) == {200}, seen


def test_another_day_costs_two_statements_more_whatever_the_grids(ground: None, staff: Enter) -> None:
    browser = staff("community_secretary", A)

    def asked(**more: str) -> int:
        browser.get("/desk/grids/", {"org": A, **more})
        with CaptureQueriesContext(connection) as found:
            assert browser.get("/desk/grids/", {"org": A, **more}).status_code == 200
        return len(found)

    few = asked(on="2026-05-01")
    assert few <= asked() + 2
    draw_grids(on(START), grids=[NewGrid(f"m-{n}", A, f"{n}格", square(2 + n, 0), START) for n in range(6)])
    assert asked(on="2026-05-01") == few
