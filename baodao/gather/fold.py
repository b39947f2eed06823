"""A slot is what its facts say, told in ledger order. Pure: commands, rebuild and doctor share it.

A command may hold only the seats that it touches: nothing here looks at a seat that the fact does not name, but for a
change and a calling off, for which all are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from .facts import Attended, CalledOff, Changed, Disputed, Held, Joined, Left, Opened, Rated, Span

#: States of presence during which somebody is there, or is expected.
THERE = frozenset({"", "present", "phone"})
STATUSES = ("present", "phone", "visit", "made_up", "excused", "absent")


class Told(msgspec.Struct, frozen=True):
    """A fact, stored or about to be: its data and the columns that the fold needs."""

    data: Any
    org: str = ""
    place: str = ""
    about: str = ""
    person: str = ""
    level: int = 0
    value: int = 0
    origin: str = "live"
    texts: Mapping[str, str] = {}


class Seating(msgspec.Struct):
    """One person's row; see models.Seat."""

    token: str
    state: str
    way: str
    n: int
    starts: datetime
    ends: datetime
    holds: bool = False
    status: str = ""
    how: str = ""
    minutes: int = 0
    disputed: bool = False
    rated: bool = False

    @property
    def counted(self) -> bool:
        """Whether it takes one of the seats; who was only found there and entered takes none."""
        return self.state == "seat" and self.way != "list"


class Meeting(msgspec.Struct):
    """A slot with (some of) its rows by token; see models.Slot."""

    code: str
    kind: str
    form: str
    domain: str
    org: str
    starts: datetime
    ends: datetime
    place: str = ""
    about: str = ""
    series: str = ""
    post: str = ""
    title: str = ""
    notes: str = ""
    where: str = ""
    seats: int = 0
    taken: int = 0
    waiting: int = 0
    came: int = 0
    heads: int = 0
    why: str = ""
    state: str = "open"
    level: int = 1
    origin: str = "live"
    traits: tuple[str, ...] = ()
    #: Whether it has its place to itself, until it is called off.
    holds: bool = False
    rows: dict[str, Seating] = {}

    @property
    def free(self) -> int | None:
        """Seats left; None: no limit."""
        return None if self.seats == 0 else self.seats - self.taken


def moment(text: str) -> datetime:
    """A fact's moment as aware UTC."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def span_of(starts: datetime, ends: datetime) -> Span:
    """A span as a fact writes it."""
    return Span(starts=_written(starts), ends=_written(ends))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fold(code: str, facts: Iterable[Told]) -> Meeting | None:
    """The slot after these facts, in ledger order; None when its opening was voided."""
    meeting: Meeting | None = None
    for told in facts:
        meeting = after(code, meeting, told)
    return meeting


def after(code: str, meeting: Meeting | None, told: Told) -> Meeting | None:
    """One more fact. What has lost its ground (a leaving after a voided joining) is passed over. Changes ``meeting`` in place."""
    data = told.data
    if isinstance(data, Opened):
        return _opened(code, data, told)
    if meeting is None:
        return None
    if isinstance(data, Changed):
        _changed(meeting, data, told)
    elif isinstance(data, CalledOff):
        meeting.state, meeting.why, meeting.holds = "called_off", data.why, False
        for row in meeting.rows.values():
            row.holds = False
    elif isinstance(data, Held):
        meeting.state, meeting.heads = "held", told.value
        meeting.traits = tuple(sorted(set(data.traits)))
    elif isinstance(data, Joined):
        _joined(meeting, data, told.person)
    else:
        _of_a_person(meeting, data, told)
    return meeting


def _opened(code: str, data: Opened, told: Told) -> Meeting:
    made = Meeting(
        code, data.kind, data.form, data.domain, told.org, moment(data.span.starts), moment(data.span.ends)
    )
    _put(made, data, told)
    made.level, made.origin = told.level, told.origin
    return made


def _put(meeting: Meeting, data: Opened | Changed, told: Told) -> None:
    meeting.kind, meeting.form, meeting.domain = data.kind, data.form, data.domain
    meeting.place, meeting.about, meeting.series, meeting.post = (
        told.place, told.about, data.series, data.post,
    )  # fmt: skip
    meeting.seats, meeting.traits = data.seats, tuple(sorted(set(data.traits)))
    meeting.starts, meeting.ends = moment(data.span.starts), moment(data.span.ends)
    meeting.holds = data.alone and bool(told.place)
    meeting.title = told.texts.get("title", "")[:120]
    meeting.notes = told.texts.get("about", "")
    meeting.where = told.texts.get("where", "")[:200]


def _changed(meeting: Meeting, data: Changed, told: Told) -> None:
    was = meeting.starts, meeting.ends
    _put(meeting, data, told)
    for row in meeting.rows.values():
        row.starts, row.ends = moved((row.starts, row.ends), was, (meeting.starts, meeting.ends))


def moved(
    own: tuple[datetime, datetime], was: tuple[datetime, datetime], now: tuple[datetime, datetime]
) -> tuple[datetime, datetime]:
    """Somebody's time when the slot's changes: the whole stays the whole, a part stays what of it is left, else the whole."""
    starts, ends = max(own[0], now[0]), min(own[1], now[1])
    return now if own == was or starts >= ends else (starts, ends)


def _joined(meeting: Meeting, data: Joined, token: str) -> None:
    row = meeting.rows.get(token)
    if row is None or row.state == "left":
        meeting.came += 1
        row = Seating(token, "left", data.way, meeting.came, meeting.starts, meeting.ends)
        meeting.rows[token] = row
    _count(meeting, row, -1)
    row.state, row.way = data.state, data.way
    row.starts, row.ends = moment(data.span.starts), moment(data.span.ends)
    _count(meeting, row, 1)
    _settle(meeting, row)


def _count(meeting: Meeting, row: Seating, by: int) -> None:
    meeting.taken += by if row.counted else 0
    meeting.waiting += by if row.state == "waiting" else 0


def _settle(meeting: Meeting, row: Seating) -> None:
    row.holds = row.state == "seat" and row.status in THERE and meeting.state != "called_off"


def _of_a_person(meeting: Meeting, data: Any, told: Told) -> None:
    row = meeting.rows.get(told.person)
    if row is None:
        return
    if isinstance(data, Left):
        _count(meeting, row, -1)
        row.state = "left"
    elif isinstance(data, Attended):
        row.status, row.how, row.minutes, row.disputed = data.status, data.how, told.value, False
    elif isinstance(data, Disputed):
        row.disputed = True
    elif isinstance(data, Rated) and data.side == "person":
        row.rated = True
    _settle(meeting, row)
