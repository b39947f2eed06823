"""Random walks over every shipped procedure, with two to five legs: what must hold wherever anybody can bring it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.matters import guards
from baodao.matters.clocks import measure
from baodao.matters.declare import Procedure, digest
from baodao.matters.engine import available, decide
from baodao.matters.facts import Emit, Settled
from baodao.matters.guards import SYSTEM, Actor
from baodao.matters.lapses import advance
from baodao.matters.move import Called
from baodao.matters.state import LEG_WAITS, State

from .scene import HOUR, PACKS, SHIPPED, TOP, A, B, Stage, everything
from .test_walks import form

WALKED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: Every procedure of "Breadth by declaration" (docs/breadth.md) by name: those of `base`, and those that a district adds or says otherwise.
BREADTH = {
    "base": (
        "alert bid campaign challenge clue demand duty_chain enterprise exchange financing finding hazard inspection issue listing mediation "
        "need onsite problem project recommendation reminder replayed round round_plan service_order spot_check supervision wanted"
    ),
    "dadukou": "enterprise mediation",
    "fuling": "campaign issue",
    "nanchuan": "bid contest fixed_village onsite shared_problem studio studio_project",
    "weibin": "honour mediation need problem tolerance",
    "yuzhong": "alert enterprise exchange mediation",
}
BY_NAME = [f"{pack}:{name}" for pack, names in BREADTH.items() for name in names.split()]
#: Those of the issues before and beside it, walked by chance above.
OTHERS = {
    "council",
    "exclusion",
    "extension",
    "help",
    "objection",
    "proposal",
    "request",
    "service_objection",
    "skill_question",
    "talent_application",
    "talk_order",
    "task",
    "whistle",
}


def declared(name: str) -> Procedure:
    """A procedure of the base or the examples, or "<pack>:<name>" as a district has it."""
    pack, sep, own = name.partition(":")
    return get_pack(pack).many(Procedure)[own] if sep else SHIPPED[name]


#: These wait for their one office: its lateness goes up, and is never an end.
WAITING = {name for name, procedure in SHIPPED.items() if procedure.stays_open}
NAMES = sorted(set(SHIPPED) - {"replayed"})
UNITS = (A, B, "fl-csj", "fl-sjj", "fl-xfj")
STREET = "500102100"


def _above(org: str) -> bool:
    return org in (*UNITS, STREET)


CALLER = Actor(
    token="caller", post="street-head", org=STREET, may=everything, above=lambda org: org in (A, B)
)
SECOND = Actor(token="second", post="street-deputy", org=STREET, may=everything)
RESIDENT = Actor(token="resident")
TOP_RULER = Actor(token="ruler", post="court", org=TOP, may=everything, above=_above, apart=everything)
UNIT_HANDLERS = [Actor(token=f"h-{org}", post=f"p-{org}", org=org, helps=everything) for org in UNITS]
ACTORS = [CALLER, SECOND, RESIDENT, TOP_RULER, *UNIT_HANDLERS]

#: (hours to wait, number of the actor, number of the offer, variation of the form)
walks = st.tuples(
    st.sampled_from(NAMES),
    st.integers(2, 5),
    st.booleans(),
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 5, 24, 72, 200, 700]),
            st.integers(0, len(ACTORS) - 1),
            st.integers(0, 60),
            st.integers(0, 5),
        ),
        max_size=16,
    ),
)


def begin(name: str, legs: int, chained: bool) -> Stage:
    """A matter of this procedure with so many legs; ``chained``: the last waits for the first."""
    calls = tuple(
        Called(org, role="lead" if n == 0 else "co", after=(1,) if chained and n == legs - 1 else ())
        for n, org in enumerate(UNITS[:legs])
    )
    procedure, name = declared(name), name.rpartition(":")[2]
    opening = procedure.action("open")
    assert opening is not None
    by_staff = "reporter" not in opening.who or procedure.action("call") is not None
    if procedure.portal and chained:
        by_staff = False  # whoever it concerns begins it herself
    calls = calls if procedure.action("call") is not None else ()
    made = Stage(
        procedure=procedure,
        name=name,
        digest=digest(procedure),
        kind=procedure.kinds[0].name if procedure.kinds else "",
        place="grid-1" if "place" in opening.fields else "",
        actor=CALLER if by_staff else RESIDENT,
        reporter="" if by_staff else "resident",
        fields=form(opening),
        calls=calls if by_staff else (),
    )
    for reader in (CALLER, SECOND) if procedure.sealed else ():
        made.act("name_reader", SYSTEM, made.state.opened, {"reader": reader.post})
    return made


def played(walk: tuple[str, int, bool, list[tuple[int, int, int, int]]]) -> Iterator[Stage]:
    name, legs, chained, script = walk
    stage = begin(name, legs, chained)
    now: datetime = stage.state.opened
    yield stage
    for hours, who, which, variation in script:
        now += hours * HOUR
        actor = ACTORS[who]
        seen = advance(stage.procedure, stage.state, now, stage.calendar).state
        offers = [o for o in available(stage.procedure, seen, actor, now, stage.calendar) if not o.hindrances]
        if offers:
            offer = offers[which % len(offers)]
            try:
                stage.act(
                    offer.action.name, actor, now, _form(stage, offer.action, variation, now), leg=offer.leg
                )
            except (Conflict, Invalid):
                pass
        yield stage


def _form(stage: Stage, action: Any, variation: int, now: datetime) -> dict[str, Any]:
    made = form(action, variation)
    if "after" in made:
        made["after"] = variation % (len(stage.state.legs) + 1)
    for name in [name for name, kind in action.fields.items() if kind.rstrip("?") == "checklist"]:
        items = stage.procedure.checklist(stage.state.kind).items
        made[name] = {item.name: ("ok", "fail", "na")[(variation + n) % 3] for n, item in enumerate(items)}
    # A day that may be neither past nor future is today.
    day = stage.calendar.local_date(now).isoformat()
    made |= {one.field: day for one in action.bounds if one.field in made and (one.earliest or one.latest)}
    made |= {"org": UNITS[variation % len(UNITS)], "post": ""} if "org" in made else {}
    return made


@WALKED
@given(walks)
def test_time_adds_up_and_nothing_ends_over_an_unruled_leg(walk: Any) -> None:
    for stage in played(walk):
        adds_up(stage)


def adds_up(stage: Stage) -> None:
    state = stage.state
    for leg in state.legs.values():
        spans = leg.spans
        assert all(a.end == b.start for a, b in itertools.pairwise(spans))
        assert not spans or spans[0].start == leg.called
        assert leg.state != LEG_WAITS or not spans
        if leg.ended is not None and spans:
            assert spans[-1].end == leg.ended
    for fact in stage.facts:
        assert not isinstance(fact.data, Settled) or fact.value == fact.data.wall
    for settled in stage.of(Settled):
        assert sum(settled.held.values()) == settled.worked
        assert sum(settled.causes.values()) == settled.paused
    for run in state.runs.values():
        assert run.due == measure(run, stage.calendar).at
    if state.ended is not None:
        assert not state.open_legs()
    if state.stage == "answered" and stage.procedure is SHIPPED["whistle"]:
        assert all(leg.state in stage.procedure.legs_end or leg.ended for leg in state.legs_of_round())


@WALKED
@given(walks)
def test_the_state_is_what_the_facts_say(walk: Any) -> None:
    for stage in played(walk):
        is_folded(stage)


def is_folded(stage: Stage) -> None:
    assert stage.state == stage.folded()
    assert set(stage.state.endings) <= set(stage.state.settled) or not stage.procedure.measured


@WALKED
@given(walks)
def test_left_alone_every_matter_ends_and_nobody_waits_for_ever(walk: Any) -> None:
    """From every state the clocks alone bring an end, without anybody's help."""
    *_rest, stage = played(walk)
    ends_alone(stage)


