"""The two closed lists that say no: each selector and each guard, met and not met."""

from __future__ import annotations

from typing import Any

import pytest

from baodao.matters import guards
from baodao.matters.declare import Action, Effect, Guard, Procedure
from baodao.matters.forms import Filled
from baodao.matters.guards import SYSTEM, Actor, Ask
from baodao.matters.state import Latest, Leg, State

from .scene import (
    CALENDAR,
    HANDLER,
    HEAD,
    NEIGHBOUR,
    OTHER,
    RESIDENT,
    RULER,
    SUPERIOR,
    TOP,
    A,
    B,
    Stage,
    at,
    everything,
)
from .test_clocks import bare

CALLER = Actor(token="caller", post="boss", org=TOP)
NAMED = Actor(token="named", post="named")


def scene(**leg: Any) -> State:
    """Opened by a resident, then taken over by an organization that called A (lead) and B (co)."""
    state = bare(reporters=["resident"], named=["named"])
    state.legs = {
        1: Leg(n=1, round=1, role="lead", org=A, called=at("03-02 09:00"), caller=TOP, **leg),
        2: Leg(n=2, round=1, role="co", org=B, called=at("03-02 09:00"), caller=A),
        3: Leg(n=3, round=2, role="lead", org="Z", called=at("03-02 09:00")),
    }
    state.caller = TOP
    return state


def ask(actor: Actor, state: State | None = None, leg: int | None = None, **columns: Any) -> Ask:
    state = state or scene()
    action = columns.pop("action", Action(name="x"))
    procedure = columns.pop("procedure", Procedure(title="t", stages=("handling", "ended")))
    when = at(columns.pop("at", "03-03 09:00"))
    return Ask(procedure, state, action, actor, when, CALENDAR, state.legs[leg] if leg else None, **columns)


TAKEN = {"holder": "a-handler"}
MEANT = {"post": "a-head"}


@pytest.mark.parametrize(
    ("selector", "actor", "leg", "state", "wanted"),
    [
        ("reporter", RESIDENT, None, {}, True),
        ("reporter", NEIGHBOUR, None, {}, False),
        ("reporter", Actor(kind="anonymous"), None, {}, False),
        ("caller", CALLER, None, {}, True),
        ("caller", CALLER, 1, {}, True),
        ("caller", CALLER, 2, {}, False),
        ("caller", HANDLER, 2, {}, True),
        ("caller", RESIDENT, 3, {}, False),
        ("leg", HANDLER, 1, {}, True),
        ("leg", HANDLER, 2, {}, False),
        ("leg", HANDLER, None, {}, True),
        ("leg", OTHER, None, {}, True),
        ("leg", HANDLER, 1, MEANT, False),
        ("leg", HEAD, 1, MEANT, True),
        ("leg", HANDLER, 1, {**MEANT, **TAKEN}, True),
        ("leg", RESIDENT, 1, {}, False),
        ("leg", SUPERIOR, 1, {}, False),
        ("holder", HANDLER, 1, {}, False),
        ("holder", HANDLER, 1, TAKEN, True),
        ("holder", HEAD, 1, TAKEN, False),
        ("holder", HEAD, 1, MEANT, True),
        ("holder", HEAD, 1, {**MEANT, **TAKEN}, False),
        ("holder", RESIDENT, 1, {}, False),
        ("lead", HANDLER, 2, {}, True),
        ("lead", OTHER, 2, {}, False),
        ("participant", RESIDENT, 1, {}, True),
        ("participant", CALLER, 1, {}, True),
        ("participant", OTHER, 1, {}, True),
        ("participant", NEIGHBOUR, 1, {}, False),
        ("superior_of_holder", SUPERIOR, 1, {}, True),
        ("superior_of_holder", HEAD, 1, {}, False),
        ("ruler", RULER, 1, {}, True),
        ("ruler", SUPERIOR, 1, {}, False),
        ("named", NAMED, 1, {}, True),
        ("named", Actor(kind="anonymous"), 1, {}, False),
        ("system", SYSTEM, 1, {}, True),
        ("system", RULER, 1, {}, False),
        ("right(matter.rule)", RULER, 1, {}, True),
        ("right(matter.rule)", HEAD, 1, {}, False),
    ],
)
def test_selectors(selector: str, actor: Actor, leg: int | None, state: dict[str, Any], wanted: bool) -> None:
    assert guards.selected(ask(actor, scene(**state), leg), selector) is wanted


