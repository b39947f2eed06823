"""Legs that go to whoever comes after, and staff lists that follow the trees of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from baodao.kernel.act import system_act
from baodao.kernel.errors import Conflict, Refused
from baodao.ledger.selectors import facts_of
from baodao.matters.models import Leg, Matter, Stake, TreeMark
from baodao.matters.services import act
from baodao.matters.succession import checks, keeper, restake
from baodao.orgs.handover import beats, caches, ports
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
    base = {"scope": "o", "depth": 0, "holder": "p", "seat": "", "matter": "m", "leg": 1, "kind": "k",
            "state": "s", "next_at": NOW, "level": 1, "caller": False}  # fmt: skip
    asks = {**base, "scope": "c", "depth": 1, "holder": "q", "caller": True}
    beside = restake.redrawn([base, {**base, "scope": "x", "depth": 1, "holder": ""}, asks], ("o", "y"))
    assert [(row["scope"], row["depth"], row["caller"], row["holder"]) for row in beside] == [
        ("o", 0, False, "p"), ("y", 1, False, ""), ("c", 1, True, "q"),
    ]  # fmt: skip
    above = restake.redrawn([base, asks], ("o", "y", "c"))
    assert [(row["scope"], row["depth"], row["caller"], row["holder"]) for row in above] == [
        ("o", 0, False, "p"), ("y", 1, False, ""), ("c", 2, True, "q"),
    ]  # fmt: skip
    shut = restake.redrawn([{**base, "level": 2}], ("o", "y"))
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