def ends_alone(stage: Stage) -> None:
    stage.wait(stage.state.last + timedelta(days=1500))
    if stage.state.procedure in WAITING and stage.state.ended is None:
        assert stage.state.lead is not None
        assert stage.state.lead.ended is None
        return
    assert stage.state.ended is not None, [
        fact.data.action for fact in stage.facts if hasattr(fact.data, "action")
    ]


@WALKED
@given(walks)
def test_nobody_does_what_who_denies(walk: Any) -> None:
    *_rest, stage = played(walk)
    refuses(stage)


def refuses(stage: Stage) -> None:
    state, now = stage.state, stage.state.last
    for actor in ACTORS:
        for action in stage.procedure.actions:
            if action.name == "open":
                continue
            for n in [leg.n for leg in state.legs_of_round()] if action.on == "leg" else [None]:
                leg = state.legs[n] if n else None
                ask = guards.Ask(stage.procedure, state, action, actor, now, stage.calendar, leg)
                if not guards.permitted(ask):
                    with pytest.raises(Refused):
                        decide(
                            stage.procedure,
                            state,
                            action.name,
                            actor,
                            fields={},
                            happened=now,
                            calendar=stage.calendar,
                            leg=n,
                        )


@WALKED
@given(walks)
def test_one_legs_lateness_marks_no_other(walk: Any) -> None:
    """Each settlement of a leg, counted anew from the facts of that leg alone, second by second of its spans."""
    *_rest, stage = played(walk)
    stands_apart(stage)


