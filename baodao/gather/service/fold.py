"""What a member's facts say, and those of a standing post. Pure: services, rebuild and doctor share it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from . import facts


class Unit(msgspec.Struct):
    """The ``n``-th stay on a unit's list, in [since, until)."""

    n: int
    org: str
    since: date
    until: date | None
    origin: str


class Place(msgspec.Struct):
    """The ``n``-th reporting at a community."""

    n: int
    org: str
    role: str
    since: date
    until: date | None
    origin: str


class Record(msgspec.Struct):
    """One time of service: what she said and what the community said. ``state``: told, confirmed, otherwise."""

    slot: str
    org: str
    kind: str
    day: date
    told: int
    minutes: int
    state: str
    origin: str


class Member(msgspec.Struct):
    """All that is known of one member's service. ``shown``: place → what she lets it see."""

    units: list[Unit] = []
    places: list[Place] = []
    shown: dict[str, tuple[str, ...]] = {}
    out: set[str] = set()
    records: dict[str, Record] = {}

    def unit(self, org: str) -> Unit | None:
        """Her open row on a unit's list."""
        return next((row for row in self.units if row.org == org and row.until is None), None)

    def place(self, org: str) -> Place | None:
        """Her open reporting at a community."""
        return next((row for row in self.places if row.org == org and row.until is None), None)

    @property
    def units_now(self) -> list[str]:
        """Units that have her on their lists."""
        return [row.org for row in self.units if row.until is None]

    @property
    def places_now(self) -> list[str]:
        """Communities where she reports."""
        return [row.org for row in self.places if row.until is None]


class Event(msgspec.Struct, frozen=True):
    """A fact, stored or about to be, as far as the fold needs it."""

    data: Any
    org: str = ""
    about: str = ""
    value: int = 0
    origin: str = "live"
    person: str = ""
    place: str = ""
    texts: dict[str, str] = {}


def fold(told: Iterable[Event]) -> Member:
    """The member after these facts, in ledger order."""
    member = Member()
    for one in told:
        after(member, one)
    return member


def after(member: Member, one: Event) -> None:
    """Fold one more fact into the member."""
    data = one.data
    if isinstance(data, facts.Listed):
        since = date.fromisoformat(data.since)
        member.units.append(Unit(len(member.units) + 1, data.unit, since, None, one.origin))
    elif isinstance(data, facts.Unlisted):
        if (unit := member.unit(data.unit)) is not None:
            unit.until = date.fromisoformat(data.until)
    elif isinstance(data, facts.Reported):
        since = date.fromisoformat(data.since)
        row = Place(len(member.places) + 1, data.place, data.role, since, None, one.origin)
        member.places.append(row)
    elif isinstance(data, facts.Ended):
        if (place := member.place(data.place)) is not None:
            place.until = date.fromisoformat(data.until)
    elif isinstance(data, facts.Shows):
        member.shown.pop(data.place, None)
        if data.what:
            member.shown[data.place] = tuple(sorted(set(data.what)))
    elif isinstance(data, facts.Exempted):
        (member.out.add if data.yes else member.out.discard)(data.half)
    elif isinstance(data, (facts.Told, facts.Confirmed)):
        _record(member, data, one)


def _record(member: Member, data: facts.Told | facts.Confirmed, one: Event) -> None:
    slot = one.about.partition(":")[2]
    row = member.records.get(slot)
    if row is None:
        day = date.fromisoformat(data.day)
        row = member.records[slot] = Record(slot, one.org, data.kind, day, 0, 0, "told", one.origin)
    if isinstance(data, facts.Told):
        row.told = one.value
        if row.state == "otherwise":
            row.state = "told"
    else:
        row.state = "confirmed" if data.yes else "otherwise"
        row.minutes = one.value if data.yes else 0


class StandState(msgspec.Struct):
    """A standing post as its facts left it; ``token`` "" for a vacant one, ``last`` the holder's latest evidence."""

    org: str
    kind: str
    area: str
    title: str
    notes: str
    since: date
    origin: str
    until: date | None = None
    token: str = ""
    named: bool = False
    held: date | None = None
    last: date | None = None


def stand_of(told: Iterable[Event]) -> StandState | None:
    """The post after these facts; None when its setting was voided."""
    stand: StandState | None = None
    for one in told:
        stand = stand_after(stand, one)
    return stand


def stand_after(stand: StandState | None, one: Event) -> StandState | None:
    """One more fact; what has lost its ground is passed over."""
    data = one.data
    if isinstance(data, facts.Set):
        title, notes = one.texts.get("title", "")[:80], one.texts.get("about", "")
        return StandState(
            one.org, data.kind, one.place, title, notes, date.fromisoformat(data.since), one.origin
        )
    if stand is None:
        return None
    if isinstance(data, facts.Taken):
        stand.token, stand.named, stand.held = one.person, data.named, date.fromisoformat(data.since)
        stand.last = None
    elif isinstance(data, facts.Evidenced):
        day = date.fromisoformat(data.day)
        stand.last = max(day, stand.last) if stand.last else day
    elif isinstance(data, (facts.LaidDown, facts.StandEnded)):
        if isinstance(data, facts.StandEnded):
            stand.until = date.fromisoformat(data.until)
        stand.token, stand.named, stand.held, stand.last = "", False, None, None
    return stand
