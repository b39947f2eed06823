"""Random walks over the shipped request procedure: what must hold in every state that anybody can bring about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baodao.kernel.errors import Conflict, Invalid, Missing, Problem, Refused
from baodao.matters import guards, rows
from baodao.matters.clocks import measure
from baodao.matters.declare import Action
from baodao.matters.desk.rowfields import sample_rows
from baodao.matters.engine import available, decide, impossible
from baodao.matters.facts import AnswerSettled, Emit, LegCalled, Rated, Settled
from baodao.matters.guards import Actor
from baodao.matters.lapses import advance, next_at
from baodao.matters.state import Leg

from .scene import CAST, HANDLER, HOUR, RESIDENT, SHIPPED, A, B, Stage

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

VALUES: dict[str, Any] = {
    "text": "文字",
    "longtext": "一段文字",
    "date": "2026-04-01",
    "datetime": "2026-04-01T09:00+08:00",
    "kind": "road",
    "place": "grid-1",
    "org": B,
    "post": "b-handler",
    "int": 3,
    "bool": True,
    "money": 100,
    "pause": "weather",
    "next_step": "hotline",
    "level": 1,
    "person": "someone",
    "duty_item": "D-1",
    "matter": "FL-2026-000009",
    "alliance": "al-1",
    "item": "exits",
    "score": 70,
    "milestone": "1",
    "checklist": {"exits": "fail"},
    "file": ["0" * 64],
}


def form(action: Action, draw: int = 0) -> dict[str, Any]:
    """A valid form; ``draw`` varies the choices."""
    made = {}
    for name, declared in action.fields.items():
        kind, _sep, options = declared.rstrip("?").partition(":")
        choices = options.split("|")
        if kind in rows.TYPES:
            made[name] = sample_rows(next(one for one in SHIPPED.values() if action in one.actions), declared)
        else:
            made[name] = choices[draw % len(choices)] if kind == "code" else VALUES[kind]
    if made.get("org") == B and draw % 2:
        made["org"], made["post"] = A, "a-handler"
    return made


#: (hours to wait, number of the actor, number of the offer, variation of the form)
Script = list[tuple[int, int, int, int]]
scripts = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 5, 24, 30, 72, 200, 500]),
        st.integers(0, 6),
        st.integers(0, 40),
        st.integers(0, 5),
    ),
    max_size=14,
)


def play(script: Script, ticks: frozenset[int] = frozenset()) -> Iterator[Stage]:
    """Play a script; in the steps of ``ticks`` the timer comes by on the way. Yields after each step. The matter stays
    under the request procedure and is not merged: test_walks_all.py plays the rest."""
    stage = Stage()
    now: datetime = stage.state.opened
    actors = list(CAST.values())
    yield stage
    for step, (hours, who, which, variation) in enumerate(script):
        if step in ticks:
            stage.wait(now + hours * HOUR / 2)
        now += hours * HOUR
        actor = actors[who % len(actors)]
        seen, _facts = _advanced(stage, now)
        offers = [
            o
            for o in available(stage.procedure, seen, actor, now, stage.calendar)
            if not o.hindrances and o.action.fact != "merged" and not any(e.change for e in o.action.then)
        ]
        if offers:
            offer = offers[which % len(offers)]
            try:
                stage.act(offer.action.name, actor, now, form(offer.action, variation), leg=offer.leg)
            except (Conflict, Invalid):
                pass
        yield stage


def played(script: Script) -> Stage:
    """The matter after the whole script."""
    *_rest, stage = play(script)
    return stage


def _advanced(stage: Stage, now: datetime) -> tuple[Any, Any]:
    decision = advance(stage.procedure, stage.state, now, stage.calendar)
    return decision.state, decision.emits


@QUICK
@given(scripts)
def test_spans_add_up_and_settlements_are_exact(script: Script) -> None:
    for stage in play(script):
        for leg in stage.state.legs.values():
            _touching(leg)
        for fact in stage.facts:
            assert not isinstance(fact.data, Settled) or fact.value == fact.data.wall
        for settled in stage.of(Settled):
            assert sum(settled.held.values()) == settled.worked
            assert sum(settled.causes.values()) == settled.paused
        for run in stage.state.runs.values():
            assert run.due == measure(run, stage.calendar).at


def _touching(leg: Leg) -> None:
    assert leg.spans or leg.ended == leg.called
    assert all(span.start == leg.called for span in leg.spans[:1])
    for before, after in zip(leg.spans, leg.spans[1:], strict=False):
        assert before.end == after.start
        assert before.end is not None
        assert before.start < before.end
        assert (before.holder, before.cause) != (after.holder, after.cause)
    if leg.ended is not None and leg.spans:
        assert leg.spans[-1].end == leg.ended


@QUICK
@given(scripts)
def test_the_state_is_what_the_facts_say(script: Script) -> None:
    """Moving on step by step and folding all facts anew come to the same."""
    for stage in play(script):
        assert stage.state == stage.folded()


@QUICK
@given(scripts, st.frozensets(st.integers(0, 13)))
def test_a_stopped_timer_changes_no_fact(script: Script, ticks: frozenset[int]) -> None:
    *_rest, late = play(script)
    *_rest, ticked = play(script, ticks)
    end = late.state.opened + sum(step[0] for step in script) * HOUR
    for stage in (late, ticked):
        stage.wait(end)
    assert late.facts == ticked.facts


@QUICK
@given(scripts)
def test_every_end_settles_all_and_none_ends_over_an_open_leg(script: Script) -> None:
    for stage in play(script):
        state = stage.state
        if state.ended is not None:
            assert not state.open_legs()
            assert state.stage in stage.procedure.last
        for about in state.endings:
            assert about in state.settled
        answers = stage.of(AnswerSettled)
        assert all(s.silent == (s.outcome == "silent") for s in answers)
        assert all(not s.silent or s.answer == "" for s in answers)
        assert all(
            fact.level == 3 and fact.person == "" for fact in stage.facts if isinstance(fact.data, Rated)
        )


@QUICK
@given(scripts)
def test_nobody_does_what_who_denies(script: Script) -> None:
    stage = played(script)
    state, _facts = _advanced(stage, stage.state.last)
    now = state.last
    for actor in CAST.values():
        for action in stage.procedure.actions:
            if action.name == "open":
                continue
            legs = [leg.n for leg in state.legs_of_round()] if action.on == "leg" else [None]
            for n in legs:
                ask = guards.Ask(
                    stage.procedure, state, action, actor, now, stage.calendar, state.legs[n] if n else None
                )
                if guards.permitted(ask):
                    continue
                with pytest.raises(Refused):
                    decide(
                        stage.procedure,
                        state,
                        action.name,
                        actor,
                        fields=form(action),
                        happened=now,
                        calendar=stage.calendar,
                        leg=n,
                    )


@QUICK
@given(scripts)
def test_from_every_state_an_end_is_reached(script: Script) -> None:
    stage = played(script)
    for _round in range(6):
        if stage.state.ended is not None:
            break
        _one_honest_step(stage)
    assert stage.state.ended is not None


def _one_honest_step(stage: Stage) -> None:
    """What a willing handler and then nobody does: report in, answer, wait for silence."""
    state, now = stage.state, stage.state.last
    lead = state.lead
    assert lead is not None
    handler = HANDLER if lead.org == A else CAST["other"]
    if lead.post and lead.post != handler.post:
        handler = CAST["head"]
    if lead.ended is not None:
        stage.wait(now + timedelta(days=60))
    elif lead.state == "called":
        stage.act("report_in", handler, now)
    else:
        stage.act("answer", handler, now, {"claim": "solved", "result": "好了"})


@QUICK
@given(scripts)
def test_the_timer_never_looks_too_late(script: Script) -> None:
    """``next_at`` is exactly the moment of the next lapse: nothing a second before, something then."""
    stage = played(script)
    moment = next_at(stage.procedure, stage.state, stage.calendar)
    if moment is None:
        assert not _advanced(stage, stage.state.last + timedelta(days=4000))[1]
        return
    assert not _advanced(stage, moment - timedelta(seconds=1))[1]
    assert _advanced(stage, moment)[1][0].happened == moment


@QUICK
@given(scripts)
def test_bad_calls_are_problems_never_crashes(script: Script) -> None:
    stage = played(script)
    now = stage.state.last
    for action in stage.procedure.actions:
        for actor in (RESIDENT, HANDLER):
            for fields in (
                {},
                {"claim": "x", "level": 9, "extra": -1, "stars": 7, "cause": "?"},
                form(action),
            ):
                problem = _refusal(stage, action.name, actor, fields, now)
                assert problem is None or problem.faults
                assert problem is None or all(fault.reason for fault in problem.faults)


def _refusal(stage: Stage, name: str, actor: Actor, fields: dict[str, Any], now: datetime) -> Problem | None:
    try:
        decide(
            stage.procedure,
            stage.state,
            name,
            actor,
            fields=fields,
            happened=now,
            calendar=stage.calendar,
        )
    except Problem as problem:
        return problem
    return None


@QUICK
@given(scripts)
def test_what_is_offered_can_be_done(script: Script) -> None:
    stage = played(script)
    state, now = stage.state, stage.state.last
    for actor in CAST.values():
        for offer in available(stage.procedure, state, actor, now, stage.calendar):
            leg = state.legs[offer.leg] if offer.leg else None
            assert impossible(stage.procedure, state, offer.action, leg) == ""


@QUICK
@given(scripts)
def test_settlements_equal_a_count_hour_by_hour(script: Script) -> None:
    """All moments of a script lie on whole hours (days end on one as well): count them one by one from the facts."""
    stage = played(script)
    gone = {fact.supersedes for fact in stage.facts}
    for fact in stage.facts:
        if isinstance(fact.data, Settled) and fact.data.scope == "leg" and fact.id not in gone:
            assert (fact.data.held, fact.data.causes) == _count(stage.facts, fact)


def _count(facts: list[Emit], settled: Emit) -> tuple[dict[str, int], dict[str, int]]:
    own = [fact for fact in facts if fact.about == settled.about and fact.id < settled.id]
    called = next(fact for fact in own if isinstance(fact.data, LegCalled))
    held: dict[str, int] = {}
    causes: dict[str, int] = {}
    moment = called.happened
    while moment < settled.happened:
        holder, cause = "", ""
        for fact in own:
            if fact.happened > moment:
                break
            name = type(fact.data).__name__
            if name == "LegCalled":
                holder = fact.data.to_post or fact.org
            elif name == "LegReported":
                holder = fact.post
            elif name == "HandedOver":
                holder = fact.data.to_post or fact.data.to_org
            elif name == "Paused":
                cause = fact.data.cause
            elif name == "Resumed":
                cause = ""
        into, key = (causes, cause) if cause else (held, holder)
        into[key] = into.get(key, 0) + 3600
        moment += HOUR
    return held, causes


def test_no_such_action_is_missing() -> None:
    stage = Stage()
    for name in ("dance", "open"):
        with pytest.raises(Missing):
            stage.act(name, RESIDENT, stage.state.opened)