def stands_apart(stage: Stage) -> None:
    gone = {fact.supersedes for fact in stage.facts}
    for fact in stage.facts:
        if isinstance(fact.data, Settled) and fact.data.scope == "leg" and fact.id not in gone:
            leg = stage.state.legs[int(fact.about[4:])]
            assert fact.data.wall == int(
                (fact.happened - _began(stage.state, stage.facts, fact)).total_seconds()
            )
            for name, end in fact.data.clocks.items():
                runs = [run for run in stage.state.runs_of(leg.about) if run.clock == name]
                assert end.late == any(
                    run.due < min(run.stopped or fact.happened, fact.happened, run.paused or fact.happened)
                    for run in runs
                )


def _began(state: State, facts: list[Emit], settled: Emit) -> datetime:
    own = [fact for fact in facts if fact.about == settled.about and fact.id < settled.id]
    begun = [
        fact.happened
        for fact in own
        if (getattr(fact.data, "action", "") == "begin" or type(fact.data).__name__ == "LegCalled")
        and getattr(fact.data, "state", "") == "called"
    ]
    return begun[0] if begun else settled.happened


def by_name(name: str, walk: Any) -> None:
    """One walk of one procedure, with all that must hold."""
    stage = None
    for stage in played((name, *walk[1:])):
        adds_up(stage)
        is_folded(stage)
    assert stage is not None
    refuses(stage)
    stands_apart(stage)
    ends_alone(stage)
    adds_up(stage)
    is_folded(stage)


@pytest.mark.parametrize("name", BY_NAME)
@settings(WALKED, max_examples=3)
@given(walk=walks)
def test_each_procedure_of_breadth_by_name(name: str, walk: Any) -> None:
    by_name(name, walk)


@pytest.mark.long
@pytest.mark.parametrize("name", BY_NAME)
@settings(WALKED, max_examples=150)
@given(walk=walks)
def test_each_procedure_of_breadth_by_name_at_length(name: str, walk: Any) -> None:
    by_name(name, walk)


def test_no_procedure_is_walked_by_chance_alone() -> None:
    """Whoever declares a procedure says here where it is walked."""
    from baodao.kernel.declare import load_pack

    known = {name for names in BREADTH.values() for name in names.split()} | OTHERS
    shipped = {
        name
        for path in PACKS.iterdir()
        if (path / "pack.toml").exists()
        for name in load_pack(path).many(Procedure)
    }
    assert shipped <= known, sorted(shipped - known)


def _whistled() -> Stage:
    return begin("whistle", 2, chained=False)


def _leg(stage: Stage, n: int) -> Settled:
    return next(
        fact.data
        for fact in reversed(stage.facts)
        if isinstance(fact.data, Settled) and fact.about == f"leg:{n}"
    )


def test_a_slow_caller_makes_no_unit_late_and_a_late_unit_is_not_saved_by_him() -> None:
    """The unit's own clock is judged: till its answer, not till the ruling."""
    stage = _whistled()
    start = stage.state.opened
    photo = {"claim": "solved", "result": "好了", "photo": ["0" * 64]}
    for n in (1, 2):
        stage.act("report_in", UNIT_HANDLERS[n - 1], start + n * HOUR, {}, leg=n)
    stage.act("answer", UNIT_HANDLERS[0], start + timedelta(days=2), photo, leg=1)
    stage.wait(start + timedelta(days=11))  # the caller lets his time to rule on the first pass by
    stage.act("answer", UNIT_HANDLERS[1], start + timedelta(days=12), photo, leg=2)
    ruling = {"came": "yes", "did": "yes", "verdict": "solved"}
    stage.act("rule", CALLER, start + timedelta(days=12, hours=1), ruling, leg=2)
    assert (_leg(stage, 1).late, _leg(stage, 1).outcome) == (False, "unruled")
    assert _leg(stage, 2).late is True
