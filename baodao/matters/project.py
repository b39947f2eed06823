"""Projection: the rows that a state amounts to. The same function fills them in a command and in a
rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .clocks import PAUSE_CLOCK, Calendar
from .declare import Procedure
from .lapses import next_at
from .state import Leg, State
from .turns import concluding, turn_of

#: Above this level only those who take part find the row: no superior's list, no search.
SHARED_LEVEL = 1
PAUSED = "paused"


def matter_row(
    procedure: Procedure, state: State, calendar: Calendar, *, pack: str, origin: str, shown: str = ""
) -> dict[str, Any]:
    """All columns of `Matter`. ``shown``: the released title, which is a text and so not in the state."""
    return {
        "number": state.number,
        "procedure": state.procedure,
        "digest": state.digest,
        "pack": pack,
        "stage": state.stage,
        "round": state.round,
        "level": state.level,
        "kind": state.kind,
        "org": state.org,
        "place": state.place,
        "reporter": state.reporters[0] if state.reporters else "",
        "caller": state.caller,
        "origin": origin,
        "behalf": state.behalf,
        "claim": state.claim,
        "answer": state.answer,
        "outcome": state.outcome,
        "promise": state.promise,
        "about": state.about,
        "into": state.merged_into,
        "shown": shown[:80] if state.level <= SHARED_LEVEL else "",
        "opened": state.opened,
        "moved": state.last,
        "ended": state.ended,
        "next_at": next_at(procedure, state, calendar),
    }


def seat_of(leg: Leg, level: int) -> str:
    """Who reaches a leg by the right "legs": colleagues too while its matter is of level ≤ 1, else the post
    that has it (or, until somebody reports in, whoever may)."""
    return "" if level <= SHARED_LEVEL else leg.holder or leg.post


def leg_due(state: State, leg: Leg) -> datetime | None:
    """The next due of a leg: of its open clocks the earliest; a held clock keeps the due that it had."""
    dues = [
        run.due
        for run in state.runs.values()
        if run.about == leg.about and run.stopped is None and run.clock != PAUSE_CLOCK
    ]
    return min(dues, default=None)


def leg_row(state: State, leg: Leg) -> dict[str, Any]:
    """All columns of `Leg`."""
    return {
        "matter": state.number,
        "n": leg.n,
        "round": leg.round,
        "role": leg.role,
        "org": leg.org,
        "post": leg.post,
        "holder": leg.holder,
        "seat": seat_of(leg, state.level),
        "state": leg.state,
        "cause": leg.cause,
        "claim": leg.claim,
        "verdict": leg.verdict,
        "scope": leg.scope,
        "caller": leg.caller,
        "duty": leg.duty,
        "called": leg.called,
        "reported": leg.reported,
        "ended": leg.ended,
        "due": leg_due(state, leg),
    }


def stake_rows(procedure: Procedure, state: State, leg: Leg, chain: Sequence[str]) -> list[dict[str, Any]]:
    """All rows of `Stake` of one leg; ``chain`` is its organization and those above it. None once it has
    ended, but for the caller while all have ended and the whole waits to be concluded."""
    if leg.ended is not None:
        if concluding(procedure, state) != leg.n or not _lists(state, state.caller):
            return []
        return [_stake(state, leg, state.caller, 1, state.caller_post, caller=True, due=_stage_due(state))]
    scopes = [leg.org] if state.level > SHARED_LEVEL else list(chain) or [leg.org]
    rows = [
        _stake(state, leg, scope, depth, (leg.holder or leg.post) if depth == 0 else "")
        for depth, scope in enumerate(scopes)
    ]
    if turn_of(procedure, leg.state) != "leg" and _lists(state, leg.caller):
        same = next((row for row in rows if row["scope"] == leg.caller), None)
        if same is None:
            rows.append(_stake(state, leg, leg.caller, 1, leg.caller_post, caller=True))
        else:
            same |= {"caller": True, "holder": same["holder"] or leg.caller_post}
    return rows


def _lists(state: State, caller: str) -> bool:
    """Whether the caller's colleagues may read the matter: nothing is listed that could not be opened."""
    return state.level <= SHARED_LEVEL and caller in {state.org, *(leg.org for leg in state.legs.values())}


def _stage_due(state: State) -> datetime | None:
    runs = state.runs_of(f"stage:{state.visit}")
    return min((run.due for run in runs if run.stopped is None), default=None)


def _stake(
    state: State,
    leg: Leg,
    scope: str,
    depth: int,
    holder: str,
    *,
    caller: bool = False,
    due: datetime | None = None,
) -> dict[str, Any]:
    return {
        "scope": scope,
        "depth": depth,
        "holder": holder,
        "seat": seat_of(leg, state.level),
        "matter": state.number,
        "leg": leg.n,
        "kind": state.procedure,
        "state": PAUSED if leg.cause else leg.state,
        "next_at": due or leg_due(state, leg) or state.last,
        "level": state.level,
        "caller": caller,
    }
