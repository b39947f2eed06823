"""Legs that go to whoever comes after, and staff lists that follow the trees of the day."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps

from baodao.kernel.act import Subject, system_act
from baodao.kernel.errors import Conflict, Refused
from baodao.ledger.selectors import facts_of
from baodao.matters.models import Leg, Matter, Stake, TreeMark
from baodao.matters.move import Called
from baodao.matters.services import Draft, act, open_
from baodao.matters.succession import checks, keeper, restake
from baodao.orgs.handover import beats, caches, ports, selectors
from baodao.orgs.handover.models import Handover
from baodao.orgs.handover.services import assign, drop, open_sheet, pass_on, sign
from baodao.orgs.ruling import End, EndPost, Move, NewOrg, NewPost
from baodao.orgs.services import begin_posts, create_orgs, end_orgs, end_posts, move_orgs
from tests.matters.conftest import A2, HOME, NOW, START, STREET, A, B, Cast, everything, key

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Opened = Callable[..., str]
TODAY = date(2026, 3, 2)


def scopes(number: str) -> list[tuple[str, int]]:
    return sorted(Stake.objects.filter(matter=number).values_list("scope", "depth"), key=lambda one: one[1])


def now_is(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    monkeypatch.setattr("baodao.orgs.selectors.today", lambda: day)


@pytest.fixture(autouse=True)
def clock() -> Any:
    import time_machine

    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def taken(cast: Cast, opened: Opened) -> str:
    """A request that the grid worker took; the secretary then hands it to nobody."""
    number = opened()
    act(cast.by("worker", NOW + HOUR), number=number, action="report_in", fields={})
    return number


def other_street() -> str:
    create_orgs(
        system_act(NOW, key("org")), orgs=[NewOrg("990101002", "远街", "street", "street", START, HOME)]
    )
    return "990101002"


def next_worker(cast: Cast, code: str = "p-next", since: date = START) -> str:
    """Another grid worker of the same community."""
    from baodao.people.services.identity import Entry, enrol

    uid = enrol(system_act(NOW, key("enrol")), entries=[Entry(ref=code, name="接手人")]).uids[code]
    begin_posts(system_act(NOW, key("post")), posts=[NewPost(code, A, "grid_worker", uid, since)])
    cast.uids[code], cast.posts[code] = uid, (code, A)
    return code


def test_lists_follow_a_move_at_once_and_rebuild_gives_the_same_rows(
    cast: Cast, taken: str, clock: Any
) -> None:
    restake.run(NOW)
    far = other_street()
    move_orgs(system_act(NOW, key("move")), moves=[Move(A, far, TODAY)])
    assert list(checks.stakes()), "the lists are old until the worker comes"
    assert restake.run(NOW) == 1
    assert scopes(taken) == [(A, 0), (far, 1), (HOME, 2)]
    assert list(checks.check()) == []
    assert restake.run(NOW) == 0
    from baodao.ledger.services import rebuild

    before = everything()
    rebuild()
    assert everything() == before


def test_a_planned_move_changes_the_lists_on_its_day_and_not_before(
    cast: Cast, taken: str, clock: Any
) -> None:
    far = other_street()
    move_orgs(system_act(NOW, key("move")), moves=[Move(A, far, TODAY + DAY)])
    restake.run(NOW)
    assert scopes(taken) == [(A, 0), (STREET, 1), (HOME, 2)]
    clock.move_to(NOW + DAY)
    assert restake.run(NOW + DAY) == 1
    assert scopes(taken) == [(A, 0), (far, 1), (HOME, 2)]
    assert TreeMark.objects.get(name="stake").day == TODAY + DAY


def test_an_act_between_a_move_and_the_worker_leaves_no_row_of_the_former_superior(
    cast: Cast, taken: str, clock: Any
) -> None:
    restake.run(NOW)
    far = other_street()
    move_orgs(system_act(NOW, key("move")), moves=[Move(A, far, TODAY)])
    act(
        cast.by("worker", NOW + 2 * HOUR),
        number=taken,
        action="hand_over",
        fields={"org": B, "reason": "归住建委"},
    )
    assert scopes(taken) == [(B, 0), (HOME, 1)]


def test_rows_drawn_anew_keep_the_one_that_called(cast: Cast) -> None:
    from baodao.orgs.tree import Edge, Forest, Node

    def trees(*chain: str) -> Forest:
        nodes = [Node(one, "admin", "x", "x", one, "", START, None) for one in {*chain, "c"}]
        return Forest(nodes, [Edge(a, b, START, None) for a, b in pairwise(chain)])

    base = {"scope": "o", "depth": 0, "holder": "p", "seat": "", "matter": "m", "leg": 1, "kind": "k",
            "state": "s", "next_at": NOW, "level": 1, "caller": False}  # fmt: skip
    asks = {**base, "scope": "c", "depth": 1, "holder": "q", "caller": True}
    beside = restake.redrawn(
        [base, {**base, "scope": "x", "depth": 1, "holder": ""}, asks], trees("o", "y"), TODAY
    )
    assert [(row["scope"], row["depth"], row["caller"], row["holder"]) for row in beside] == [
        ("o", 0, False, "p"), ("y", 1, False, ""), ("c", 1, True, "q"),
    ]  # fmt: skip
    above = restake.redrawn([base, asks], trees("o", "y", "c"), TODAY)
    assert [(row["scope"], row["depth"], row["caller"], row["holder"]) for row in above] == [
        ("o", 0, False, "p"), ("y", 1, False, ""), ("c", 2, True, "q"),
    ]  # fmt: skip
    shut = restake.redrawn([{**base, "level": 2}], trees("o", "y"), TODAY)
    assert [row["scope"] for row in shut] == ["o"]


def test_only_the_system_draws_lists(cast: Cast, taken: str) -> None:
    for who in ("superior", "secretary", "resident", "stranger"):
        with pytest.raises(Refused):
            restake.restake(cast.by(who), org=A)


def signed_by_both(cast: Cast, heir: str, at: Any = NOW + 2 * HOUR) -> str:
    code = open_sheet(cast.by("worker", at), post="p-worker", heir=heir)
    assert sign(cast.by("worker", at), code=code, side="leaver", party="p-worker").wanting == 1
    assert sign(cast.by(heir, at), code=code, side="heir", party=heir).state == "signed"
    return code


def test_a_sheet_signed_by_both_takes_the_leg_over_and_no_clock_starts_anew(cast: Cast, taken: str) -> None:
    heir = next_worker(cast)
    before = Leg.objects.get(matter=taken, n=1)
    assert keeper.count(["p-worker", heir]) == {"p-worker": 1}
    code = signed_by_both(cast, heir)
    assert beats.pass_all(code, NOW + 3 * HOUR) == 1
    leg = Leg.objects.get(matter=taken, n=1)
    assert (leg.holder, leg.post, leg.state, leg.due) == (heir, "", before.state, before.due)
    assert Stake.objects.get(matter=taken, depth=0).holder == heir
    assert facts_of(f"matter:{taken}")[-1].data.to_post == heir
    assert (Handover.objects.get().state, Handover.objects.get().passed) == ("done", 1)
    assert keeper.count(["p-worker", heir]) == {heir: 1}
    # The successor goes on where it stood.
    act(cast.by(heir, NOW + 4 * HOUR), number=taken, action="note", fields={"text": "灯泡明天到"})
    assert list(caches.check()) == []


def test_the_tables_of_sheets_follow_from_their_facts(cast: Cast, taken: str, opened: Opened) -> None:
    from baodao.ledger.services import rebuild

    heir = next_worker(cast)
    code = open_sheet(cast.by("worker"), post="p-worker", heir=heir)
    assign(cast.by("worker"), code=code, heir="", items=[f"matters:{taken}/1"])
    sign(cast.by("secretary"), code=code, side="heir", party="")
    restake.run(NOW)
    before = everything()
    rebuild()
    assert everything() == before
    assert list(caches.check()) == []


def test_items_go_to_whom_each_was_given(cast: Cast, taken: str, opened: Opened) -> None:
    heir, second = next_worker(cast), opened("neighbour", NOW)
    act(cast.by("worker", NOW + HOUR), number=second, action="report_in", fields={})
    code = open_sheet(cast.by("worker"), post="p-worker", heir=heir)
    assign(cast.by("worker"), code=code, heir="", items=[f"matters:{second}/1"])
    sign(cast.by("worker"), code=code, side="leaver", party="p-worker")
    sign(cast.by(heir), code=code, side="heir", party=heir)
    assert Handover.objects.get().state == "open"
    sign(cast.by("secretary"), code=code, side="heir", party="")
    beats.pass_all(code, NOW + 2 * HOUR)
    assert dict(Leg.objects.values_list("matter", "holder")) == {taken: heir, second: ""}
    # Back with the office, any grid worker there may take it on.
    act(cast.by(heir, NOW + 3 * HOUR), number=second, action="note", fields={"text": "我来看"})


def test_what_was_signed_holds_no_longer_when_the_heirs_change(cast: Cast, taken: str) -> None:
    heir = next_worker(cast)
    code = open_sheet(cast.by("worker"), post="p-worker", heir=heir)
    sign(cast.by("worker"), code=code, side="leaver", party="p-worker")
    assign(cast.by(heir), code=code, heir="")
    assert Handover.objects.get().signs.count() == 0
    with pytest.raises(Refused):
        sign(cast.by(heir), code=code, side="heir", party=heir)


def test_a_superior_stands_in_with_a_reason_and_never_for_both(cast: Cast, taken: str) -> None:
    from baodao.kernel.errors import Invalid

    heir = next_worker(cast)
    code = open_sheet(cast.by("secretary"), post="p-worker", heir=heir)
    with pytest.raises(Invalid):
        sign(cast.by("superior"), code=code, side="leaver", party="p-worker")
    sign(cast.by("superior"), code=code, side="leaver", party="p-worker", reason="本人已调离")
    with pytest.raises(Conflict):
        sign(cast.by("superior"), code=code, side="heir", party=heir, reason="替他收")
    assert sign(cast.by(heir), code=code, side="heir", party=heir).state == "signed"


def test_one_person_in_two_posts_does_not_sign_both_sides(cast: Cast, taken: str) -> None:
    begin_posts(
        system_act(NOW, key("post")),
        posts=[NewPost("p-second", A, "grid_worker", cast.uids["worker"], START)],
    )
    code = open_sheet(cast.by("worker"), post="p-worker", heir="p-second")
    sign(cast.by("worker"), code=code, side="leaver", party="p-worker")
    with pytest.raises(Conflict) as told:
        sign(cast.by("worker"), code=code, side="heir", party="p-second")
    assert "另一个人" in told.value.faults[0].remedy
    assert (
        sign(cast.by("secretary"), code=code, side="heir", party="p-second", reason="一人两岗").state
        == "signed"
    )


def test_who_may_make_and_sign_a_sheet(cast: Cast, taken: str) -> None:
    heir = next_worker(cast)
    for who in ("sibling", "handler", "head", "clerk", "resident", "stranger"):
        with pytest.raises(Refused):
            open_sheet(cast.by(who), post="p-worker", heir=heir)
    code = open_sheet(cast.by("superior"), post="p-worker", heir=heir)
    with pytest.raises(Conflict):
        open_sheet(cast.by("secretary"), post="p-worker", heir=heir)
    for who in ("sibling", "handler", "head", "clerk", "resident", "stranger"):
        for attempt in (
            lambda by: sign(by, code=code, side="leaver", party="p-worker", reason="试试"),
            lambda by: assign(by, code=code, heir=""),
            lambda by: drop(by, code=code),
            lambda by: pass_on(by, code=code),
        ):
            with pytest.raises(Refused):
                attempt(cast.by(who))
    with pytest.raises(Refused):
        drop(cast.by("worker"), code=code)
    assert drop(cast.by("secretary"), code=code) == code
    with pytest.raises(Conflict):
        sign(cast.by("worker"), code=code, side="leaver", party="p-worker")


def test_a_sheet_made_void_before_it_was_kept_when_knows_it_after_the_upgrade(cast: Cast, taken: str) -> None:
    code = open_sheet(cast.by("secretary"), post="p-worker", heir=next_worker(cast))
    drop(cast.by("secretary"), code=code)
    when = Handover.objects.get(code=code).dropped
    assert when is not None
    Handover.objects.update(dropped=None)
    assert list(caches.check()) == [f"hand-over {code}: does not follow from its facts; run `baodao rebuild`"]
    import_module("baodao.orgs.migrations.0012_handover_dropped_when").tell(apps, None)
    assert Handover.objects.get(code=code).dropped == when
    assert list(caches.check()) == []


def test_the_latest_leavers_are_asked_each_time_and_the_others_by_turns(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "ASKED", 2)
    codes = [f"p-gone-{n}" for n in range(6)]
    first = TODAY - timedelta(days=20)
    begin_posts(
        system_act(NOW, key("begin")),
        posts=[NewPost(code, A, "grid_worker", cast.uids["worker"], first) for code in codes],
    )
    for n, code in enumerate(codes):
        end_posts(system_act(NOW, key("end")), posts=[EndPost(code, first + timedelta(days=n + 1))])
    asked: list[list[str]] = []

    def open_of(posts: list[str]) -> dict[str, int]:
        asked.append([post for post in posts if post in codes])
        return {}

    monkeypatch.setattr(selectors.ports, "open_of", open_of)
    for turn in range(4):
        selectors.left_behind(TODAY, 9, turn=turn)
    newest = codes[:-3:-1]
    assert asked == [
        [*newest, codes[3], codes[2]],
        [*newest, codes[1], codes[0]],
        [*newest, codes[3], codes[2]],
        [*newest, codes[1], codes[0]],
    ]


def test_a_sheet_signed_early_goes_over_on_its_day_with_what_came_meanwhile(
    cast: Cast, taken: str, opened: Opened, clock: Any
) -> None:
    heir, last = next_worker(cast, since=TODAY + DAY), TODAY + DAY
    end_posts(system_act(NOW, key("end")), posts=[EndPost("p-worker", last)])
    code = open_sheet(cast.by("worker"), post="p-worker", heir=heir)
    assert Handover.objects.get().day == last
    sign(cast.by("worker"), code=code, side="leaver", party="p-worker")
    sign(cast.by("secretary"), code=code, side="heir", party=heir, reason="新人明天到岗")
    later = opened("neighbour", NOW)
    act(cast.by("worker", NOW + HOUR), number=later, action="report_in", fields={})
    assert beats.run_due(NOW + HOUR) == 0
    clock.move_to(NOW + DAY)
    assert list(caches.left_open(last)) == [
        f"post p-worker ended on {last} and still holds 2 open items: make a hand-over sheet"
    ]
    assert beats.run_due(NOW + DAY) == 1
    assert set(Leg.objects.values_list("holder", flat=True)) == {heir}
    assert list(caches.check()) == []


def test_open_work_of_an_organization_that_ended_goes_to_its_successor(
    cast: Cast, taken: str, clock: Any
) -> None:
    clock.move_to(NOW + DAY)
    for post in ("p-worker", "p-secretary"):
        end_posts(system_act(NOW + DAY, key("end")), posts=[EndPost(post, TODAY + DAY)])
    end_orgs(system_act(NOW + DAY, key("end")), ends=[End(A, TODAY + DAY, A2)])
    assert beats.run_ended(NOW + DAY) == 1
    leg = Leg.objects.get(matter=taken, n=1)
    assert (leg.org, leg.holder, leg.state) == (A2, "", "reported")
    restake.run(NOW + DAY)
    assert scopes(taken) == [(A2, 0), (STREET, 1), (HOME, 2)]
    assert list(checks.check()) == []
    assert beats.run_ended(NOW + DAY) == 0
    act(
        cast.by("sibling", NOW + DAY + HOUR),
        number=taken,
        action="answer",
        fields={"claim": "solved", "result": "好"},
    )


def test_what_an_ended_organization_had_done_is_seen_by_who_came_after_and_who_stands_above(
    cast: Cast, taken: str, clock: Any
) -> None:
    from baodao.ledger.services import rebuild
    from baodao.matters.selectors import visible_to
    from baodao.orgs.powers.watchers import watchers

    act(
        cast.by("secretary", NOW + HOUR),
        number=taken,
        action="answer",
        fields={"claim": "solved", "result": "好"},
    )
    far, late = other_street(), NOW + DAY
    assert Leg.objects.get(matter=taken).ended is not None
    clock.move_to(late)
    for post in ("p-worker", "p-secretary"):
        end_posts(system_act(late, key("end")), posts=[EndPost(post, TODAY + DAY)])
    move_orgs(system_act(late, key("move")), moves=[Move(A2, far, TODAY + DAY)])
    assert not visible_to(cast.by("sibling", late)).exists()
    end_orgs(system_act(late, key("end")), ends=[End(A, TODAY + DAY, A2)])
    for who, sees in (
        ("sibling", True),
        ("superior", True),
        ("clerk", True),
        ("handler", False),
        ("head", False),
    ):
        assert visible_to(cast.by(who, late)).exists() is sees, who
    subject = Subject(ref=f"matter:{taken}", org=A, level=1, legs=((A, ""),))
    assert {(one.org, one.kind) for one in watchers("matter.read", subject, TODAY + DAY)} >= {
        (A2, "community_secretary"), (STREET, "department_head"),
    }  # fmt: skip
    restake.run(late)
    before = everything()
    rebuild()
    assert everything() == before and list(checks.check()) == []


def test_who_comes_after_a_caller_rules_in_its_place(cast: Cast, opened: Opened, clock: Any) -> None:
    """A community whistled and ended before it could rule: its successor has the leg on its list, and rules."""
    from baodao.matters import listing

    fields = {"source": "street", "title": "井盖", "text": "井盖塌了"}
    draft = Draft(procedure="whistle", org=A, kind="facility", fields=fields, calls=(Called(B, role="lead"),))
    number = open_(cast.by("secretary"), matters=[draft]).numbers[0]
    act(cast.by("handler", NOW + HOUR), number=number, action="report_in", fields={})
    act(cast.by("handler", NOW + 2 * HOUR), number=number, action="cannot", fields={"reason": "要等雨停"})
    late = NOW + DAY
    clock.move_to(late)
    for post in ("p-worker", "p-secretary"):
        end_posts(system_act(late, key("end")), posts=[EndPost(post, TODAY + DAY)])
    end_orgs(system_act(late, key("end")), ends=[End(A, TODAY + DAY, A2)])
    restake.run(late)
    beats.run_ended(late)
    by = cast.by("sibling", late)
    asks = listing.items(by, listing.stakes(by, listing.Wish(view="asks"), late))
    assert [item.number for item in asks] == [number]
    rule = {"came": "yes", "did": "no", "verdict": "cannot"}
    with pytest.raises(Refused):
        act(cast.by("head", late), number=number, leg=1, action="rule", fields=rule)
    act(cast.by("sibling", late), number=number, leg=1, action="rule", fields=rule)
    assert Leg.objects.get(matter=number, n=1).verdict == "cannot"
    assert list(checks.check()) == []


def grid(code: str, x: float, org: str) -> None:
    from baodao.places.services import NewGrid, draw_grids

    ring = [
        (107.0 + 0.01 * x + dx, 29.0 + dy) for dx, dy in ((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01), (0, 0))
    ]
    polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
    made = NewGrid(code=code, org=org, name=code, since=START, polygon=polygon)
    draw_grids(system_act(NOW, key("grid")), grids=[made])


def split_street(cast: Cast, *more: Any) -> str:
    """From tomorrow the first community lies in a new street. Gives its code."""
    from baodao.orgs.plans.lines import Asked
    from baodao.orgs.plans.services import add_lines, confirm_plan, draft_plan

    new = "990101009"
    plan = draft_plan(system_act(NOW, key("plan")), org=HOME, title="分街", day=TODAY + DAY)
    rows = [Asked("split", STREET, code=new, name="新街", members=(A,)), *more]
    add_lines(system_act(NOW, key("plan")), code=plan, rows=rows)
    confirm_plan(system_act(NOW, key("plan")), code=plan)
    return new


@pytest.fixture
def divided(cast: Cast, opened: Opened) -> dict[str, str]:
    """Three requests with the street: on the first community's ground, on the second's, and without a place."""
    grid("g-1", 0, A)
    grid("g-2", 1, A2)
    places = {"first": "g-1", "second": "g-2", "none": ""}
    return {name: opened(org=STREET, place=place) for name, place in places.items()}


def with_whom(numbers: dict[str, str]) -> dict[str, str]:
    return {name: Leg.objects.get(matter=number, n=1).org for name, number in numbers.items()}


def test_a_split_divides_open_work_by_its_place(
    cast: Cast, divided: dict[str, str], opened: Opened, clock: Any
) -> None:
    new = split_street(cast)
    assert beats.run_ended(NOW) == 0
    late = NOW + DAY
    clock.move_to(late)
    assert beats.run_ended(late) == 1
    assert with_whom(divided) == {"first": new, "second": STREET, "none": STREET}
    assert facts_of(f"org:{STREET}")[-1].data.part == new
    # What is sent to the old street from now on stays where it was sent.
    later = opened(at=late + HOUR, org=STREET, place="g-1")
    assert beats.run_ended(late + 2 * HOUR) == 0
    assert Leg.objects.get(matter=later, n=1).org == STREET
    restake.run(late)
    assert list(checks.check()) == []


def test_a_street_that_ends_in_two_gives_each_its_ground_and_the_rest_to_the_one_named(
    cast: Cast, divided: dict[str, str], clock: Any
) -> None:
    from baodao.matters.selectors import visible_to
    from baodao.orgs.plans.lines import Asked

    other = other_street()
    posts = [Asked("end", STREET, post=f"p-{who}") for who in ("superior", "clerk")]
    new = split_street(cast, Asked("move", A2, other), Asked("dissolve", STREET, other), *posts)
    late = NOW + DAY
    clock.move_to(late)
    restake.run(late)
    assert beats.run_ended(late) == 3
    assert with_whom(divided) == {"first": new, "second": other, "none": other}
    heads = [next_head(cast, org, late) for org in (new, other)]
    for head in heads:
        assert visible_to(cast.by(head, late)).count() == 3
    assert list(checks.check()) == []


def test_a_part_without_ground_waits_for_it(cast: Cast, divided: dict[str, str], clock: Any) -> None:
    from baodao.orgs.plans.lines import Asked
    from baodao.orgs.plans.services import add_lines, confirm_plan, draft_plan

    plan = draft_plan(system_act(NOW, key("plan")), org=HOME, title="分社区", day=TODAY + DAY)
    add_lines(
        system_act(NOW, key("plan")), code=plan, rows=[Asked("split", STREET, code="990101009", name="新街")]
    )
    confirm_plan(system_act(NOW, key("plan")), code=plan)
    late = NOW + DAY
    clock.move_to(late)
    assert beats.run_ended(late) == 0
    move_orgs(system_act(late, key("move")), moves=[Move(A2, "990101009", TODAY + DAY)])
    assert beats.run_ended(late + HOUR) == 1
    assert with_whom(divided)["second"] == "990101009"


def next_head(cast: Cast, org: str, at: Any) -> str:
    """Somebody who heads an organization from now on."""
    from baodao.people.services.identity import Entry, enrol

    code = f"p-{org}"
    uid = enrol(system_act(at, key("enrol")), entries=[Entry(ref=code, name="新主任")]).uids[code]
    begin_posts(system_act(at, key("post")), posts=[NewPost(code, org, "department_head", uid, TODAY + DAY)])
    cast.uids[code], cast.posts[code] = uid, (code, org)
    return code


def test_nothing_goes_to_another_office_or_to_who_is_gone_by_then(cast: Cast, taken: str, clock: Any) -> None:
    from baodao.kernel.errors import Invalid

    for heir in ("p-handler", "p-worker", "nobody"):
        with pytest.raises(Invalid):
            open_sheet(cast.by("worker"), post="p-worker", heir=heir)
    heir = next_worker(cast)
    code = open_sheet(cast.by("worker"), post="p-worker", heir=heir, day=TODAY + DAY)
    sign(cast.by("worker"), code=code, side="leaver", party="p-worker")
    sign(cast.by(heir), code=code, side="heir", party=heir)
    end_posts(system_act(NOW, key("end")), posts=[EndPost(heir, TODAY + DAY)])
    clock.move_to(NOW + DAY)
    assert beats.run_due(NOW + DAY) == 1
    assert list(Leg.objects.values_list("org", "holder")) == [(A, "")]


def test_doctor_names_a_leg_with_a_stranger_and_lists_that_do_not_follow(cast: Cast, taken: str) -> None:
    assert list(checks.check()) == []
    Stake.objects.filter(matter=taken, depth=1).delete()
    Leg.objects.filter(matter=taken).update(holder="p-handler")
    told = list(checks.check())
    assert len(told) == 2 and "do not follow" in told[0] and "no post of" in told[1]


def test_promises_and_calls_are_listed_but_only_follow(cast: Cast, taken: str) -> None:
    Matter.objects.filter(number=taken).update(promise="2026-03-05")
    listed = {(one.name, item.key): item for one, item in ports.refs_of("p-worker", 10)}
    assert listed["promises", f"{taken}/1"].due == date(2026, 3, 5)
    assert "路灯" in listed["matters", f"{taken}/1"].words
    assert ports.open_of(["p-worker"]) == {"p-worker": 1}


def test_the_interface_lists_sheets_and_plans_as_the_desk_does(cast: Cast, taken: str, client: Any) -> None:
    from tests.security.world import bearer_of

    heir = next_worker(cast)
    sheet, plan = open_sheet(cast.by("worker"), post="p-worker", heir=heir), split_street(cast)
    told = {}
    for who in ("secretary", "superior", "sibling", "handler", "worker"):
        headers = bearer_of(cast.uids[who], f"p-{who}")
        for name in ("handovers", "plans"):
            answer = client.get(f"/api/v1/{name}/", headers=headers)
            assert answer.status_code == 200, (who, name, answer.content)
            told[who, name] = [row["code"] for row in answer.json()["rows"]]
    assert [who for who in ("secretary", "superior", "sibling", "handler", "worker") if told[who, "handovers"] == [sheet]] == [
        "secretary", "superior", "worker",
    ]  # fmt: skip
    assert plan and not any(told[who, "plans"] for who in ("secretary", "sibling", "handler", "worker"))
    assert client.get("/api/v1/plans/").status_code == 401
