"""What a return's facts say. Pure: services, pages, rebuild and doctor share it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from baodao.ledger.selectors import Recorded

from . import facts


class Hand(msgspec.Struct, frozen=True):
    """A cell written by hand: the fact whose texts say what and why, the post, when."""

    fact: int
    post: str
    at: datetime


class Frozen(msgspec.Struct, frozen=True):
    """One signed version. ``filled``: the fact whose text holds what the machine said then; ``hands`` as they were."""

    fact: int
    version: int
    file: str
    digest: str
    position: int
    at: datetime
    post: str
    second: str
    filled: int
    hands: dict[str, Hand]
    reason: int = 0
    """The fact whose text says why it was corrected; 0 for the first version."""
    meets: tuple[str, ...] = ()
    met_on: str = ""


class State(msgspec.Struct):
    """A return after its facts."""

    org: str
    form: str
    first: date
    last: date
    source: str
    origin: str
    due: date | None = None
    version: int = 1
    state: str = "draft"
    filled: int = 0
    digest: str = ""
    position: int = 0
    hands: dict[str, Hand] = {}
    copies: list[Frozen] = []
    taken: dict[tuple[int, str], datetime] = {}
    reason: int = 0
    dropped: bool = False


def fold(told: Iterable[Recorded]) -> State | None:
    """The return after these facts, in ledger order; None before it was filled, or when it was given up."""
    state: State | None = None
    for fact in told:
        if state is None:
            if not isinstance(fact.data, facts.Filled):
                continue
            first, last = date.fromisoformat(fact.data.first), date.fromisoformat(fact.data.last)
            state = State(fact.org, fact.data.form, first, last, fact.data.source, fact.origin)
        _after(state, fact)
    return None if state is None or state.dropped else state


def _after(state: State, fact: Recorded) -> None:
    data = fact.data
    if isinstance(data, facts.Filled):
        state.filled, state.digest, state.position = fact.id, data.digest, data.position
        state.due = date.fromisoformat(data.due) if data.due else state.due
    elif isinstance(data, facts.Written):
        state.hands = {key: hand for key, hand in state.hands.items() if key != data.key}
        if not data.gone:
            state.hands[data.key] = Hand(fact.id, fact.post, fact.happened)
    elif isinstance(data, facts.Signed):
        state.state = "frozen"
        state.copies.append(
            Frozen(
                fact.id, data.version, data.file, data.digest, data.position, fact.happened, fact.post, data.second,
                state.filled, dict(state.hands), state.reason, data.meets, data.met_on,
            )
        )  # fmt: skip
    elif isinstance(data, facts.Corrected):
        state.version, state.state, state.reason = data.version, "draft", fact.id
    elif isinstance(data, facts.Taken):
        state.taken[data.version, fact.post] = fact.happened
    elif isinstance(data, facts.Dropped):
        _back(state)


def _back(state: State) -> None:
    """The version that was begun is given up: what was signed before stands again."""
    if not state.copies:
        state.dropped = True
        return
    last = state.copies[-1]
    state.version, state.state, state.reason = last.version, "frozen", last.reason
    state.filled, state.position, state.hands = last.filled, last.position, dict(last.hands)
