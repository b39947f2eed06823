"""Lists of courses and homes ask the database for eight statements at most, and as many for two rows as for nine."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.stories.test_D10_training import workers
from tests.stories.test_N04_homes import HOME, homes
from tests.support.town import DISTRICT, STREET, A, B, at, local, town, words

__all__ = ["town"]
DAY = date(2026, 11, 23)
#: The door of a signed-in page asks its own statements; what the page itself asks lies above them.
STAFF = (
    "/desk/courses/", "/desk/courses/orders/", "/desk/courses/lecturers/", "/desk/courses/loudspeaker/", "/desk/courses/pace/",
    "/desk/classes/", "/desk/calls/", "/desk/training-plans/",
)  # fmt: skip
PUBLIC = ("/courses/", "/calls/", "/answers/", "/quick/", "/apply/", "/help/", "/ask/")


def system(name: str) -> Any:
    from baodao.kernel.act import system_act

    return system_act(local("11-23 09:00"), f"lists-{name}")


def grow(town: Any, first: int, count: int) -> None:
    """So many more of everything that is listed."""
    from baodao.gather.courses.programmes.calls import NewCall, open_calls
    from baodao.gather.courses.programmes.facts import Goal
    from baodao.gather.courses.programmes.goals import NewPlan, set_plans
    from baodao.gather.courses.programmes.services import NewClass, NewSession, add_sessions, open_classes
    from baodao.gather.courses.services import NewOffer, Telling, make_offers, tell_lecturers
    from baodao.gather.homes.services import join_home
    from baodao.kernel.act import Act, Grant
    from baodao.matters.services import Draft, open_
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts

    for n in range(first, first + count):
        org = (A, B, STREET)[n % 3]
        post = NewPost(
            code=f"p-jiang-{n}", org=org, kind="lecturer", person=town.uids["handler"], since=date(2024, 1, 1)
        )
        begin_posts(system(f"post-{n}"), posts=[post])
        make_offers(system(f"o-{n}"), offers=[NewOffer(org, "law", f"题目{n}", ("yard",), DAY)])
        tell_lecturers(system(f"l-{n}"), lecturers=[Telling(f"p-jiang-{n}", ("law",))])
        [code] = open_classes(system(f"c-{n}"), classes=[NewClass(STREET, "community_basics", f"班{n}", DAY)])
        session = NewSession(
            starts=local(f"11-{24 + n % 5} 0{n % 8 + 1}:00"), minutes=30, course="requests", way="on_site"
        )
        add_sessions(system(f"s-{n}"), code=code, sessions=[session])
        open_calls(
            system(f"a-{n}"), calls=[NewCall(DISTRICT, "challenge", f"通知{n}", "单位", "好不好", DAY, DAY)]
        )
        set_plans(
            system(f"p-{n}"),
            plans=[NewPlan(STREET, f"规划{n}", 2026, 2027, (Goal("grid_worker", 2026, 1, 4),))],
        )
        grants = (Grant("help.open", "any", A, 2, ""),)
        asked = Act(
            "person",
            local("11-23 09:00"),
            local("11-23 09:00"),
            f"h-{n}",
            person=town.uids["resident"],
            grants=grants,
        )
        open_(asked, matters=[Draft(procedure="help", org=HOME)])
        if n == first:
            join_home(asked.__class__(**{**_fields(asked), "command": f"j-{n}"}), home=HOME)
    _orders(town, first, count)


def _fields(act: Any) -> dict[str, Any]:
    return {name: getattr(act, name) for name in act.__struct_fields__}


def _orders(town: Any, first: int, count: int) -> None:
    import re

    for n in range(first, first + count):
        page = f"/desk/courses/offers/of-{n + 1:06}/"
        body = town.desk("secretary").get(page).content.decode()
        found = re.search(r'name="command" value="([^"]+)"', body)
        assert found, page
        typed = {"command": found[1], "do": "order", "form": "yard", "lecturer": f"p-jiang-{n}"}
        assert town.desk("secretary").post(page, typed).status_code == 303


def reader(address: str) -> str:
    """Who has something to read there: orders are the community's, what is missing a grid worker's."""
    return (
        "secretary"
        if "loud" in address or "orders" in address
        else "neighbour"
        if "/classes/" in address
        else "superior"
    )


def asked(browser: Any, address: str) -> int:
    """Statements of a page, the second time it is read."""
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as said:
        assert browser.get(address).status_code == 200, address
    return len(said)


@pytest.mark.usefixtures("town")
def test_every_list_is_flat_and_short(town: Any) -> None:
    homes(town)
    workers(town, neighbour="grid_worker")
    with at("11-23 09:00"):
        grow(town, 0, 2)
        phone = town.phone("resident").browser
        doors = {"desk": asked(town.desk("superior"), "/desk/me/"), "portal": asked(phone, "/me/")}
        town.desk("neighbour").post("/desk/me/post/", {"post": "p-neighbour-new"})
        few = {one: asked(town.desk(reader(one)), one) for one in STAFF}
        few |= {one: asked(phone, one) for one in PUBLIC}
        grow(town, 2, 7)
        many = {one: asked(town.desk(reader(one)), one) for one in STAFF}
        many |= {one: asked(phone, one) for one in PUBLIC}
        assert "还缺" in words(town.desk("neighbour").get("/desk/classes/"))
    assert many == few
    assert not {one: n for one, n in many.items() if n > 8}, (many, doors)
