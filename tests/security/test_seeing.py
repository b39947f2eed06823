"""Who can see an object: one page for all rooms, which names exactly the posts that open it, with how many they are and why."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support import branches
from tests.support.town import GRID_A, OFFICE, ORGS, POSTS, words

from . import wider
from .stock import _catalogues, _households, _talents
from .test_powers import desk, end_deputies, name_deputy
from .world import doors, english_titles  # noqa: F401

#: family → (address of the page, what is in stock).
FAMILIES = {
    "household": ("/desk/households/{}/", "households"),
    "device": ("/desk/devices/{}/", "devices"),
    "talent": ("/desk/talents/{}/", "talents"),
}
NAMES = {code: name for code, name, *_rest in ORGS}


def rows(page: Any, part: int = 1) -> set[tuple[str, str, str, str]]:
    """(office, post, how many, why) of one part of the page."""
    text = page.content.decode().split("<section")[part]
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in re.findall(r"<tr>(.*?)</tr>", text, re.S)
    ]
    return {tuple(words(cell) for cell in found) for found in cells if len(found) == 4}  # type: ignore[misc]


def stock(town: Any) -> dict[str, dict[str, Any]]:
    """Households, devices, facilities and talents, mostly of A."""
    return _households(town) | _catalogues(town) | _talents(town)


def titles() -> dict[str, str]:
    from baodao.orgs.selectors import post_kinds

    return {code: kind.title for code, kind in post_kinds("fuling").items()}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_page_names_whoever_opens_the_object_and_nobody_else(town: Any, family: str) -> None:
    (address, held), kinds, some = FAMILIES[family], titles(), 0
    for code in stock(town)[held]:
        able = {who for who in POSTS if desk(town, who).get(address.format(code)).status_code == 200}
        told: set[tuple[str, str]] = set()
        for who in POSTS:
            page = desk(town, who).get(f"/desk/seers/{family}/{code}/")
            assert (page.status_code == 200) == (who in able), (who, code)
            if who in able:
                assert (
                    f"/desk/seers/{family}/{code}/"
                    in desk(town, who).get(address.format(code)).content.decode()
                )
                told = {(office, post) for office, post, _n, _why in rows(page) if office != "—"}
        expected = {(NAMES[POSTS[who][0]], kinds[POSTS[who][1]]) for who in able}
        assert told == expected, code
        some += len(able)
    assert some, "an object that nobody opens proves nothing"


def test_a_household_says_that_those_above_have_its_number_alone(town: Any) -> None:
    code = next(iter(stock(town)["households"]))
    page = desk(town, "secretary").get(f"/desk/seers/household/{code}/")
    assert ("—", "这一户自己", "1", "自己的") in rows(page)
    assert "联系这个社区的各家" in {why for *_who, why in rows(page)}
    offices = {office for office, *_rest in rows(page, 2)}
    assert "画街道" in offices
    assert "画街道" not in {office for office, *_rest in rows(page)}


def test_what_everybody_may_know_is_said_so(town: Any) -> None:
    stock(town)
    facility = desk(town, "outsider").get("/desk/seers/facility/fac-a/")
    assert "所有人都能看" in words(facility)
    device = words(desk(town, "secretary").get("/desk/seers/device/dev-a/"))
    assert "所有人都能看" in device
    assert "区级督办员" in device


def test_a_grid_tells_of_everything_on_its_ground(town: Any) -> None:
    page = desk(town, "outsider").get(f"/desk/seers/grid/{GRID_A}/")
    read = words(page)
    assert "网格的名称和范围" in read
    offices = {office for part in (2, 3, 4) for office, *_rest in rows(page, part)}
    assert "甲社区" in offices
    assert "远街道" not in offices  # its head has nothing of it, and reads who has
    homes = {office for office, *_rest in rows(page, 3)}
    assert homes == {"甲社区"}
    assert (
        f"/desk/seers/grid/{GRID_A}/" in desk(town, "outsider").get(f"/desk/grids/{GRID_A}/").content.decode()
    )
    assert desk(town, "resident").get(f"/desk/seers/grid/{GRID_A}/").status_code in {302, 303, 403, 404}


def test_nothing_that_is_not_there_has_a_page(town: Any) -> None:
    for address in ("grid/nowhere", "device/nothing", "facility/nothing", "people/p-secretary"):
        assert desk(town, "secretary").get(f"/desk/seers/{address}/").status_code == 404


def test_a_deputy_is_counted_with_what_she_was_given(town: Any) -> None:
    """By right and level: whoever acts for the secretary in something else does not see it."""
    number = town.phone("resident").report(text="路灯不亮。", kind="road")

    def counted() -> str:
        page = desk(town, "secretary").get(f"/desk/matters/{number}/seers/")
        return next(n for office, post, n, _why in rows(page) if office == "甲社区")

    assert counted() == "1"
    name_deputy(town, rights=["request.report_in"])
    assert counted() == "1"
    end_deputies(town)
    name_deputy(town, rights=["matter.read"], level="0")
    assert counted() == "1"
    end_deputies(town)
    name_deputy(town, rights=["matter.read"], level="1")
    assert counted() == "2"


def test_who_sees_name_and_telephone_is_told_apart(town: Any) -> None:
    number = town.phone("resident").report(text="路灯不亮。", kind="road")
    page = desk(town, "supervisor").get(f"/desk/matters/{number}/seers/")
    content, contact = rows(page), rows(page, 2)
    assert "涪陵区" in {office for office, *_rest in content}
    assert "涪陵区" not in {office for office, *_rest in contact}
    assert "甲社区" in {office for office, *_rest in contact}


def test_a_person_reads_who_sees_her_household_and_her_entry(town: Any) -> None:
    stock(town)
    read = words(town.phone("resident").browser.get("/me/seers/"))
    assert "您家的登记归这个社区联系" in read
    assert "乙社区" not in read


@pytest.mark.parametrize(
    ("family", "code", "address", "kept"),
    [
        ("roll", branches.BRANCH, "/desk/roll/", "保管这份名册"),
        ("unit", OFFICE, "/desk/service/unit/", "保管这份名单"),
    ],
)
def test_who_keeps_a_list_is_named_and_reads_who_else_does(
    town: Any, family: str, code: str, address: str, kept: str
) -> None:
    """A branch's roll and a unit's list: their own keepers alone, not those above, beside or below."""
    from django.test import Client

    from baodao.orgs.selectors import name_of, post_kinds
    from baodao.people.door import COOKIE

    wider.widen(town)
    places, cookies, able = {**POSTS, **wider.POSTS}, doors(town), {}
    for who in places:
        browser = Client()
        browser.cookies[COOKIE] = cookies[who]
        link = f"/desk/seers/{family}/{code}/"
        listed = browser.get(address)
        mine = listed.status_code == 200 and link in listed.content.decode()
        page = browser.get(link)
        assert page.status_code == (200 if mine else 404), who
        if mine:
            able[who] = {row[:2] for row in rows(page) if row[0] != "—"}
            assert "只看自己的" in words(page)
            assert {row[3] for row in rows(page)} == {"自己的", kept}
            if family == "roll":
                above = {office for office, *_rest in rows(page, 2)}
                assert name_of(branches.ABOVE) in above
                assert name_of(branches.ABOVE) not in {office for office, _post in able[who]}
    kinds = {code: kind.title for code, kind in post_kinds("fuling").items()}
    expected = {(name_of(places[who][0]), kinds[places[who][1]]) for who in able}
    assert able
    assert all(told == expected for told in able.values()), able
    assert {places[who][0] for who in able} == {code}