def test_the_system_is_nobody_but_the_system() -> None:
    almighty = Actor(
        kind="system", token="resident", post="a-handler", org=A, may=everything, above=everything
    )
    for selector in (*guards.SELECTORS, "right(x)"):
        assert guards.selected(ask(almighty, leg=1), selector) is (selector == "system")


def test_the_right_asked_is_the_one_named() -> None:
    heard: list[str] = []
    actor = Actor(may=lambda right: bool(heard.append(right)))
    guards.selected(ask(actor), "right(request.extend)")
    guards.selected(ask(actor), "ruler")
    assert heard == ["request.extend", "p.rule"]


def test_a_right_on_the_whole_matter_is_not_had_by_a_leg() -> None:
    """Whoever looks after the matter, called the units or stands above it; not a unit called to do its part."""
    state = scene()
    state.org = A
    state.legs[1].org, state.legs[2].org = A, B
    for org, above, wanted in ((A, (), True), (B, (), False), ("above-b", (B,), False), (TOP, (A, B), True)):
        actor = Actor(post="p", org=org, may=everything, above=lambda other, over=above: other in over)
        assert guards.selected(ask(actor, state), "right(matter.rule)") is wanted, org
        # On its own leg the right decides, as before.
        assert guards.selected(ask(actor, state, 2), "right(matter.rule)") is True
    state.caller = B
    assert guards.selected(ask(Actor(org=B, may=everything), state), "right(matter.rule)") is True


def test_an_action_without_who_is_nobodys() -> None:
    assert not guards.permitted(ask(RULER))
    assert guards.permitted(ask(RULER, action=Action(name="x", who=("reporter", "ruler"))))


def hindered(
    guard: Guard, state: State | None = None, actor: Actor = HANDLER, leg: int | None = 1, **more: Any
) -> bool:
    return bool(guards.hindrances(ask(actor, state, leg, action=Action(name="x", when=(guard,)), **more)))


def test_legs_ruled() -> None:
    state = scene()
    assert hindered(Guard(legs_ruled=True), state)
    assert not hindered(Guard(legs_ruled=False), state)
    for n in (1, 2):
        state.legs[n].ended = at("03-02 10:00")
    assert not hindered(Guard(legs_ruled=True), state)
    assert hindered(Guard(legs_ruled=False), state)


def test_leg_state() -> None:
    state = scene(state="reported")
    assert not hindered(Guard(leg_state="reported"), state)
    assert not hindered(Guard(leg_state=("called", "reported")), state)
    assert hindered(Guard(leg_state="called"), state)
    assert hindered(Guard(leg_state="reported"), state, leg=2)
    assert not hindered(Guard(leg_state="reported"), state, leg=None)
    state.legs.clear()
    assert hindered(Guard(leg_state="reported"), state, leg=None)


def test_overdue() -> None:
    from baodao.matters import clocks

    from .test_clocks import HOURS

    state = scene()
    assert hindered(Guard(overdue="soon"), state)
    clocks.start(state, HOURS, "leg:1", at("03-02 09:00"), CALENDAR)
    assert hindered(Guard(overdue="soon"), state, at="03-02 19:00")
    assert not hindered(Guard(overdue="soon"), state, at="03-02 19:01")
    for about in ("stage:1", "round:1", ""):
        state.runs = {(about, "soon"): next(iter(state.runs.values()))}
        assert not hindered(Guard(overdue="soon"), state)
    state.runs = {("leg:2", "soon"): next(iter(state.runs.values()))}
    assert hindered(Guard(overdue="soon"), state)


