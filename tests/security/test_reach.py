"""Over generated trees, posts, reaches and levels, with deputies, openings and cards: object check, lists, search, export, interface
and page open exactly what the rule of the house opens, for everybody."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing
from baodao.kernel.jobs import run_due
from tests.matters.conftest import _forget, packs

from .drawn import CARDS, WHOLE, districts
from .reached import Built

__all__ = ["packs"]


@pytest.fixture
def carded(packs: Path, tmp_path: Path, settings: Any) -> Path:
    """The drawn district, with cards switched on; their keys lie in a folder of its own."""
    settings.DATA = tmp_path / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    (packs / "drawn" / "cards.toml").write_text(CARDS, "utf-8")
    _forget()
    return packs


def agree(made: Built, browser: Client | None) -> None:
    """Every way to see matters, for everybody. Pages and interface only where a browser is given."""
    from baodao.matters import finding, listing, selectors
    from baodao.matters.legsheet import export
    from baodao.matters.models import Leg, Matter
    from baodao.orgs.selectors import standing

    for who, other in made.idle:  # before its first day and after its last
        assert other not in {post.code for post in standing(made.uids[who], other).posts}, (who, other)
    levels = dict(Matter.objects.values_list("number", "level"))
    open_legs: dict[str, list[tuple[str, str]]] = {}
    for leg in Leg.objects.filter(ended__isnull=True):
        open_legs.setdefault(leg.matter, []).append((leg.org, leg.seat))
    for who in made.everybody():
        by, opened = made.by(who), made.opened(who)
        told = f"{who} {made.policy.posts.get(who)}"
        single = {number for number in made.numbers if _sees(by, number)}
        assert single == opened, f"object check: {told}"
        listed = list(selectors.visible_to(by).values_list("number", flat=True))
        assert sorted(listed) == sorted(opened), f"list: {told}"
        if who in made.policy.posts:  # residents have no search: their own are on one list
            found = {hit.number for hit in finding.search(by, "路灯")}
            assert found == {number for number in opened if levels[number] <= 1}, f"search: {told}"
            for number in made.numbers:
                hits = {hit.number for hit in finding.search(by, number)}
                # What only named persons know is no hit for anybody.
                assert (number in hits) == (number in opened and levels[number] <= 2), f"number: {told}"
            items = listing.items(by, listing.stakes(by, listing.Wish(), made.now))
            todo = made.todo(who, open_legs, levels)
            assert {item.number for item in items} == todo <= opened, f"to-do: {told}"
            assert len({(item.number, item.leg) for item in items}) == len(items)
            org = made.policy.posts[who][0]
            sheet = io.BytesIO()
            export.write_sheet(sheet, by, org, "")
            assert _numbers(sheet) <= opened, f"export: {told}"
        _ground(made, by, who)
        if browser is not None:
            _over_http(made, browser, who, opened, made.todo(who, open_legs, levels))


def _sees(by: Act, number: str) -> bool:
    from baodao.matters import selectors

    try:
        selectors.see(by, number)
    except Missing:
        return False
    return True


def _ground(made: Built, by: Act, who: str) -> None:
    """Households, devices, facilities and the export of posts: object check = list = printed."""
    from msgspec.structs import replace

    from baodao.orgs.importing import appointments
    from baodao.orgs.policies import may
    from baodao.places.devices import selectors as devices
    from baodao.places.facilities import selectors as facilities
    from baodao.places.households import policies as households

    def posts(by: Act) -> set[str]:
        return {row["code"] for row in appointments.rows(replace(by, purpose="handle"))}

    def lister(visible: Any) -> Any:
        return lambda by: set(visible(by).values_list("code", flat=True))

    ways = {
        "households": ("household.read", lister(households.visible)),
        "devices": (devices.READ, lister(devices.visible)),
        "facilities": (facilities.READ, lister(facilities.visible)),
        "posts": ("post.export", posts),
    }
    for family, (right, listed) in ways.items():
        wanted = made.opens(who, family, right)
        told = f"{family}: {who} {made.policy.posts.get(who)}"
        single = {code for code, subject in made.things[family].items() if may(by, right, subject)}
        assert single == wanted, f"object check of {told}"
        assert listed(by) == wanted, f"list of {told}"


def _cells(sheet: io.BytesIO) -> set[str]:
    from python_calamine import CalamineWorkbook

    sheet.seek(0)
    book = CalamineWorkbook.from_filelike(sheet)
    return {
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    }


def _numbers(sheet: io.BytesIO) -> set[str]:
    return {cell for cell in _cells(sheet) if cell.startswith("HQ-") and len(cell) == 14}


def _over_http(made: Built, browser: Client, who: str, opened: set[str], todo: set[str]) -> None:
    """Page, export and interface of staff; the own page of residents."""
    from baodao.people.door import COOKIE

    from .world import bearer_of, cookie_of

    person, _acts, acted = who.partition("~")
    browser.cookies.clear()
    browser.cookies[COOKIE] = cookie_of(made.uids[person])
    staff = who in made.policy.posts
    if staff:
        assert browser.post("/desk/me/post/", {"post": acted or person}).status_code == 303
    address = "/desk/matters/{}/" if staff else "/requests/{}/"
    for number in made.numbers:
        assert browser.get(address.format(number)).status_code == (200 if number in opened else 404), who
    if not staff:
        return
    job = browser.post("/desk/todo/sheet/", {"query": ""})["Location"]
    run_due(timezone.now())
    sheet = io.BytesIO(b"".join(browser.get(f"{job}todo.xlsx").streaming_content))  # type: ignore[attr-defined]
    assert _numbers(sheet) == todo
    _pages(made, browser, who)
    if acted:
        assert browser.get("/api/v1/matters/", headers=_deputised(made, who)).status_code == 401
        return
    headers = bearer_of(made.uids[person], person)
    answer = browser.get("/api/v1/matters/", headers=headers)
    assert {row["number"] for row in answer.json()["rows"]} == opened
    for number in made.numbers:
        answer = browser.get(f"/api/v1/matters/{number}/", headers=headers)
        assert answer.status_code == (200 if number in opened else 404)


def _deputised(made: Built, who: str) -> dict[str, str]:
    """A token of the deputy for the post that she acts for, which nobody is given: a machine is nobody's deputy."""
    from baodao.api.models import ApiToken

    from .world import bearer_of

    person, _acts, acted = who.partition("~")
    headers = bearer_of(made.uids[person], who)
    ApiToken.objects.filter(post=who).update(post=acted)
    return headers


