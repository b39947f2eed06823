"""From a permitted action to the facts that it records: the act itself, the legs that it calls, the end it
brings."""

from __future__ import annotations

from typing import Any

from .declare import LEG_STATE_AFTER, Action, Effect, Procedure
from .facts import (
    BEGIN,
    TO_DIGEST,
    TO_PROCEDURE,
    Acted,
    Closed,
    LegCalled,
    Opens,
    Rated,
    Split,
)
from .loads import loads_of
from .makers import MAKERS, outcome_of, stars_of
from .move import Called, Move, first_state, held_back
from .settlement import settlements
from .state import LEG_WAITS, State

RATING_LEVEL = 3


def stage_after(procedure: Procedure, state: State, action: Action) -> str:
    """The stage in which the matter stands once this action is done."""
    goto = next((effect.goto for effect in action.then if effect.goto), None)
    if goto is not None:
        return goto
    if action.to is not None and action.on == "matter":
        return action.to
    if action.fact == "closed":
        return procedure.last[0]
    return procedure.first if action.fact == "reopened" else state.stage


def enact(move: Move) -> None:
    """Record the act, what its effects call, the end of the matter if it is one, and all that is settled by
    it."""
    action, state = move.action, move.state
    if action.fact == "reopened" and state.merged_into:  # a new round is its own again
        apart = Split(
            action=action.name, round=state.round, stage=state.stage, out_of=f"matter:{state.merged_into}"
        )
        move.put(move.emit(apart, about="", org=state.org))
    stage = stage_after(move.procedure, state, action)
    before = state.level
    common = _common(move, stage)
    _goes_over(move, common)
    data = MAKERS[action.fact](move, common)
    columns: dict[str, Any] = {"texts": move.filled.texts, "opens": _opens(action), "backs": _backs(action)}
    if isinstance(data, Rated):
        columns |= {"level": RATING_LEVEL, "person": "", "value": stars_of(move)}
    if action.sets_level:
        columns["level"] = max(before, int(move.filled.codes.get("level", before)))
    about = move.leg.about if move.leg is not None else move.about
    org = move.leg.org if move.leg is not None else state.org
    if isinstance(data, LegCalled):
        about, org = f"leg:{len(state.legs) + 1}", str(move.filled.codes.get("org") or state.org)
    move.put(move.emit(data, about=about, org=org, **columns))
    for effect in action.then:
        if effect.call is not None:
            call(move, addressee(move, effect))
    finish(move, outcome_of(move))


def finish(move: Move, outcome: str) -> None:
    """Close the matter if it stands in a stage that ends it, and settle whatever has ended."""
    state = move.state
    if state.stage in move.procedure.last and state.ended is None:
        closed = Closed(action=move.action.name, round=state.round, stage=state.stage, outcome=outcome)
        move.put(move.emit(closed, about="", org=state.org, system=True))
    _begin_waiting(move)
    for emit in settlements(state) if move.procedure.measured else ():
        move.put(emit)


def _begin_waiting(move: Move) -> None:
    """Legs whose forerunners have all ended begin now."""
    state = move.state
    for leg in state.open_legs() if state.ended is None else ():
        if leg.state == LEG_WAITS and not held_back(state, leg.after):
            data = Acted(
                action=BEGIN, round=leg.round, stage=state.stage, state=LEG_STATE_AFTER["leg_called"]
            )
            move.put(move.emit(data, about=leg.about, org=leg.org, person="", post="", system=True))


def _goes_over(move: Move, common: dict[str, Any]) -> None:
    """Effect ``change``: from this fact on another procedure holds, in its opening stage."""
    effect = next((effect for effect in move.action.then if effect.change), None)
    if effect is None:
        return
    name = effect.change or ""
    digest, procedure = move.ports.other(name)
    move.procedure = procedure
    common["stage"] = procedure.first
    legs = {f"leg.{leg.state}": effect.legs for leg in move.state.open_legs()} if effect.legs else {}
    common["fields"] = {**common["fields"], TO_PROCEDURE: name, TO_DIGEST: digest, **legs}


def call(move: Move, called: Called) -> None:
    """A leg begins, or waits for others to end."""
    state = move.state
    # Who takes a matter up by herself does it for the one that opened it.
    by_itself = called.post != "" and called.post == move.actor.post
    data = LegCalled(
        action=move.action.name,
        round=state.round,
        stage=state.stage,
        state=first_state(state, called.after),
        role=called.role or "lead",
        to_post=called.post,
        scope=called.scope,
        caller=(by_itself and state.caller)
        or move.actor.org
        or (state.caller if move.procedure.portal else ""),
        duty=called.duty,
        after=called.after,
        limits=move.limits(called.org),
        asks=loads_of(move.procedure, state),
        # Called for a day that was promised in the same act: a clock of the leg ends with that day.
        fields={"promise": move.filled.codes["promise"]} if "promise" in move.filled.codes else {},
    )
    move.put(move.emit(data, about=f"leg:{len(state.legs) + 1}", org=called.org))


def addressee(move: Move, effect: Effect) -> Called:
    """Whom a ``call`` effect means: who looks after the place, who was chosen, or the lead of the round
    before."""
    state, role, scope = move.state, effect.call or "lead", effect.scope or ""
    if effect.to == "self":
        return Called(move.actor.org or state.org, move.actor.post, role, scope)
    if effect.to == "chosen":
        codes = move.filled.codes
        return Called(
            str(codes.get("org") or codes.get("unit") or state.org), str(codes.get("post") or ""), role, scope
        )
    if effect.to == "again":
        leads = [leg for leg in state.legs.values() if leg.role == "lead"]
        if leads:
            return Called(leads[-1].org, leads[-1].post, role, scope)
    return Called(state.org, "", role, scope)


def _common(move: Move, stage: str) -> dict[str, Any]:
    state = move.state
    after = LEG_STATE_AFTER.get(move.action.fact, "")
    if move.action.on == "leg":
        after = move.action.to or after
    return {
        "action": move.action.name,
        "round": state.round,
        "stage": stage,
        "state": after,
        "fields": {name: value for name, value in move.filled.codes.items() if name != "stars"},
        "files": tuple(move.filled.files),
    }


def _opens(action: Action) -> tuple[Opens, ...]:
    return tuple(Opens(effect.open, effect.seat, effect.each or "") for effect in action.then if effect.open)


def _backs(action: Action) -> tuple[str, ...]:
    return tuple(effect.back for effect in action.then if effect.back)
