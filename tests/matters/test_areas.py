"""Areas of posts: dated ground, and what the reach "area" opens on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from baodao.kernel.act import Subject, system_act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.services import rebuild
from baodao.matters import finding
from baodao.matters.policies import READ
from baodao.matters.selectors import see, visible_to
from baodao.matters.services import act
from baodao.orgs.areas import caches, selectors
from baodao.orgs.areas.models import PostArea
from baodao.orgs.areas.services import NewArea, give_areas
from baodao.orgs.powers.watchers import watchers
from baodao.orgs.ruling import NewPost
from baodao.orgs.services import begin_posts
from baodao.places.services import EndGrid, NewGrid, draw_grids, end_grids
from tests.matters.conftest import A2, HOME, NOW, START, STREET, A, B, Cast, everything, key

Opened = Callable[..., str]
DAY, TODAY = timedelta(days=1), date(2026, 3, 2)


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def new_grid(code: str, x: float, org: str, since: date = START) -> NewGrid:
    ring = [
        (107.0 + 0.01 * x + dx, 29.0 + dy) for dx, dy in ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01), (0, 0))
    ]
    polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
    return NewGrid(code=code, org=org, name=code, since=since, polygon=polygon)


@pytest.fixture
def drawn(cast: Cast) -> Cast:
    """Two grids in the first community, one in the second; an officer in a bureau, an administrator."""
    from baodao.people.services.identity import Entry, enrol

    grids = [new_grid("g-1", 0, A), new_grid("g-2", 1, A), new_grid("g-3", 2, A2)]
    draw_grids(system_act(NOW, key("grids")), grids=grids)
    for who, org, kind in (("officer", B, "area_officer"), ("admin", HOME, "administrator")):
        uid = enrol(system_act(NOW, key("enrol")), entries=[Entry(ref=who, name="某")]).uids[who]
        begin_posts(system_act(NOW, key("post")), posts=[NewPost(f"p-{who}", org, kind, uid, START)])
        cast.uids[who], cast.posts[who] = uid, (f"p-{who}", org)
    return cast


def give(cast: Cast, *places: str, since: date = TODAY, who: str = "admin", at: Any = NOW) -> list[str]:
    return give_areas(cast.by(who, at), areas=[NewArea("p-officer", since, places, "一片")])


def seen(cast: Cast, at: Any = NOW) -> set[str]:
    return set(visible_to(cast.by("officer", at)).values_list("number", flat=True))


def test_an_area_opens_what_lies_in_it_and_nothing_else(drawn: Cast, opened: Opened) -> None:
    one, two, three = (opened(place=place) for place in ("g-1", "g-2", "g-3"))
    bare, elsewhere = opened(place=""), opened(place="", org=STREET)
    assert seen(drawn) == set()
    give(drawn, "g-1")
    assert seen(drawn) == {one}
    give(drawn, A)
    assert seen(drawn) == {one, two, bare}
    give(drawn, A, "g-3")
    assert seen(drawn) == {one, two, bare, three}
    assert {hit.number for hit in finding.search(drawn.by("officer"), "路灯")} == {one, two, bare, three}
    assert elsewhere not in seen(drawn)
    # It reads; it does not act.
    with pytest.raises(Refused):
        act(drawn.by("officer"), number=one, action="report_in", fields={})


def test_no_area_opens_level_two(drawn: Cast, opened: Opened) -> None:
    from baodao.kernel.errors import Missing

    number = opened(place="g-1", level=2)
    give(drawn, A, "g-1")
    assert seen(drawn) == set()
    with pytest.raises(Missing):
        see(drawn.by("officer"), number)


def test_an_area_holds_from_its_day_until_the_next(drawn: Cast, opened: Opened) -> None:
    one, three = opened(place="g-1"), opened(place="g-3")
    give(drawn, "g-1")
    give(drawn, A2, since=TODAY + DAY)
    assert (seen(drawn), seen(drawn, NOW + DAY)) == ({one}, {three})
    with pytest.raises(Conflict):
        give(drawn, "g-2")
    give(drawn, since=TODAY + 2 * DAY)
    assert seen(drawn, NOW + 2 * DAY) == set()
    assert list(PostArea.objects.order_by("since").values_list("places", "until")) == [
        ("g-1", TODAY + DAY), (A2, TODAY + 2 * DAY),
    ]  # fmt: skip


def test_old_grids_lie_where_their_middle_lies_today(drawn: Cast, opened: Opened) -> None:
    number = opened(place="g-1")
    give(drawn, A2)
    assert seen(drawn) == set()
    draw_grids(
        system_act(NOW, key("redraw")),
        grids=[new_grid("g-1b", 0, A2, TODAY + DAY)],
        ends=[EndGrid("g-1", TODAY + DAY)],
    )
    assert seen(drawn, NOW + DAY) == {number}


def test_who_may_give_areas(drawn: Cast) -> None:
    for who in ("officer", "superior", "secretary", "sibling", "handler", "resident", "stranger"):
        with pytest.raises(Refused):
            give(drawn, "g-1", who=who)
    assert give(drawn, "g-1") == ["p-officer"]


def test_what_cannot_be_given_is_told_by_field(drawn: Cast) -> None:
    end_grids(system_act(NOW, key("end")), grids=[EndGrid("g-2", TODAY)])
    with pytest.raises(Invalid) as told:
        give(drawn, "g-2", "nowhere")
    assert [fault.field for fault in told.value.faults] == ["areas[0].places"]
    assert "g-2、nowhere" in told.value.faults[0].reason
    with pytest.raises(Invalid) as told:
        give_areas(system_act(NOW, key("area")), areas=[NewArea("p-nobody", TODAY, ("g-1",))])
    assert [fault.field for fault in told.value.faults] == ["areas[0].post"]


def test_areas_follow_from_their_facts_and_say_who_can_see(drawn: Cast, opened: Opened) -> None:
    opened(place="g-1")
    give(drawn, "g-1")
    give(drawn, A2, since=TODAY + DAY)
    before = everything()
    rebuild()
    assert everything() == before
    assert list(caches.check()) == []
    subject = Subject(ref="matter:x", org=A, level=1, place="g-1")
    assert ("area_officer", "area") in {(one.kind, one.reach) for one in watchers(READ, subject, TODAY)}
    assert "area_officer" not in {one.kind for one in watchers(READ, subject, TODAY + DAY)}
    PostArea.objects.update(places="g-2")
    assert len(list(caches.check())) == 1
    assert selectors.area("p-officer", TODAY) is not None


def test_the_page_gives_an_area_and_names_what_is_wrong(drawn: Cast, client: Any) -> None:
    from baodao.people.door import COOKIE
    from tests.security.world import cookie_of

    client.cookies[COOKIE] = cookie_of(drawn.uids["admin"])
    answer = client.post(
        "/desk/areas/",
        {"post": "p-officer", "places": "g-1，nowhere", "since": "2026-03-02", "command": "a-1"},
    )
    assert answer.status_code == 422 and "nowhere" in answer.content.decode()
    answer = client.post(
        "/desk/areas/", {"post": "p-officer", "places": f"g-1，{A2}", "since": "2026-03-02", "command": "a-2"}
    )
    assert answer.status_code == 303
    assert "p-officer" in client.get("/desk/areas/").content.decode()
    client.cookies[COOKIE] = cookie_of(drawn.uids["secretary"])
    assert client.get("/desk/areas/").status_code == 403
