"""Whose turn it is: read from a declaration, for lists. Pure."""

from __future__ import annotations

from typing import Literal

from .declare import Action, Procedure
from .state import LEG_WAITS, State

#: Selectors that mean the addressee.
ADDRESSEE = {"leg", "holder", "lead", "participant", "named", "outsider"}
Turn = Literal["leg", "caller", "other"]


def turn_of(procedure: Procedure, leg_state: str) -> Turn:
    """Who can move a leg on from a state: its addressee; else whoever called it; else somebody by a right, or the clock
    alone. A leg that waits for others is its addressee's."""
    if leg_state == LEG_WAITS:
        return "leg"
    who = {one for action in procedure.actions if _moves(action, leg_state) for one in action.who}
    return "leg" if who & ADDRESSEE else "caller" if "caller" in who else "other"


def _moves(action: Action, leg_state: str) -> bool:
    return action.on == "leg" and leg_state in action.froms()


def concluders(procedure: Procedure, stage: str) -> list[Action]:
    """What the caller may do once all legs have ended, in this stage."""
    return [
        action
        for action in procedure.actions
        if action.on == "matter"
        and "caller" in action.who
        and stage in action.froms()
        and any(guard.legs_ruled for guard in action.when)
    ]


def concluding(procedure: Procedure, state: State) -> int:
    """The leg that stands for the whole while all have ended and the caller has to conclude: the lead, else the first; 0
    while there is nothing to conclude."""
    legs = state.legs_of_round()
    if state.ended is not None or not legs or any(leg.ended is None for leg in legs):
        return 0
    if not concluders(procedure, state.stage):
        return 0
    return (state.lead or legs[0]).n
