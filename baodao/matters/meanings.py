"""What each engine fact means for the state of a matter: one small function a kind, applied by ``fold.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from . import clocks, spans
from .clocks import Calendar
from .declare import Procedure
from .facts import (
    BEGIN,
    MIGRATE,
    SUCCEED,
    TO_PROCEDURE,
    Acted,
    Answered,
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
    Paused,
    Rated,
    Reopened,
    Resumed,
    Split,
    Step,
    moved_to,
)
from .state import Leg, State

FOLLOW, UNFOLLOW = "follow", "unfollow"


def leg_of(state: State, about: str) -> Leg | None:
    """The leg that ``leg:<n>`` names."""
    return state.legs.get(int(about[4:])) if about.startswith("leg:") else None


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
        duty=data.duty,
        called_for=data.duty,
        after=data.after,
        limits=limit_words(data.limits),
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
    if data.action == SUCCEED and data.to_org == leg.org:
        # Called to the office, it stays open to colleagues; called to the post, it goes to the next one.
        called, taken = leg.post, leg.holder
        leg.post = data.to_post if called == (taken or called) else called
        leg.holder, leg.holder_person = (data.to_post if taken else ""), ""
        return
    if data.to_org != leg.org:
        # An item of the old unit's list says nothing about the new one; who comes after it goes by its list.
        heir = data.action == SUCCEED
        leg.duty = (leg.duty if ":" in leg.duty else f"{leg.org}:{leg.duty}") if heir and leg.duty else ""
        leg.called_for, leg.cited = leg.duty, ""
    leg.org, leg.post = data.to_org, data.to_post
    leg.limits = limit_words(data.limits) or leg.limits
    leg.holder, leg.holder_person = data.to_post, ""


def _leg_answered(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, LegAnswered)
    leg = state.legs[int(fact.about[4:])]
    leg.claim, leg.out = data.claim, fact.happened
    if leg.role == "lead":
        state.claim, state.asked = data.claim, fact.happened


def _leg_ruled(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, LegRuled)
    state.legs[int(fact.about[4:])].verdict = data.verdict


def _leg_returned(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    leg = state.legs[int(fact.about[4:])]
    leg.out = fact.happened
    if isinstance(fact.data, Step):
        leg.cited = str(fact.data.fields.get("duty_item", ""))
        leg.duty = leg.cited or leg.duty


def _acted(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    data = fact.data
    assert isinstance(data, Acted)
    leg = leg_of(state, fact.about)
    if data.action == BEGIN and leg is not None:
        leg.called, leg.spans = fact.happened, []
    elif data.action == FOLLOW:
        state.followers.add(fact.person)
    elif data.action == UNFOLLOW:
        state.followers.discard(fact.person)
    elif leg is None and "claim" in data.fields:
        # A whole that was worked on by several is answered by whoever called them.
        state.claim, state.asked = str(data.fields["claim"]), fact.happened
    action = procedure.action(data.action)
    if action is not None and action.rules_return == "overruled" and leg is not None:
        # What it cited in vain is no ground on which it works: the item that the ruling names is, else its own.
        leg.duty, leg.cited = str(data.fields.get("duty_item", "")) or leg.called_for, ""
    if action is not None and action.releases:
        state.released = fact.id if "title" in action.fields else 0
    if action is not None and action.readers:
        _readers(state, action.readers, str(data.fields.get("reader", "")))
    if moved_to(data):
        _go_over(procedure, state, data, fact.happened, calendar)


def _readers(state: State, what: str, post: str) -> None:
    kept = [one for one in state.named if one != post]
    state.named = sorted([*kept, post] if what == "add" and post else kept)


def _go_over(procedure: Procedure, state: State, data: Acted, at: datetime, calendar: Calendar) -> None:
    """Clocks of the same name run on with the due that was promised; those that the other version does not know
    end; states of legs that it calls otherwise are mapped by fields ``leg.<old>``."""
    state.procedure = str(data.fields.get(TO_PROCEDURE, state.procedure))
    state.digest = moved_to(data)
    if data.action != MIGRATE:  # whoever took it to another procedure calls from now on
        state.caller = state.caller or state.org
    for leg in state.open_legs():
        leg.caller = leg.caller or state.caller
        leg.state = str(data.fields.get(f"leg.{leg.state}", leg.state))
        if leg.state in procedure.legs_end:
            end_leg(state, leg, at, leg.state, calendar)
    known = {clock.name: clock for clock in procedure.clocks}
    for run in state.runs.values():
        if run.clock in known:
            run.lapse = known[run.clock].lapse or ""
        elif run.clock != clocks.PAUSE_CLOCK:
            clocks.stop(run, at, calendar)


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
    state.merged_into = data.into.partition(":")[2]


def _split(procedure: Procedure, state: State, fact: FactLike, calendar: Calendar) -> None:
    state.merged_into = ""


def limit_words(limits: Mapping[str, str]) -> dict[str, str]:
    """As a fact keeps them ("10_workdays") → as a declaration writes them ("10 workdays")."""
    return {name: limit.replace("_", " ") for name, limit in limits.items()}


HANDLERS: dict[type[Step], Callable[[Procedure, State, FactLike, Calendar], None]] = {
    LegCalled: _leg_called,
    LegReported: _leg_reported,
    LegAnswered: _leg_answered,
    LegRuled: _leg_ruled,
    LegReturned: _leg_returned,
    Acted: _acted,
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


def end_leg(state: State, leg: Leg, at: datetime, outcome: str, calendar: Calendar) -> None:
    """A leg is over: its clocks stop, it waits to be settled."""
    if not leg.spans:  # it never began
        leg.called = at
    leg.ended, leg.outcome, leg.cause = at, outcome, ""
    clocks.end_pause(state, leg.about, at, calendar)
    clocks.stop_about(state, leg.about, at, calendar)
    spans.end_leg(state, leg, at)


def _end_legs(state: State, at: datetime, outcome: str, calendar: Calendar) -> None:
    for leg in state.open_legs():
        leg.state = outcome
        end_leg(state, leg, at, outcome, calendar)


def _end_round(state: State, at: datetime, outcome: str, calendar: Calendar) -> None:
    clocks.stop_about(state, f"round:{state.round}", at, calendar)
    spans.end_round(state, at, outcome)
