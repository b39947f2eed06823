"""Projection: the rows that a state amounts to. The same function fills them in a command and in a
rebuild."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from .clocks import PAUSE_CLOCK, Calendar
from .declare import Procedure
from .lapses import next_at
from .state import LEG_WAITS, Leg, State
from .state import SHARED_LEVEL as SHARED_LEVEL  # noqa: PLC0414  (others take it from here)
from .turns import concluding, turn_of

PAUSED = "paused"
#: Where no clock runs nothing is late: such a row stands behind all that have a day.
NEVER = datetime(2999, 1, 1, tzinfo=UTC)
#: States of a leg that waits for other legs, or for a ruling.
WAITING = (LEG_WAITS, "disputed", "climbed")
#: Up to this level whoever called takes part; above it only who is named.
PART_LEVEL = 2


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
        "caller_post": state.caller_post if state.level <= PART_LEVEL else "",
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


def _listed_due(state: State, leg: Leg) -> datetime:
    """When a list says that a leg is due: its next clock, else that of its stage, else the day that it missed if nothing began
    since, else `NEVER`; what waits for others tells since when."""
    last = max(state.runs_of(leg.about), key=lambda run: run.start, default=None)
    missed = last.due if last is not None and last.lapsed else None
    none = state.last if leg.state in WAITING else NEVER
    return leg_due(state, leg) or _stage_due(state) or missed or none


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


def stake_rows(
    procedure: Procedure, state: State, leg: Leg, chain: Sequence[str], heir: Callable[[str], str] = str
) -> list[dict[str, Any]]:
    """All rows of `Stake` of one leg; ``chain`` is its organization and those above it, ``heir`` gives who comes after an
    organization that called and is no more. None once the leg has ended, but for the caller while all have ended and the
    whole waits to be concluded."""
    if leg.ended is not None:
        if concluding(procedure, state) != leg.n or not _lists(state, state.caller):
            return []
        asks = _stake(state, leg, state.caller, 1, state.caller_post, caller=True, due=_stage_due(state))
        return spread(None, asks, (), heir)
    base = _stake(state, leg, leg.org, 0, leg.holder or leg.post)
    if turn_of(procedure, leg.state) == "leg" or not _lists(state, leg.caller):
        return spread(base, None, chain, heir)
    return spread(base, _stake(state, leg, leg.caller, 1, leg.caller_post, caller=True), chain, heir)


def spread(
    base: dict[str, Any] | None, asks: dict[str, Any] | None, chain: Sequence[str], heir: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The rows of one leg out of two: that of the organization that has it and that of the one that waits for it, by today's
    trees. The same for rows that are there already (`succession.restake`)."""
    if asks is not None:
        asks = {**asks, "scope": heir(asks["scope"]) or asks["scope"], "depth": 1}
    if base is None:
        return [asks] if asks is not None else []
    if asks is not None and asks["scope"] == base["scope"]:
        base, asks = {**base, "caller": True, "holder": base["holder"] or asks["holder"]}, None
    found = [base]
    for depth, scope in enumerate([] if base["level"] > SHARED_LEVEL else chain[1:], 1):
        calls = asks is not None and asks["scope"] == scope
        holder = asks["holder"] if calls and asks is not None else ""
        found.append({**base, "scope": scope, "depth": depth, "holder": holder, "caller": calls})
    if asks is not None and all(row["scope"] != asks["scope"] for row in found):
        found.append(asks)
    return found


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
        "next_at": due or _listed_due(state, leg),
        "level": state.level,
        "caller": caller,
    }
