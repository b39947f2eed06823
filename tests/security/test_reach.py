"""Over generated trees, posts and levels: object check, lists, search, export, interface and page open exactly what the rule
of the house opens, for everybody."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from baodao.kernel.act import Act, Subject, system_act
from baodao.kernel.errors import Missing
from baodao.kernel.jobs import run_due
from baodao.matters.succession import restake
from baodao.orgs.areas.services import NewArea, give_areas
from baodao.orgs.handover import beats
from baodao.orgs.ruling import End, EndPost, Move
from baodao.orgs.services import end_orgs, end_posts, move_orgs
from baodao.places.services import NewGrid, draw_grids
from tests.matters.conftest import NOW, packs

from .printed import Policy, printed

__all__ = ["packs"]
START = date(2024, 1, 1)
_n = count(1)
#: level of an organization → kinds of post that are put there, with their printed titles.
KINDS = {
    "district": ("supervisor", "auditor", "administrator", "level_ruler"),
    "street": ("department_head", "desk_clerk"),
    "department": ("area_officer", "handler", "office_head", "department_head"),
    "community": ("community_secretary", "grid_worker"),
}
WORD = "路灯不亮"


@st.composite
def districts(draw: Any) -> dict[str, Any]:
    """A tree of 4–8 organizations, a post or two in each, matters of levels 1 to 3 all over it; then some organizations end,
    one after the other, into another one or into nothing, before or after the worker hands their open work on."""
    streets = draw(st.integers(1, 2))
    orgs = [("d", "", "district")]
    for s in range(streets):
        orgs.append((f"d-s{s}", "d", "street"))
        orgs += [(f"d-s{s}-c{c}", f"d-s{s}", "community") for c in range(draw(st.integers(1, 2)))]
    orgs.append(("d-b", "d", "department"))
    posts = [
        (org, draw(st.sampled_from(KINDS[level])))
        for org, _parent, level in orgs
        for _ in range(draw(st.integers(1, 2)))
    ]
    codes = [org for org, _parent, level in orgs if level != "district"]
    ground = [org for org, _parent, level in orgs if level == "community"]
    ground += [f"{org}-g" for org in ground]
    matters = draw(
        st.lists(
            st.tuples(
                st.sampled_from(codes), st.integers(1, 3), st.booleans(), st.sampled_from([*codes, ""]), st.booleans()
            ),
            min_size=3, max_size=6,
        )
    )  # fmt: skip
    ends = draw(st.lists(st.tuples(st.sampled_from(codes), st.sampled_from([*codes, ""])), max_size=4))
    areas = [draw(st.lists(st.sampled_from(ground), max_size=2)) for _one in posts]
    return {
        "areas": areas,
        "orgs": orgs,
        "posts": posts,
        "matters": matters,
        "ends": ends,
        "worked": draw(st.booleans()),
    }


class Built:
    """The district in the database, and what the printed matrix says of it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        from baodao.orgs.ruling import NewOrg, NewPost
        from baodao.orgs.selectors import post_kinds
        from baodao.orgs.services import begin_posts, bind_pack, create_orgs
        from baodao.people.services.identity import Entry, enrol

        mark = f"r{next(_n)}"
        self.mark = mark
        kinds = {"district": "district", "street": "street", "department": "bureau", "community": "community"}

        def system() -> Act:
            return system_act(NOW, f"{mark}-{next(_n)}")

        def code(org: str) -> str:
            return f"{mark}{org}" if org else ""

        create_orgs(
            system(),
            orgs=[
                NewOrg(
                    code=code(org),
                    name=code(org),
                    level=level,
                    kind=kinds[level],
                    since=START,
                    parent=code(parent),
                )
                for org, parent, level in plan["orgs"]
            ],
        )
        bind_pack(system(), org=code("d"), pack="drawn", since=START)
        people = [f"{mark}p{n}" for n in range(len(plan["posts"]))]
        residents = [f"{mark}-r1", f"{mark}-r2"]
        entries = [Entry(ref=who, name=f"某{who}", kind="staff") for who in people]
        entries += [Entry(ref=who, name=f"某{who}", kind="resident") for who in residents]
        self.uids = enrol(system(), entries=entries).uids
        rows = list(zip(people, plan["posts"], strict=True))
        begin_posts(
            system(),
            posts=[NewPost(who, code(org), kind, self.uids[who], START) for who, (org, kind) in rows],
        )
        titles = {name: kind.title_en for name, kind in post_kinds("drawn").items()}
        tree = {code(org): code(parent) for org, parent, _level in plan["orgs"]}
        posts = {who: (code(org), titles[kind], who) for who, (org, kind) in rows}
        self.policy = Policy(printed("drawn"), tree, posts)
        self.people, self.residents = people, residents
        self.numbers: dict[str, str] = {}
        self.now = NOW
        self._draw(plan, code)
        for n, (org, level, taken, over, placed) in enumerate(plan["matters"]):
            place = f"{code(org)}-g" if placed and f"{code(org)}-g" in self.policy.grids else ""
            self._open(residents[n % 2], code(org), level, taken=taken, over=code(over), place=place)
        for org, heir in plan["ends"]:
            self._end(code(org), code(heir))
        if plan["ends"]:
            restake.run(self.now)
        if plan["ends"] and plan["worked"]:
            beats.run_ended(self.now)

    def _draw(self, plan: dict[str, Any], code: Any) -> None:
        """A grid for each community; areas for the posts that have one."""
        homes = [code(org) for org, _parent, level in plan["orgs"] if level == "community"]
        grids = []
        for n, home in enumerate(homes):
            ring = [
                [107 + n / 10 + x, 29 + y] for x, y in ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01), (0, 0))
            ]
            polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
            grids.append(NewGrid(code=f"{home}-g", org=home, name=home, since=START, polygon=polygon))
        draw_grids(system_act(NOW, f"{self.mark}-grids"), grids=grids)
        self.policy.grids = {f"{home}-g": home for home in homes}
        held = zip(self.people, plan["posts"], plan["areas"], strict=True)
        for who, (_org, kind), places in held:
            if kind == "area_officer" and places:
                self.policy.areas[who] = [code(one) for one in places]
        given = [
            NewArea(who, START, tuple(dict.fromkeys(places))) for who, places in self.policy.areas.items()
        ]
        if given:
            give_areas(system_act(NOW, f"{self.mark}-areas"), areas=given)

    def _end(self, org: str, heir: str) -> None:
        """One organization less the next day; what lay under it goes to the successor, else to the one above."""
        policy = self.policy
        if org in policy.ended:
            return
        self.now += timedelta(days=1)
        day, above = timezone.localdate(self.now), policy.tree[org]
        heir = "" if heir == org else heir
        home = heir if heir and heir not in policy.ended and org not in policy.chain(heir) else above

        def system() -> Act:
            return system_act(self.now, f"{self.mark}-{next(_n)}")

        below = [
            child for child, parent in policy.tree.items() if parent == org and child not in policy.ended
        ]
        if below:
            self.now += timedelta(days=1)
            move_orgs(system(), moves=[Move(child, home, day) for child in below])
            policy.tree.update(dict.fromkeys(below, home))
            day = timezone.localdate(self.now)
        gone = [EndPost(who, day) for who, (place, *_rest) in policy.posts.items() if place == org]
        if gone:
            end_posts(system(), posts=gone)
        end_orgs(system(), ends=[End(org, day, heir)])
        policy.ended[org] = (heir, above)
        for one in gone:
            self.people.remove(one.code)
            del policy.posts[one.code]

    def _open(self, who: str, org: str, level: int, *, taken: bool, over: str, place: str) -> None:
        """A request of a resident; taken up by somebody of its unit, perhaps handed over to another."""
        from baodao.kernel.errors import Problem
        from baodao.matters.services import Draft, act, open_

        draft = Draft(
            procedure="request",
            org=org,
            place=place,
            kind="road",
            fields={"text": f"{WORD}，第{next(_n)}处"},
            level=min(level, 2),
        )
        number = open_(self.by(who), matters=[draft]).numbers[0]
        self.numbers[number] = who
        steps = [("report_in", {})] if taken else []
        steps += [("hand_over", {"org": over, "reason": "归那里管"})] if over and over != org else []
        steps += [("raise_level", {"level": "3", "reason": "有未成年人"})] if level == 3 else []
        for action, fields in steps:
            for person in self.people:
                try:
                    act(self.by(person), number=number, action=action, fields=fields)
                    break
                except Problem:
                    continue

    def by(self, who: str) -> Act:
        from baodao.orgs.selectors import standing

        grants = standing(self.uids[who], who).grants if who in self.policy.posts else ()
        post = who if who in self.policy.posts else ""
        return Act(
            kind="person", happened=self.now, noted=self.now, command=f"{self.mark}-{next(_n)}", person=self.uids[who], post=post,
            grants=grants,
        )  # fmt: skip

    def todo(self, who: str, legs: dict[str, list[tuple[str, str]]], levels: dict[str, int]) -> set[str]:
        """Whose open legs the printed lines open: the to-do list is of legs, not of who looks after the matter."""
        if who not in self.policy.posts:
            return set()
        return {
            number
            for number, held in legs.items()
            if self.policy.may(
                who, "matter.read", Subject(ref=number, level=levels[number], legs=tuple(held))
            )
            or (levels[number] <= 1 and self.policy.inside(who, Subject(ref=number, **_place(number))))
        }

    def opened(self, who: str) -> set[str]:
        """What the printed lines open to somebody."""
        from .world import subjects

        return {
            number
            for number, subject in subjects(self.numbers).items()
            if self.policy.may(who, "matter.read", subject, person=self.numbers[number])
        }


