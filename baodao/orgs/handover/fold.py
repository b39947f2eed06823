"""A sheet is what its facts say, folded in ledger order. Pure: verbs, rebuild and doctor share it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from .facts import Assigned, Dropped, Opened, Passed, Signed

State = Literal["open", "signed", "done", "dropped"]


class Line(Protocol):
    """What the fold reads of a fact."""

    @property
    def data(self) -> Any: ...
    @property
    def happened(self) -> datetime: ...
    @property
    def org(self) -> str: ...
    @property
    def post(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def id(self) -> int: ...


class Told(Struct, frozen=True):
    """A fact before it is written."""

    data: Any
    happened: datetime
    org: str = ""
    post: str = ""
    person: str = ""
    id: int = 0


class Sign(Struct, frozen=True):
    """One signature in force."""

    person: str
    post: str
    stands_in: bool
    items: int
    digest: str
    at: datetime
    fact: int = 0


Party = tuple[Literal["leaver", "heir"], str]


class Sheet(Struct, frozen=True):
    """A sheet: ``parts`` item → heir where it is not ``heir``; ``signs`` by party; ``heirs`` all who receive something."""

    post: str
    org: str
    heir: str
    day: date
    opened: datetime
    state: State = "open"
    parts: dict[str, str] = field(default_factory=dict)
    signs: dict[Party, Sign] = field(default_factory=dict)
    passed: int = 0
    unsigned: bool = False
    dropped: datetime | None = None

    def heir_of(self, item: str) -> str:
        """Who takes an item; "" for the office."""
        return self.parts.get(item, self.heir)

    @property
    def heirs(self) -> list[str]:
        """All posts that receive something, the sheet's own first."""
        return list(dict.fromkeys([self.heir, *sorted(self.parts.values())]))

    @property
    def parties(self) -> list[Party]:
        """Who has to sign."""
        return [("leaver", self.post), *(("heir", one) for one in self.heirs)]

    @property
    def wanting(self) -> list[Party]:
        """Who has not signed yet."""
        return [party for party in self.parties if party not in self.signs]


def fold(facts: Iterable[Line]) -> Sheet | None:
    """The sheet after these facts; None when its opening was voided."""
    sheet: Sheet | None = None
    for fact in facts:
        sheet = after(sheet, fact)
    return sheet


def after(sheet: Sheet | None, fact: Line) -> Sheet | None:
    """The sheet after one more fact."""
    data = fact.data
    if isinstance(data, Opened):
        return Sheet(data.post, fact.org, data.heir, date.fromisoformat(data.day), fact.happened)
    if sheet is None:
        return None
    if isinstance(data, Assigned):
        return _assigned(sheet, data)
    if isinstance(data, Signed):
        sign = Sign(fact.person, fact.post, data.stands_in, data.items, data.digest, fact.happened, fact.id)
        signed = replace(sheet, signs={**sheet.signs, (data.side, data.party): sign})
        return replace(signed, state="open" if signed.wanting else "signed")
    if isinstance(data, Passed):
        passed = replace(sheet, passed=sheet.passed + data.items, unsigned=sheet.unsigned or data.unsigned)
        return passed if data.rest else replace(passed, state="done")
    return replace(sheet, state="dropped", dropped=fact.happened) if isinstance(data, Dropped) else sheet


def _assigned(sheet: Sheet, data: Assigned) -> Sheet:
    parts = {item: heir for item, heir in sheet.parts.items() if item not in data.items}
    heir = sheet.heir if data.items else data.heir
    parts |= dict.fromkeys(data.items, data.heir)
    kept = {item: one for item, one in parts.items() if one != heir}
    return replace(sheet, heir=heir, parts=kept, signs={}, state="open")
