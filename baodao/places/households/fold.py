"""A household is what its facts say and its contents still hold. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from baodao.ledger.selectors import Recorded

from . import facts


class Line(msgspec.Struct, frozen=True):
    """A line that stands; ``fact`` holds its text, ``token`` is a contact's."""

    n: int
    field: str
    why: str
    until: date
    post: str
    word: bool
    written: date
    token: str
    fact: int


class Whole(msgspec.Struct):
    """A household with the lines that stand."""

    org: str
    grid: str
    since: date
    origin: str
    until: date | None = None
    lines: dict[int, Line] = {}
    tokens: set[str] = set()
    next: int = 1


def local(at: datetime) -> date:
    """The local day of a moment."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def fold(told: Iterable[Recorded], kept: Mapping[int, Mapping[str, str]]) -> Whole | None:
    """The household after these facts; a line whose text is gone does not stand. None when its registration was
    voided."""
    whole: Whole | None = None
    for fact in told:
        data, day = fact.data, local(fact.noted)
        if isinstance(data, facts.Registered):
            whole = Whole(data.org, fact.place, day, fact.origin)
        if whole is None:
            continue
        if isinstance(data, facts.Written):
            whole.next = max(whole.next, data.n + 1)
            if data.field == "contact" or fact.id in kept:
                line = Line(
                    data.n, data.field, data.why, date.fromisoformat(data.until), fact.post, data.word, day,
                    fact.person, fact.id,
                )  # fmt: skip
                whole.lines[data.n] = line
        elif isinstance(data, facts.Struck | facts.Expired):
            whole.lines.pop(data.n, None)
        elif isinstance(data, facts.Joined):
            whole.tokens.add(fact.person)
        elif isinstance(data, facts.Closed):
            whole.until, whole.lines, whole.tokens = day, {}, set()
    return whole