def agree(made: Built, browser: Client | None) -> None:
    """Every way to see matters, for everybody. Pages and interface only where a browser is given."""
    from baodao.matters import finding, listing, selectors
    from baodao.matters.legsheet import export
    from baodao.matters.models import Leg, Matter

    levels = dict(Matter.objects.values_list("number", "level"))
    open_legs: dict[str, list[tuple[str, str]]] = {}
    for leg in Leg.objects.filter(ended__isnull=True):
        open_legs.setdefault(leg.matter, []).append((leg.org, leg.seat))
    for who in (*made.people, *made.residents):
        by, opened = made.by(who), made.opened(who)
        told = f"{who} {made.policy.posts.get(who)}"
        single = {number for number in made.numbers if _sees(by, number)}
        assert single == opened, f"object check: {told}"
        listed = list(selectors.visible_to(by).values_list("number", flat=True))
        assert sorted(listed) == sorted(opened), f"list: {told}"
        if who in made.people:  # residents have no search: their own are on one list
            found = {hit.number for hit in finding.search(by, "路灯")}
            assert found == {number for number in opened if levels[number] <= 1}, f"search: {told}"
            for number in made.numbers:
                assert (number in {hit.number for hit in finding.search(by, number)}) == (number in opened), (
                    f"number: {told}"
                )
            items = listing.items(by, listing.stakes(by, listing.Wish(), made.now))
            todo = made.todo(who, open_legs, levels)
            assert {item.number for item in items} == todo <= opened, f"to-do: {told}"
            assert len({(item.number, item.leg) for item in items}) == len(items)
            org = made.policy.posts[who][0]
            sheet = io.BytesIO()
            export.write_sheet(sheet, by, org, "")
            assert _numbers(sheet) <= opened, f"export: {told}"
        if browser is not None:
            _over_http(made, browser, who, opened, made.todo(who, open_legs, levels))