def _pages(made: Built, browser: Client, who: str) -> None:
    """Lists, pages and sheet of households and devices; one facility after the other."""
    for code in made.things["facilities"]:
        opens = code in made.opens(who, "facilities", "facility.read")
        assert browser.get(f"/desk/facilities/{code}/").status_code == (200 if opens else 404), (who, code)
    for family, right in (("households", "household.read"), ("devices", "device.read")):
        wanted = made.opens(who, family, right)
        page = browser.get(f"/desk/{family}/")
        text = page.content.decode()
        assert {code for code in made.things[family] if f"/desk/{family}/{code}/" in text} == wanted, who
        for code in made.things[family]:
            status = browser.get(f"/desk/{family}/{code}/").status_code
            assert status == (200 if code in wanted else 404), (who, code)
    sheet = browser.get("/desk/devices/devices.xlsx")
    if sheet.status_code == 200:
        cells = _cells(io.BytesIO(b"".join(sheet)))
        assert cells & set(made.things["devices"]) == made.opens(who, "devices", "device.read")
    else:
        assert not made.opens(who, "devices", "device.read")


def _settings(examples: int) -> Any:
    return settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def check(plan: dict[str, Any], *, http: bool) -> None:
    """One generated district, built, looked at from everywhere, and undone."""
    note(repr(plan))
    from django.db import transaction

    _forget()
    with transaction.atomic():
        made = Built(plan)
        agree(made, Client() if http else None)
        transaction.set_rollback(True)
    _forget()


def test_a_district_that_has_all_of_it_opens_the_same_everywhere(db: Any, carded: Path) -> None:
    """What is drawn may lack a deputy, an opening or a card; this one has each, and somebody sees by it alone."""
    made = Built(WHOLE)
    policy = made.policy
    [(_who, rights, level)] = policy.deputies.values()
    assert (rights[0], level) == ("matter.read", 1)
    assert made.idle
    [(who, held)] = policy.opened.items()
    [number] = held
    policy.opened = {}
    assert number not in made.opened(who), "it is open by that alone"
    policy.opened = {who: held}
    assert number in made.opened(who)
    named = {one: subject.named for one, subject in made.subjects().items() if subject.named}
    assert {reader for one in named for reader in made.people if one in made.opened(reader)} == {
        post for posts in named.values() for post in posts
    }
    agree(made, Client())


@_settings(4)
@given(plan=districts())
def test_every_way_to_see_a_matter_opens_the_same(db: Any, carded: Path, plan: dict[str, Any]) -> None:
    check(plan, http=False)


@_settings(2)
@given(plan=districts())
def test_pages_exports_and_interface_open_the_same(db: Any, carded: Path, plan: dict[str, Any]) -> None:
    check(plan, http=True)


@pytest.mark.long
@_settings(80)
@given(plan=districts(), http=st.booleans())
def test_every_way_opens_the_same_over_many_districts(
    db: Any, carded: Path, plan: dict[str, Any], http: bool
) -> None:
    check(plan, http=http)
