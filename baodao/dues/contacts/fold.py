"""What a contact's facts say. Pure: services, rebuild and doctor share it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from baodao.ledger.selectors import Recorded

from . import facts


class One(msgspec.Struct):
    """The ``n``-th time in touch. ``text``: the fact whose content holds the words of the need, 0 without a need."""

    n: int
    day: date
    need: bool
    text: int = 0
    solved: date | None = None


class State(msgspec.Struct):
    """A contact after its facts."""

    token: str
    org: str
    post: str
    origin: str
    since: date
    until: date | None = None
    made: dict[int, One] = {}
    solved: dict[int, date] = {}


def fold(told: Iterable[Recorded]) -> State | None:
    """The contact after these facts, in ledger order; None before it was named."""
    state: State | None = None
    for fact in told:
        if isinstance(fact.data, facts.Named):
            since = date.fromisoformat(fact.data.since)
            state = State(fact.person, fact.data.org, fact.data.leader, fact.origin, since)
        elif state is not None:
            after(state, fact.data, fact.id)
    return state


def after(state: State, data: Any, number: int = 0) -> None:
    """Fold one more fact into the contact."""
    if isinstance(data, facts.Made | facts.Corrected):
        # A correction supersedes what it corrects; that the need was met still holds.
        solved = state.solved.get(data.n) if data.need else None
        text = number if data.need else 0
        state.made[data.n] = One(data.n, date.fromisoformat(data.day), data.need, text, solved)
    elif isinstance(data, facts.Solved):
        state.solved[data.n] = date.fromisoformat(data.day)
        if data.n in state.made:
            state.made[data.n].solved = state.solved[data.n]
    elif isinstance(data, facts.Left):
        state.until = date.fromisoformat(data.until)
    elif isinstance(data, facts.Passed):
        state.org, state.post = data.org, data.leader