def test_within() -> None:
    guard, state = Guard(within="10 hours", since="leg_called"), scene()
    assert hindered(guard, state)
    state.latest[("", "leg_called")] = Latest(at("03-02 09:00"), "", 1)
    assert not hindered(guard, state, at="03-02 19:00")
    assert hindered(guard, state, at="03-02 19:01")
    state.latest[("leg:1", "leg_called")] = Latest(at("03-02 12:00"), "", 1)
    assert not hindered(guard, state, at="03-02 19:01")
    assert hindered(guard, state, leg=2, at="03-02 19:01")


def test_evidence() -> None:
    guard, state = Guard(evidence=2), scene()
    assert not hindered(guard, state)  # nothing was typed yet: a page may offer it
    assert hindered(guard, state, filled=Filled(files=["a"]))
    assert not hindered(guard, state, filled=Filled(files=["a", "b"]))
    state.legs[1].evidence = 1
    assert not hindered(guard, state, filled=Filled(files=["a"]))
    assert hindered(guard, state, leg=2, filled=Filled(files=["a"]))


def test_field_is() -> None:
    guard = Guard(field_is="came", value="no")
    assert not hindered(guard)
    assert not hindered(guard, filled=Filled(codes={"came": "no"}))
    for wrong in (Filled(codes={"came": "yes"}), Filled()):
        assert hindered(guard, filled=wrong)
    wanted = Action(name="x", when=(Guard(field_is="ticked", value=False),))
    [fault] = guards.typed_wrong(ask(HANDLER, None, 1, action=wanted, filled=Filled(codes={"ticked": True})))
    assert fault.field == "ticked" and "要是“否”" in fault.reason


def test_other_person_than() -> None:
    guard, state = Guard(other_person_than="leg_reported"), scene()
    assert not hindered(guard, state)
    state.latest[("leg:1", "leg_reported")] = Latest(at("03-02 09:00"), "handler", 1)
    assert hindered(guard, state)
    assert not hindered(guard, state, actor=HEAD)
    assert not hindered(guard, state, leg=2)
    state.latest[("leg:1", "leg_reported")] = Latest(at("03-02 09:00"), "", 1)
    assert not hindered(guard, state, actor=Actor())
    # On a part, what only the whole matter tells is asked of the matter.
    state.latest[("", "opened")] = Latest(at("03-02 08:00"), "handler", 1)
    assert hindered(Guard(other_person_than="opened"), state)
    assert not hindered(Guard(other_person_than="opened"), state, actor=HEAD)


def test_consent_of() -> None:
    guard, state = Guard(consent_of="reporter"), scene()
    assert hindered(guard, state)
    for person, wanted in (("neighbour", True), ("", True), ("resident", False)):
        state.latest[("", "acted.consent")] = Latest(at("03-02 09:00"), person, 1)
        assert hindered(guard, state) is wanted


def test_an_await_holds_the_stage_until_the_other_apps_fact() -> None:
    procedure = Procedure(
        title="t",
        stages=("meeting", "voting", "ended"),
        actions=(
            Action(
                name="vote",
                who=("reporter",),
                from_="meeting",
                then=(Effect(goto="voting"), Effect(await_="ballot.closed")),
            ),
            Action(name="finish", who=("reporter",), from_="voting", to="ended"),
            Action(name="add", who=("reporter",), from_="voting"),
            Action(name="counted", who=("system",), from_="voting", to="ended"),
        ),
    )
    stage = Stage(procedure=procedure, kind="", fields={})
    stage.act("vote", RESIDENT, "03-02 10:00")
    assert stage.state.awaiting == "ballot.closed"
    from baodao.kernel.errors import Conflict

    stage.act("add", RESIDENT, "03-02 11:00")
    with pytest.raises(Conflict):
        stage.act("finish", RESIDENT, "03-02 12:00")
    stage.act("counted", SYSTEM, "03-02 12:00")
    assert stage.state.ended is not None
