"""An alliance is what its facts say, folded in ledger order. Pure: services, rebuild and doctor share it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from baodao.orgs.tree import covers

from .facts import Declined, Ended, Founded, Invited, Joined, Left

State = Literal["invited", "joined", "declined", "withdrawn"]


class Tie(msgspec.Struct, frozen=True):
    """One stay, or one invitation, of one organization: its ``n``-th in this alliance."""

    org: str
    n: int
    role: str
    state: State
    since: date
    until: date | None = None

    def at(self, day: date) -> bool:
        """Whether it takes part on ``day``."""
        return self.state == "joined" and covers(self.since, self.until, day)


class Whole(msgspec.Struct, frozen=True):
    """An alliance with everybody who was ever asked."""

    kind: str
    shape: str
    seat: str
    since: date
    until: date | None = None
    ties: tuple[Tie, ...] = ()

    def at(self, day: date) -> bool:
        """Whether it exists on ``day``."""
        return covers(self.since, self.until, day)

    def open_tie(self, org: str) -> Tie | None:
        """The waiting invitation of an organization, or its stay without end."""
        return next(
            (t for t in self.ties if t.org == org and t.until is None and t.state in ("invited", "joined")),
            None,
        )


def fold(facts: Iterable[Any]) -> Whole | None:
    """The alliance after these facts (their data, in ledger order); None when its founding was voided."""
    whole: Whole | None = None
    for data in facts:
        whole = after(whole, data)
    return whole


def new(data: Founded) -> Whole:
    """An alliance on its first day, without members."""
    until = date.fromisoformat(data.until) if data.until else None
    return Whole(data.kind, data.shape, data.seat, date.fromisoformat(data.since), until)


def after(whole: Whole | None, data: Any) -> Whole | None:
    """The alliance after one more fact. What has lost its ground (a leaving after a voided joining) is passed over."""
    if isinstance(data, Founded):
        return new(data)
    if whole is None:
        return None
    if isinstance(data, Ended):
        return _ended(whole, date.fromisoformat(data.until))
    if not isinstance(data, Invited | Joined | Declined | Left):
        return whole
    held = whole.open_tie(data.member)
    if isinstance(data, Invited | Joined):
        return _come(whole, held, data)
    if held is None:
        return whole
    if isinstance(data, Declined) and held.state == "invited":
        return _put(whole, held, state="declined" if data.side == "member" else "withdrawn")
    if isinstance(data, Left) and held.state == "joined":
        return _put(whole, held, until=date.fromisoformat(data.until))
    return whole


def _come(whole: Whole, held: Tie | None, data: Invited | Joined) -> Whole:
    since = date.fromisoformat(data.since)
    state: State = "invited" if isinstance(data, Invited) else "joined"
    if held is not None:
        return (
            whole if held.state == "joined" else _put(whole, held, state=state, role=data.role, since=since)
        )
    n = 1 + sum(1 for tie in whole.ties if tie.org == data.member)
    tie = Tie(data.member, n, data.role, state, since)
    return msgspec.structs.replace(whole, ties=(*whole.ties, tie))


def _put(whole: Whole, held: Tie, **changed: Any) -> Whole:
    fresh = msgspec.structs.replace(held, **changed)
    return msgspec.structs.replace(whole, ties=tuple(fresh if t == held else t for t in whole.ties))


def _ended(whole: Whole, until: date) -> Whole:
    return msgspec.structs.replace(whole, until=until, ties=tuple(_cut(tie, until) for tie in whole.ties))


def _cut(tie: Tie, until: date) -> Tie:
    if tie.state == "invited" or (tie.state == "joined" and tie.since >= until):
        return msgspec.structs.replace(tie, state="withdrawn")
    if tie.state == "joined" and (tie.until is None or tie.until > until):
        return msgspec.structs.replace(tie, until=until)
    return tie
