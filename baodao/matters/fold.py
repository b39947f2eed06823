"""Fold: facts, in ledger order, become a state. Nothing is decided here; what a fact says has happened.

The only things that follow from a fact without being written in it are what the procedure version says of
clocks (which start, which stop) and the spans of time, so that ``sum(spans) = wall`` holds by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from . import clocks, spans
from .clocks import Calendar
from .declare import Clock, Effect, Procedure
from .facts import (
    NAMES,
    Acted,
    Answered,
    AnswerSettled,
    Closed,
    Excluded,
    Extended,
    FactLike,
    HandedOver,
    LegAnswered,
    LegCalled,
    LegReported,
    LegReturned,
    LegRuled,
    Merged,
    Opened,
    Paused,
    Rated,
    Reopened,
    Resumed,
    Settled,
    Split,
    Step,
    references,
)
from .state import Latest, Leg, Run, State, Trace


class Unfoldable(ValueError):
    """The facts do not begin with ``opened``: there is no matter to speak of."""


def fold(procedure: Procedure, facts: Iterable[FactLike], calendar: Calendar, number: str = "") -> State:
    """Effective facts of one matter in ledger order → its state. Raises Unfoldable when none opens it."""
    state: State | None = None
    for fact in facts:
        if state is None:
            state = begin(procedure, fact, calendar, number)
        else:
            apply(procedure, state, fact, calendar)
    if state is None:
        raise Unfoldable("no facts")
    return state


def begin(procedure: Procedure, fact: FactLike, calendar: Calendar, number: str = "") -> State:
    """The state right after ``opened``."""
    data = fact.data
    if not isinstance(data, Opened):
        raise Unfoldable(f"the first fact is {NAMES[type(data)]}")
    at = fact.happened
    state = State(
        number=number,
        procedure=data.procedure,
        digest=data.digest,
        edition=calendar.edition,
        opened=at,
        last=at,
        stage=data.stage,
        stage_since=at,
        round_since=at,
        level=fact.level,
        kind=data.matter_kind,
        org=fact.org,
        place=fact.place,
        caller=data.caller,
        caller_post=fact.post if data.caller else "",
        behalf=data.behalf,
        about=data.origin,
        reporters=[fact.person] if fact.person and not data.caller else [],
        day=fact.precision == "day",
    )
    spans.retime(state, at)
    _start_clocks(procedure, state, fact, data, calendar)
    _remember(state, fact, data)
    return state


def apply(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    """Move a state on by one fact."""
    data = fact.data
    if isinstance(data, Settled | AnswerSettled):
        _settlement(state, fact, data)
        return
    at = fact.happened
    state.last = max(state.last, at)
    state.day = state.day or fact.precision == "day"
    leg = leg_of(state, fact.about)
    handler = HANDLERS.get(type(data))
    if handler is not None:
        handler(procedure, state, fact, calendar)
    if leg is not None:
        _on_leg(procedure, state, leg, fact, calendar)
    _sets_level(procedure, state, data)
    _stop_clocks(procedure, state, fact, data, calendar)
    if data.stage != state.stage:
        _enter(procedure, state, data, at, calendar)
    _start_clocks(procedure, state, fact, data, calendar)
    _remember(state, fact, data)
    spans.retime(state, at)


def leg_of(state: State, about: str) -> Leg | None:
    """The leg that ``leg:<n>`` names."""
    return state.legs.get(int(about[4:])) if about.startswith("leg:") else None


# --- what each kind means
# -----------------------------------------------------------------------------------------


def _leg_called(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, LegCalled)
    n = int(fact.about[4:])
    leg = Leg(
        n=n,
        round=data.round,
        role=data.role,
        org=fact.org,
        called=fact.happened,
        state=data.state or "called",
        post=data.to_post,
        scope=data.scope,
        caller=data.caller,
        caller_post=fact.post,
        day=fact.precision == "day",
    )
    state.legs[n] = leg


def _leg_reported(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    leg = state.legs[int(fact.about[4:])]
    leg.reported = leg.reported or fact.happened
    leg.holder, leg.holder_person = fact.post, fact.person


def _handed_over(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, HandedOver)
    leg = state.legs[int(fact.about[4:])]
    leg.org, leg.post = data.to_org, data.to_post
    leg.holder, leg.holder_person = data.to_post, ""


def _leg_answered(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, LegAnswered)
    leg = state.legs[int(fact.about[4:])]
    leg.claim = data.claim
    if leg.role == "lead":
        state.claim, state.asked = data.claim, fact.happened


def _leg_ruled(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, LegRuled)
    state.legs[int(fact.about[4:])].verdict = data.verdict


def _paused(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Paused)
    for leg in _concerned(state, fact.about):
        leg.cause = data.cause
    clocks.begin_pause(state, procedure, fact.about, data.cause, at=fact.happened, calendar=calendar)


def _resumed(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    for leg in _concerned(state, fact.about):
        leg.cause = ""
    clocks.end_pause(state, fact.about, fact.happened, calendar)


def _concerned(state: State, about: str) -> list[Leg]:
    leg = leg_of(state, about)
    return [leg] if leg is not None else state.open_legs()


def _extended(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Extended)
    for (about, name), run in state.runs.items():
        if name == data.clock and about == fact.about and run.stopped is None:
            clocks.extend(run, data.extra, calendar)


def _answered(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Answered)
    state.answer, state.answered = data.answer, fact.happened
    if f"answer:{state.round}" in state.endings:  # later than silence: what was settled is settled anew
        spans.end_answer(state, fact.happened, data.answer)


def _rated(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Rated)
    state.rated.add(data.round)


def _excluded(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Excluded)
    state.excluded.add(data.round)


def _reopened(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Reopened)
    at = fact.happened
    if state.ended is None:
        _end_legs(state, at, "reopened", calendar)
        _end_round(state, at, "reopened", calendar)
    state.round, state.round_since = data.round, at
    state.claim = state.answer = state.outcome = state.awaiting = state.promise = ""
    state.asked = state.answered = state.ended = None


def _closed(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Closed)
    at = fact.happened
    state.outcome, state.ended = data.outcome, at
    _end_legs(state, at, data.outcome, calendar)
    _end_round(state, at, data.outcome, calendar)
    for run in state.runs.values():
        clocks.stop(run, at, calendar)


def _merged(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Merged)
    state.merged_into = data.into


def _split(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    state.merged_into = ""


HANDLERS: dict[type[Step], Callable[[Procedure, State, FactLike, Calendar], None]] = {
    LegCalled: _leg_called,
    LegReported: _leg_reported,
    LegAnswered: _leg_answered,
    LegRuled: _leg_ruled,
    Paused: _paused,
    Resumed: _resumed,
    Extended: _extended,
    HandedOver: _handed_over,
    Answered: _answered,
    Rated: _rated,
    Excluded: _excluded,
    Reopened: _reopened,
    Closed: _closed,
    Merged: _merged,
    Split: _split,
}

# --- common parts
# ---------------------------------------------------------------------------------------------------

#: Facts after which the resident has heard something of substance.
FIRST_ACTS = (Acted, LegAnswered, LegReturned)


def _on_leg(procedure: Procedure, state: State, leg: Leg, fact: FactLike, calendar: Calendar) -> None:
    at, data = fact.happened, fact.data
    assert isinstance(data, Step)
    leg.evidence += len(data.files)
    leg.day = leg.day or fact.precision == "day"
    if isinstance(data, FIRST_ACTS) and fact.post and leg.first_act is None:
        leg.first_act = at
    if data.state:
        leg.state = data.state
    if leg.ended is None and leg.state in procedure.legs_end:
        _end_leg(state, leg, at, leg.verdict or leg.claim or leg.state, calendar)


def _end_leg(state: State, leg: Leg, at: datetime, outcome: str, calendar: Calendar) -> None:
    leg.ended, leg.outcome, leg.cause = at, outcome, ""
    clocks.end_pause(state, leg.about, at, calendar)
    clocks.stop_about(state, leg.about, at, calendar)
    spans.end_leg(state, leg, at)


def _end_legs(state: State, at: datetime, outcome: str, calendar: Calendar) -> None:
    for leg in state.open_legs():
        leg.state = outcome
        _end_leg(state, leg, at, outcome, calendar)


def _end_round(state: State, at: datetime, outcome: str, calendar: Calendar) -> None:
    clocks.stop_about(state, f"round:{state.round}", at, calendar)
    spans.end_round(state, at, outcome)


def _sets_level(procedure: Procedure, state: State, data: Step) -> None:
    action = procedure.action(data.action)
    level = data.fields.get("level")
    if action is not None and action.sets_level and isinstance(level, int):
        state.level = level


def _stop_clocks(procedure: Procedure, state: State, fact: FactLike, data: Step, calendar: Calendar) -> None:
    """A lapse is marked; then whatever this fact, or an effect of its action, stops or holds."""
    name = str(data.fields.get("lapsed", ""))
    for about in (fact.about, f"stage:{state.visit}", f"round:{state.round}", ""):
        run = state.runs.get((about, name))
        if run is not None:
            run.lapsed = True
            break
    names = references(data)
    effects = _effects(procedure, data)
    held, stopped = {effect.clock_pause for effect in effects}, {effect.clock_stop for effect in effects}
    for clock in procedure.clocks:
        for run in _runs(clock, state, fact.about):
            if clock.name in stopped or any(name in clock.stops() for name in names):
                clocks.stop(run, fact.happened, calendar)
            elif clock.name in held:
                clocks.hold(run, fact.happened)


def _start_clocks(procedure: Procedure, state: State, fact: FactLike, data: Step, calendar: Calendar) -> None:
    """After a new stage was entered, so that a clock of the stage belongs to the one that begins."""
    names = references(data)
    begun = {effect.clock_start for effect in _effects(procedure, data)}
    for clock in procedure.clocks:
        if any(name in clock.starts() for name in names):
            clocks.start(state, clock, fact.about, fact.happened, calendar)
        elif clock.name in begun:
            clocks.go_on(state, clock, fact.about, fact.happened, calendar)


def _runs(clock: Clock, state: State, about: str) -> list[Run]:
    places = clocks.about_of(clock, state, about)
    return [state.runs[(place, clock.name)] for place in places if (place, clock.name) in state.runs]


def _effects(procedure: Procedure, data: Step) -> tuple[Effect, ...]:
    """Effects belong to the fact that the action records, not to those that follow from it."""
    action = procedure.action(data.action)
    return action.then if action is not None and NAMES[type(data)] == action.fact else ()


def _enter(procedure: Procedure, state: State, data: Step, at: datetime, calendar: Calendar) -> None:
    """Leave a stage: its clocks stop, it is settled; the next one begins."""
    clocks.stop_about(state, f"stage:{state.visit}", at, calendar)
    if state.stage not in procedure.last:
        spans.end_stage(state, at)
    state.stage, state.stage_since = data.stage, at
    state.visit += 1
    awaits = [effect.await_ for effect in _effects(procedure, data) if effect.await_]
    state.awaiting = awaits[-1] if awaits else ""


def _remember(state: State, fact: FactLike, data: Step) -> None:
    mark = Latest(fact.happened, fact.person, fact.id)
    for name in references(data):
        state.latest[("", name)] = mark
        if fact.about:
            state.latest[(fact.about, name)] = mark
    line = Trace(fact.id, NAMES[type(data)], data.action, fact.happened, fact.org, fact.post, fact.about)
    state.trail.append(line)
    state.position = max(state.position, fact.id)
    promise = data.fields.get("promise")
    if promise is not None:
        state.promise = str(promise)


def _settlement(state: State, fact: FactLike, data: Settled | AnswerSettled) -> None:
    about = fact.about if isinstance(data, Settled) else f"answer:{data.round}"
    state.settled[about] = (fact.id, data)
    state.stale.discard(about)
    state.position = max(state.position, fact.id)
