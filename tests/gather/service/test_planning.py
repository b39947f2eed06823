"""Openings suggested by matching: its own process, a reason for each, nobody who claimed is moved; without a plan the plain sort."""

from datetime import timedelta
from typing import Any

import pytest

from baodao.gather.models import Seat
from baodao.gather.service import beats, planning, selectors, services
from baodao.gather.service.models import ServiceSuggested
from baodao.kernel.act import system_act
from baodao.kernel.errors import Busy, Refused
from baodao.ledger.services import erase
from tests.gather.service.world import NOW, A, World, key


def suggested(world: World, uid: str) -> list[selectors.Near]:
    token, member = selectors.own(uid)
    return selectors.suggested(member, NOW, None, planning.planned_for(token))


def test_a_plan_suggests_with_reasons_and_moves_nobody_who_claimed(world: World) -> None:
    people = [world.member(f"党员{n}", f"1390000111{n}") for n in range(4)]
    uids = dict(people)
    slots = world.opening(wanted=3, most=1)
    assert len(slots) == 3
    # Without a plan the page sorts: soonest first, no reasons.
    first = suggested(world, people[0][1])
    assert [one.slot.code for one in first] == slots and all(one.why == () for one in first)
    busy, uid = people[0]
    services.claim(world.me(uid), slot=slots[0])
    assert beats.run(NOW) == 0
    rows = dict(ServiceSuggested.objects.values_list("slot", "token"))
    # One seat each is left to two openings; who claimed already is suggested nothing more, as the others have nothing yet.
    assert set(rows) == set(slots[1:]) and busy not in rows.values() and len(set(rows.values())) == 2
    token = rows[slots[1]]
    seen = suggested(world, uids[token])
    assert seen[0].slot.code == slots[1] and "这半年" not in seen[0].why
    assert any("本半年服务 0 小时" in why for why in seen[0].why) and not any(one.why for one in seen[1:])
    # The claim stands, and the next plan keeps what it said: nothing is moved by planning anew.
    assert Seat.objects.get(slot=slots[0]).token == busy
    beats.run(NOW + timedelta(hours=6))
    assert dict(ServiceSuggested.objects.values_list("slot", "token")) == rows
    assert any("和上次的建议一样" in why for why in planning.planned_for(token)[slots[1]])
    # Who gives a seat back is not asked again for it; who is out for the half-year is asked for nothing.
    services.withdraw(world.me(uid), slot=slots[0])
    services.exempt(world.me(uids[token]), half="2026h1", yes=True)
    beats.run(NOW + timedelta(hours=12))
    again = list(ServiceSuggested.objects.values_list("slot", "token"))
    assert len(again) == 3 and (slots[0], busy) not in again and token not in {one for _slot, one in again}
    # Erased with the person; where the community needs nobody, the plan is empty.
    other = next(one for _slot, one in again if one != busy)
    erase(
        world.by("administrator") if "administrator" in world.posts else system_act(NOW, key("erase")),
        person=uids[other],
    )
    assert not ServiceSuggested.objects.filter(token=other).exists()
    day = NOW.date()
    services.needs_nobody(world.by("secretary"), org=A, since=day, until=day + timedelta(days=90))
    beats.run(NOW + timedelta(hours=18))
    assert not ServiceSuggested.objects.exists()


def test_the_question_says_where_she_may_serve_and_nothing_of_who_she_is(world: World) -> None:
    token, _uid = world.member()
    world.opening(wanted=2, most=1)
    asked = planning.request_for(NOW)
    [person] = asked.people
    assert person.who == token and person.skills == (A,) and asked.reach == planning.REACH
    assert {seats.skill for seats in asked.seats} == {A} and "党员" not in repr(asked)


def test_a_plan_that_breaks_leaves_the_last_one_and_is_the_systems_own(
    world: World, monkeypatch: Any
) -> None:
    token, _uid = world.member()
    [slot] = world.opening()
    beats.run(NOW)
    assert set(planning.planned_for(token)) == {slot}

    def broken(request: Any) -> Any:
        raise Busy.of("", "x")

    monkeypatch.setattr(planning, "ask", broken)
    beats.run(NOW + timedelta(hours=6))
    assert set(planning.planned_for(token)) == {slot}
    for who in ("secretary", "organizer", "superior"):
        with pytest.raises(Refused):
            services.suggest(world.by(who), suggestions=[])