def _place(number: str) -> dict[str, str]:
    """Where a matter lies, for the lines that ask for it: in a grid, or on the ground of who holds it."""
    from baodao.matters.models import Matter

    org, place = Matter.objects.values_list("org", "place").get(number=number)
    return {"place": place} if place else {"org": org}


def _sees(by: Act, number: str) -> bool:
    from baodao.matters import selectors

    try:
        selectors.see(by, number)
    except Missing:
        return False
    return True


def _numbers(sheet: io.BytesIO) -> set[str]:
    from python_calamine import CalamineWorkbook

    sheet.seek(0)
    book = CalamineWorkbook.from_filelike(sheet)
    cells = [
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    return {cell for cell in cells if cell.startswith("HQ-") and len(cell) == 14}


def _over_http(made: Built, browser: Client, who: str, opened: set[str], todo: set[str]) -> None:
    """Page, export and interface of staff; the own page of residents."""
    from baodao.people.door import COOKIE

    from .world import bearer_of, cookie_of

    browser.cookies.clear()
    browser.cookies[COOKIE] = cookie_of(made.uids[who])
    address = "/desk/matters/{}/" if who in made.people else "/requests/{}/"
    for number in made.numbers:
        assert browser.get(address.format(number)).status_code == (200 if number in opened else 404), who
    if who not in made.people:
        return
    job = browser.post("/desk/todo/sheet/", {"query": ""})["Location"]
    run_due(timezone.now())
    sheet = io.BytesIO(b"".join(browser.get(f"{job}todo.xlsx").streaming_content))  # type: ignore[attr-defined]
    assert _numbers(sheet) == todo
    headers = bearer_of(made.uids[who], who)
    rows = browser.get("/api/v1/matters/", headers=headers).json()["rows"]
    assert {row["number"] for row in rows} == opened
    for number in made.numbers:
        answer = browser.get(f"/api/v1/matters/{number}/", headers=headers)
        assert answer.status_code == (200 if number in opened else 404)


def _settings(examples: int) -> Any:
    return settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


def check(plan: dict[str, Any], *, http: bool) -> None:
    """One generated district, built, looked at from everywhere, and undone."""
    note(repr(plan))
    from django.db import transaction

    from tests.matters.conftest import _forget

    _forget()
    with transaction.atomic():
        made = Built(plan)
        agree(made, Client() if http else None)
        transaction.set_rollback(True)
    _forget()


@_settings(4)
@given(plan=districts())
def test_every_way_to_see_a_matter_opens_the_same(db: Any, packs: Any, plan: dict[str, Any]) -> None:
    check(plan, http=False)


@_settings(2)
@given(plan=districts())
def test_pages_exports_and_interface_open_the_same(db: Any, packs: Any, plan: dict[str, Any]) -> None:
    check(plan, http=True)


@pytest.mark.long
@_settings(80)
@given(plan=districts(), http=st.booleans())
def test_every_way_opens_the_same_over_many_districts(
    db: Any, packs: Any, plan: dict[str, Any], http: bool
) -> None:
    check(plan, http=http)
