"""What a member's facts say. Pure: services, rebuild and doctor share it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from baodao.ledger.selectors import Recorded

from . import facts


class Row(msgspec.Struct):
    """The ``n``-th row: a stay on a roll, or an asking."""

    n: int
    org: str
    kind: str
    state: str
    since: date
    until: date | None
    origin: str


class Member(msgspec.Struct):
    """All rows of one member, and where she chose to be seen."""

    rows: list[Row] = []
    shown: set[str] = set()

    def open(self, org: str, kind: str, state: str) -> Row | None:
        """The row without end at a branch."""
        wanted = (org, kind, state)
        return next((r for r in self.rows if (r.org, r.kind, r.state) == wanted and r.until is None), None)

    @property
    def home(self) -> Row | None:
        """The row at her home branch."""
        return next((r for r in self.rows if r.kind == "home" and r.until is None), None)


def fold(told: Iterable[Recorded]) -> Member:
    """The member after these facts, in ledger order."""
    member = Member()
    for fact in told:
        after(member, fact.data, fact.origin)
    return member


def after(member: Member, data: Any, origin: str) -> None:
    """Fold one more fact into the member."""
    if isinstance(data, facts.Shown):
        (member.shown.add if data.yes else member.shown.discard)(data.place)
    elif isinstance(data, facts.Asked):
        _add(member, data.branch, "project", "asked", since=date.fromisoformat(data.since), origin=origin)
    elif isinstance(data, facts.Entered):
        since = date.fromisoformat(data.since)
        asked = member.open(data.branch, "project", "asked") if data.kind == "project" else None
        if asked is not None:
            asked.state, asked.since = "in", since
        else:
            _add(member, data.branch, data.kind, "in", since=since, origin=origin)
    elif isinstance(data, facts.Declined):
        asked = member.open(data.branch, "project", "asked")
        if asked is not None:
            asked.state = "declined" if data.side == "branch" else "withdrawn"
            asked.until = asked.since
    elif isinstance(data, facts.Left):
        row = member.open(data.branch, data.kind, "in")
        if row is not None:
            row.until = date.fromisoformat(data.until)


def _add(member: Member, org: str, kind: str, state: str, *, since: date, origin: str) -> None:
    member.rows.append(Row(len(member.rows) + 1, org, kind, state, since, None, origin))
