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
    AnswerSettled,
    FactLike,
    LegAnswered,
    LegReturned,
    Merged,
    Opened,
    Settled,
    Split,
    Step,
    moved_to,
    references,
)
from .meanings import HANDLERS, end_leg, leg_of
from .state import Latest, Leg, Run, State, Told, Trace

#: Digest → the procedure version that it stands for.
Versions = Callable[[str], Procedure]


class Unfoldable(ValueError):
    """The facts do not begin with ``opened``: there is no matter to speak of."""


def _no_other(digest: str) -> Procedure:
    raise Unfoldable(f"the matter goes on under {digest[:12]}, and nobody said where versions are kept")


def fold(
    procedure: Procedure,
    facts: Iterable[FactLike],
    calendar: Calendar,
    number: str = "",
    versions: Versions = _no_other,
) -> State:
    """Effective facts of one matter in ledger order → its state. ``procedure``: the version that it was opened
    under; ``versions`` finds those that it went on under. Raises Unfoldable when no fact opens it."""
    state: State | None = None
    for fact in facts:
        if state is None:
            state = begin(procedure, fact, calendar, number)
        else:
            procedure = rules(procedure, fact, versions)
            apply(procedure, state, fact, calendar)
    if state is None:
        raise Unfoldable("no facts")
    return state


def rules(procedure: Procedure, fact: FactLike, versions: Versions) -> Procedure:
    """The procedure version that holds from this fact on."""
    other = moved_to(fact.data)
    return versions(other) if other else procedure


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
        # What a resident began on the portal is called by the office that looks after it.
        caller=data.caller or (fact.org if procedure.portal and not data.behalf else ""),
        caller_post=fact.post if data.caller else "",
        behalf=data.behalf,
        about=data.origin,
        unit=str(data.fields.get("unit", "")),
        anonymous=data.fields.get("anonymous") is True or (procedure.unnamed is not None and not data.caller),
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
    if not isinstance(data, Merged | Split):
        # Both only say with whom it goes on: a matter that was merged and split again stands as if nothing had been.
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
    if procedure.unnamed is not None and procedure.unnamed in references(data):
        state.anonymous = False
    spans.retime(state, at)


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
        if isinstance(data, Acted) and _in_hand(procedure, data.state):
            leg.out = None
    if leg.ended is None and leg.state in procedure.legs_end:
        end_leg(state, leg, at, leg.verdict or leg.claim or leg.state, calendar)


def _in_hand(procedure: Procedure, state: str) -> bool:
    """Whether the addressee has to act in this state: report in or answer."""
    theirs = ("leg_reported", "leg_answered")
    return any(
        action.fact in theirs and state in action.froms() and action.who != ("system",)
        for action in procedure.actions
    )


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
    promised = str(data.fields.get("promise", ""))
    for clock in procedure.clocks:
        if any(name in clock.starts() for name in names):
            until = promised if clock.promised else ""
            clocks.start(state, clock, fact.about, fact.happened, calendar, promised=until)
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
    line = Trace(
        fact.id,
        NAMES[type(data)],
        data.action,
        fact.happened,
        fact.org,
        fact.post,
        fact.about,
        fact.person,
        data.fields,
    )
    state.trail.append(line)
    state.position = max(state.position, fact.id)
    promise = data.fields.get("promise")
    if promise is not None:
        state.promise = str(promise)


def _settlement(state: State, fact: FactLike, data: Settled | AnswerSettled) -> None:
    about = fact.about if isinstance(data, Settled) else f"answer:{data.round}"
    state.settled[about] = Told(fact.id, fact.happened, fact.value, data)
    state.stale.discard(about)
    state.position = max(state.position, fact.id)
