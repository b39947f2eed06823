"""One search box: matters by words, address and number, organizations, a person by her number; for everybody what she may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import system_act
from baodao.ledger.services import erase
from baodao.matters.move import Called
from baodao.matters.services import Draft, act, open_
from baodao.people.models import AccessLog, SecurityLog
from tests.matters.conftest import A2, HOME, NOW, STREET, A, B, Cast, key
from tests.support.town import words

Enter = Callable[[str, str], Client]
PHONE = "13812345678"


def finds(browser: Client, query: str, **more: str) -> str:
    answer = browser.get("/desk/search/", {"q": query, **more})
    assert answer.status_code == 200, words(answer)
    return words(answer)


@pytest.fixture
def whistle(cast: Cast) -> str:
    """Called by a community to a bureau."""
    made = Draft(
        procedure="whistle",
        org=A,
        kind="facility",
        fields={"source": "community", "title": "消防通道堵了", "text": "货车长期停在消防通道"},
        calls=(Called(B),),
    )
    return open_(cast.by("secretary"), matters=[made]).numbers[0]


def test_each_finds_what_she_may_read_and_nothing_else(staff: Enter, opened: Any, whistle: str) -> None:
    number = opened(fields={"text": "楼顶渗水"}, address="望江路十二号")
    for kind, org, sees in (
        ("community_secretary", A, True),
        ("community_secretary", A2, False),
        ("department_head", STREET, True),
        ("supervisor", HOME, True),
        ("grid_worker", A, True),
        ("handler", B, False),
        ("administrator", HOME, False),
    ):
        browser = staff(kind, org)
        for query in ("渗水", "望江路", number.lower()):
            assert (number in finds(browser, query)) is sees, (kind, org, query)
        assert browser.get(f"/desk/matters/{number}/").status_code == (200 if sees else 404), kind
        # The list of search and the single page are of one rule, also for whoever was called.
        called = browser.get(f"/desk/matters/{whistle}/").status_code == 200
        assert (whistle in finds(browser, "货车")) is called, kind
    assert whistle in finds(staff("handler", B), "货车")


def test_a_call_a_level_and_an_erasure_reach_it_at_once(cast: Cast, staff: Enter, opened: Any) -> None:
    number = opened(fields={"text": "楼顶渗水"})
    above, secretary = staff("department_head", STREET), staff("community_secretary", A)
    other = staff("community_secretary", A2)
    assert number not in finds(other, "渗水")
    fields = {"org": A2, "reason": "归那边管"}
    act(cast.by("secretary", NOW + timedelta(hours=1)), number=number, action="hand_over", fields=fields)
    assert number in finds(other, "渗水")
    second = opened(fields={"text": "漏水到楼下"})
    assert second in finds(above, "漏水")
    fields = {"level": 2, "reason": "家里的事"}
    act(cast.by("secretary", NOW + timedelta(hours=1)), number=second, action="raise_level", fields=fields)
    assert second not in finds(above, "漏水")
    assert second not in finds(secretary, "漏水")
    assert number in finds(above, "渗水")
    erase(system_act(NOW + timedelta(days=1), key("erase")), person=cast.uids["resident"])
    assert number not in finds(above, "渗水")
    # The number is no text: it leads on.
    assert number in finds(above, number)


def test_open_ones_alone_organizations_and_what_was_not_found(cast: Cast, staff: Enter, opened: Any) -> None:
    first, second = opened(fields={"text": "楼顶渗水"}), opened(fields={"text": "墙面渗水"})
    act(cast.by("resident", NOW + timedelta(hours=1)), number=first, action="withdraw", fields={})
    browser = staff("department_head", STREET)
    every, running = finds(browser, "渗水"), finds(browser, "渗水", of="open")
    assert first in every
    assert second in every
    assert second in running
    assert first not in running
    shown = browser.get("/desk/search/", {"q": f"名{STREET}"}).content.decode()
    assert f'href="/desk/orgs/{A}/"' in shown
    assert "没有找到" in finds(browser, "没有的词")
    assert "写编号" in finds(browser, "")
    assert browser.get("/desk/search/", {"q": "。。"}).status_code == 422
    # A telephone number is not looked for here: it would stand in the address.
    assert "按电话" in finds(browser, PHONE)


def test_a_search_costs_few_statements_whatever_it_finds(staff: Enter, opened: Any) -> None:
    for _n in range(12):
        opened(fields={"text": "楼顶渗水"})
    browser = staff("department_head", STREET)
    browser.get("/desk/search/?q=渗水")
    for query in ("渗水", "没有的", "HQ-2026"):
        with CaptureQueriesContext(connection) as asked:
            finds(browser, query)
        # One of them asks for buildings, and one more where there are any.
        assert len(asked) <= 9, (query, [one["sql"] for one in asked])
        with CaptureQueriesContext(connection) as asked:
            finds(browser, query, of="open")
        assert len(asked) <= 6, (query, [one["sql"] for one in asked])


def test_places_are_found_by_name_word_by_word(staff: Enter, cast: Cast) -> None:
    from baodao.places.buildings.ruling import NewBuilding, NewCompound
    from baodao.places.buildings.services import record_buildings, record_compounds
    from baodao.places.facilities.services import NewFacility, register_facilities
    from baodao.places.services import NewGrid, draw_grids
    from tests.places.conftest import square

    day = NOW.date()
    made = [NewCompound("hyl", "红叶里", A, day, "望江路12号"), NewCompound("hyd", "大红叶里", A, day)]
    record_compounds(system_act(NOW, "c-1"), compounds=made)
    rooms = [NewFacility(org=A, kind="culture_room", name="红叶活动室", since=NOW.date())]
    register_facilities(system_act(NOW, "f-1"), facilities=rooms)
    drawn = [
        NewGrid("g-a", A, "大红叶格", square(1, 0), day),
        NewGrid("g-red", A, "红叶格", square(0, 0), day),
    ]
    draw_grids(system_act(NOW, "g-1"), grids=drawn)
    house = [NewBuilding("hyl-3", "3栋", day, "g-red", compound="hyl")]
    record_buildings(system_act(NOW, "b-1"), buildings=house)
    browser = staff("handler", B)
    shown = browser.get("/desk/search/", {"q": "红叶"}).content.decode()
    assert 'href="/desk/compounds/hyl/"' in shown
    assert "红叶活动室" in words(browser.get("/desk/search/", {"q": "红叶", "of": "facility"}))
    assert "红叶活动室" in words(browser.get("/desk/search/", {"q": "红叶"}))
    assert shown.index('href="/desk/grids/g-red/"') < shown.index('href="/desk/grids/g-a/"')
    assert shown.index('href="/desk/compounds/hyl/"') < shown.index('href="/desk/compounds/hyd/"')
    assert "3栋 红叶里" in finds(browser, "红叶 3栋", of="building")
    assert 'href="/desk/buildings/hyl-3/"' in browser.get("/desk/search/?q=3栋").content.decode()
    # Every word, wherever it stands and in whatever order: of a grid, a compound, a facility, in the lists as in the search.
    for query, of, wanted in (
        (f"红叶 名{A}", "grid", "红叶格"), ("12号 红叶", "compound", "红叶里"), ("活动 红叶", "facility", "红叶活动室")
    ):  # fmt: skip
        assert wanted in finds(browser, query, of=of), query
        assert "没有找到" in finds(browser, f"{query} 黄叶", of=of), query
    assert "望江路12号" in words(browser.get("/desk/compounds/", {"org": A, "q": "12号 红叶"}))
    assert "红叶活动室" in words(browser.get("/desk/facilities/", {"org": A, "q": "活动 红叶"}))
    assert "没有找到" in finds(browser, "黄叶")
    assert browser.get("/desk/search/", {"q": "。。", "of": "building"}).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        finds(browser, "红叶")
    assert len(asked) <= 10, [one["sql"] for one in asked]


@pytest.fixture
def known(cast: Cast) -> None:
    """The resident gave a telephone number."""
    from baodao.people.services.identity import contact_set

    contact_set(cast.by("resident"), field="contact_phone", value=PHONE)


def test_a_person_is_found_by_her_number_for_a_purpose_and_reads_so(
    cast: Cast, staff: Enter, opened: Any, known: None
) -> None:
    number, other = opened(), opened(org=A2, place="grid-2")
    browser = staff("community_secretary", A)

    def ask(door: Client, **typed: str) -> Any:
        return door.post("/desk/search/person/", {"who": PHONE, "purpose": "handle", **typed})

    assert "用途" in words(ask(browser, purpose=""))
    assert "不是电话" in words(ask(browser, who="张三"))
    assert not AccessLog.objects.exists()
    answer = ask(browser, who="138 1234 5678")
    assert number in words(answer)
    assert other not in words(answer)
    assert PHONE not in answer.content.decode()
    row = AccessLog.objects.get()
    assert (row.whom, row.fields, row.purpose) == (cast.uids["resident"], "phone", "handle")
    # Whoever has to do with none of her matters cannot tell whether the number is known.
    sibling = ask(staff("handler", B))
    stranger = ask(browser, who="13900001111")
    assert "没有您能看的" in words(sibling)
    assert "没有您能看的" in words(stranger)
    assert AccessLog.objects.count() == 1
    assert SecurityLog.objects.filter(kind="people.sought").count() == 3
    assert staff("auditor", HOME).get("/desk/search/person/").status_code == 403
