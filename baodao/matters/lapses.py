"""The clock's own acts: what happens by itself when nobody acts, and what another calendar edition
changes."""

from __future__ import annotations

from datetime import datetime

from baodao.ledger.canonical import stamp

from . import clocks, guards
from .clocks import PAUSE_CLOCK, TICK, Calendar
from .declare import Action, Procedure
from .engine import Decision, impossible
from .facts import Acted, Emit, Resumed
from .forms import Filled
from .guards import SYSTEM, Ask
from .move import Move
from .moves import enact
from .state import Run, State

#: The act of the system that tells what another calendar edition changed; an ``acted`` fact.
RECALENDAR = "recalendar"


def advance(procedure: Procedure, state: State, until: datetime, calendar: Calendar) -> Decision:
    """Apply every lapse that was due before ``until``, in due order; each may start clocks that lapse as
    well."""
    emits: list[Emit] = []
    while True:
        ready = _next(procedure, state, calendar)
        if ready is None or ready[0] > until:
            return Decision(tuple(emits), state)
        at, run = ready
        decision = _lapse(procedure, state, run, at, calendar)
        emits.extend(decision.emits)
        state = decision.state


def next_at(procedure: Procedure, state: State, calendar: Calendar) -> datetime | None:
    """When the timer must look again; None when nothing will happen by itself."""
    ready = _next(procedure, state, calendar)
    return ready[0] if ready is not None else None


def _next(procedure: Procedure, state: State, calendar: Calendar) -> tuple[datetime, Run] | None:
    """The earliest lapse that can be taken. One whose action is not possible now waits until something
    changes."""
    found: tuple[datetime, Run] | None = None
    for run in clocks.lapsing(state.runs.values()):
        at = max(run.due + TICK, state.last)
        if (found is None or at < found[0]) and _can_lapse(procedure, state, run, at, calendar):
            found = (at, run)
    return found


def _lapse_ask(procedure: Procedure, state: State, run: Run, at: datetime, calendar: Calendar) -> Ask | None:
    action = procedure.action(run.lapse)
    if action is None:
        return None
    leg = state.lead if action.on == "leg" else None
    if action.on == "leg" and run.about.startswith("leg:"):
        leg = state.legs.get(int(run.about[4:]))
    if action.on == "leg" and leg is None:
        return None
    return Ask(procedure, state, action, SYSTEM, at, calendar, leg)


def _can_lapse(procedure: Procedure, state: State, run: Run, at: datetime, calendar: Calendar) -> bool:
    if run.clock == PAUSE_CLOCK:
        return True
    ask = _lapse_ask(procedure, state, run, at, calendar)
    if ask is None or impossible(procedure, state, ask.action, ask.leg) or not guards.permitted(ask):
        return False
    return not guards.hindrances(ask)


def _lapse(procedure: Procedure, state: State, run: Run, at: datetime, calendar: Calendar) -> Decision:
    ask = None if run.clock == PAUSE_CLOCK else _lapse_ask(procedure, state, run, at, calendar)
    if ask is None:
        return _let_go(procedure, state, run, at, calendar)
    filled = Filled(codes={"lapsed": run.clock, **ask.action.sets})
    twin = state.clone()
    leg = twin.legs[ask.leg.n] if ask.leg is not None else None
    move = Move(procedure, twin, ask.action, SYSTEM, filled, at, "second", calendar, leg, [], run.about)
    enact(move)
    return Decision(tuple(move.emits), twin)


def _let_go(procedure: Procedure, state: State, run: Run, at: datetime, calendar: Calendar) -> Decision:
    """A pause has lasted its longest: the system resumes."""
    filled = Filled(codes={"lapsed": run.clock})
    twin = state.clone()
    legs = [leg for leg in twin.legs.values() if run.about in (leg.about, "") and leg.cause]
    leg = legs[0] if run.about and legs else None
    cause = legs[0].cause if legs else ""
    action = procedure.action(clocks.RESUME) or Action(name=clocks.RESUME)
    move = Move(procedure, twin, action, SYSTEM, filled, at, "second", calendar, leg, [], run.about)
    data = Resumed(
        action=clocks.RESUME, round=twin.round, stage=twin.stage, cause=cause, fields=dict(filled.codes)
    )
    move.put(move.emit(data, about=run.about, org=leg.org if leg is not None else twin.org))
    return Decision(tuple(move.emits), twin)


def recompute(state: State, calendar: Calendar, happened: datetime) -> list[Emit]:
    """Facts that tell what another calendar edition changes for the open clocks of a state folded with the
    old one.

    They are ``acted.recalendar`` of the system, one per clock, with old and new due: a fold with the new
    edition gives the new due by itself, the fact only tells it, so that nobody's date moves in silence.
    """
    return [
        Emit(
            data=Acted(
                action=RECALENDAR,
                round=state.round,
                stage=state.stage,
                fields={
                    "clock": change.clock,
                    "old": stamp(change.old),
                    "new": stamp(change.new),
                    "provisional": change.provisional,
                    "edition": calendar.edition,
                },
            ),
            about=change.about,
            happened=max(happened, state.last),
            level=state.level,
            org=state.org,
            place=state.place,
            system=True,
        )
        for change in clocks.moved(state, calendar)
    ]
