"""Reads of staff lists: open legs from `stake` alone, the nearest due first, a page at a time.

A page costs one statement whatever the number of matters; rows become plain values, no model is built.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.calendar import WorkCalendar
from baodao.kernel.declare import get_pack
from baodao.kernel.raw import fetch, moment_of
from baodao.kernel.selectors import current_calendar
from baodao.kernel.typed import FAR, whole_number
from baodao.ledger.models import SearchDoc
from baodao.orgs.policies import reach_of, while_trees_stand
from baodao.orgs.rights import Reach
from baodao.orgs.selectors import pack_of
from baodao.orgs.tree import Forest

from .declare import Action, Procedure
from .models import Matter, Stake
from .policies import READ
from .project import PAUSED
from .references import boards
from .selectors import listed, stakes_of
from .state import LEG_WAITS
from .tallies.selectors import in_group
from .turns import Turn, concluders, turn_of
from .versions import version, words_of

View = Literal["all", "mine", "asks", "new", "late", "today", "soon", "paused"]
VIEWS: tuple[View, ...] = ("all", "mine", "asks", "new", "late", "today", "soon", "paused")
Sort = Literal["due", "last", "newest"]
#: Orders of a list that an index gives: the nearest due first, the farthest first, the newest number first.
SORTS: dict[Sort, tuple[str, ...]] = {
    "due": ("next_at", "matter", "leg"),
    "last": ("-next_at", "-matter", "-leg"),
    "newest": ("-matter", "-leg"),
}
#: Counts above a list look at the nearest rows only: "1000+" is honest, an endless count is not.
CAP = 1000
#: "Soon": due within so many workdays after today.
SOON = 3
#: States in which no clock runs against anybody.
STANDING = (PAUSED, LEG_WAITS)


#: Before the name of a group of states (`tallies.GROUPS`) in a wish.
GROUP = "group."


class Wish(Struct, frozen=True):
    """What a reader wants to see: a view, and filters that narrow it ("" = any). ``org``: that one and all
    below it; ``state``: one, or a group of them; ``board``: matters of the kinds that fall to this board in the reader's district; ``sort``: their order."""

    view: View = "all"
    procedure: str = ""
    state: str = ""
    org: str = ""
    board: str = ""
    sort: Sort = "due"


class Item(Struct, frozen=True):
    """One open leg of a list, with what it takes to show it. ``due``: where it stands in the order; ``do``: what moves
    it on and ``turn`` whose that is; ``caller`` who called; ``cause``: why its clock stands; ``words``: what it is about, "" above level 1."""

    number: str
    leg: int
    due: datetime
    level: int
    procedure: str
    kind: str
    do: str
    cause: str
    org: str
    origin: str
    opened: datetime
    called: datetime
    reported: datetime | None
    words: str
    role: str = ""
    caller: str = ""
    turn: Turn = "leg"
    asks: bool = False
    """Listed because it waits for the organization that called."""
    state: str = ""
    """Where the leg stands, in words."""

    @property
    def mark(self) -> str:
        """Where this row stands in the order: `after` of the next page."""
        return f"{int(self.due.timestamp())}.{self.number}.{self.leg}"


class Counts(Struct, frozen=True):
    """How many of the nearest rows are late, due today, due soon, paused; ``capped``: there are more rows."""

    total: int
    late: int
    today: int
    soon: int
    paused: int
    capped: bool


def edges(now: datetime) -> tuple[datetime, datetime]:
    """The ends of today and of the last of the next workdays that count as soon."""
    calendar = current_calendar()
    return _edges(calendar, calendar.local_date(now))


@lru_cache(maxsize=16)
def _edges(calendar: WorkCalendar, today: date) -> tuple[datetime, datetime]:
    return calendar.day_end(today), calendar.day_end(calendar.add_workdays(today, SOON))


def stakes(by: Act, wish: Wish, now: datetime) -> QuerySet[Stake]:
    """The rows of a wish, in order."""
    rows = stakes_of(by)
    if wish.view != "all":
        rows = rows.filter(_VIEWED[wish.view](by.post, now))
    if wish.procedure:
        rows = rows.filter(kind=wish.procedure)
    if wish.state:
        group = wish.state.removeprefix(GROUP)
        rows = rows.filter(Q(state=wish.state) if group == wish.state else in_group(group))
    if wish.org:
        rows = rows.filter(matter__in=Stake.objects.filter(scope=wish.org).values("matter"))
    if wish.board:
        kinds = boards_of(by).get(wish.board, ("", ()))[1]
        rows = rows.filter(matter__in=Matter.objects.filter(kind__in=kinds).values("number"))
    return rows.order_by(*SORTS[wish.sort])


#: What a view shows, by the post that reads it, now.
_VIEWED: dict[View, Callable[[str, datetime], Q]] = {
    "mine": lambda post, now: Q(holder=post) & (Q(depth=0) | Q(caller=True)),
    "asks": lambda post, now: Q(caller=True),
    "new": lambda post, now: Q(state="called"),
    "late": lambda post, now: Q(next_at__lt=now) & ~Q(state__in=STANDING),
    "today": lambda post, now: Q(next_at__gte=now, next_at__lte=edges(now)[0]) & ~Q(state__in=STANDING),
    "soon": lambda post, now: (
        Q(next_at__gt=edges(now)[0], next_at__lte=edges(now)[1]) & ~Q(state__in=STANDING)
    ),
    "paused": lambda post, now: Q(state=PAUSED),
}


def boards_of(by: Act) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Board → (words, kinds) of the pack of the reader's organization; empty in a district without boards."""
    office = by.office
    return boards(get_pack(pack_of(office)).many(Procedure, by.lang).values()) if office else {}


def behind(rows: QuerySet[Stake], mark: str, sort: Sort = "due") -> QuerySet[Stake]:
    """The rows that come after a mark in this order; an unreadable mark begins anew."""
    stamp, _dot, rest = mark.partition(".")
    number, _dot, leg = rest.rpartition(".")
    second, n = whole_number(stamp), whole_number(leg)
    if second is None or n is None or not number or second >= FAR or n > 9999:
        return rows
    at = datetime.fromtimestamp(second, tz=UTC)
    if sort == "newest":
        return rows.filter(Q(matter__lte=number) & (Q(matter__lt=number) | Q(leg__lt=n)))
    if sort == "last":
        earlier = Q(next_at__lt=at) | Q(matter__lt=number) | Q(matter=number, leg__lt=n)
        return rows.filter(Q(next_at__lte=at) & earlier)
    later = Q(next_at__gt=at) | Q(matter__gt=number) | Q(matter=number, leg__gt=n)
    return rows.filter(Q(next_at__gte=at) & later)


def count(by: Act, now: datetime) -> Counts:
    """One statement over the nearest rows, however many there are."""
    today, soon = edges(now)
    at, running = now, f"state NOT IN ('{PAUSED}', '{LEG_WAITS}')"
    nearest = _nearest(reach_of(by, READ))
    if nearest is None:  # a post that may read nothing, such as an administrator's
        return Counts(0, 0, 0, 0, 0, capped=False)
    sub, params = nearest
    ((total, late, due, near, paused),) = fetch(
        f"SELECT count(*), count(*) FILTER (WHERE {running} AND next_at < %s), "
        f"count(*) FILTER (WHERE {running} AND next_at >= %s AND next_at <= %s), "
        f"count(*) FILTER (WHERE {running} AND next_at > %s AND next_at <= %s), "
        f"count(*) FILTER (WHERE state = '{PAUSED}') FROM ({sub}) nearest",
        [at, at, today, today, soon, *params],
    )
    return Counts(total, late, due, near, paused, total >= CAP)


@while_trees_stand
def _nearest(found: Reach, trees: Forest) -> tuple[str, tuple[Any, ...]] | None:
    rows = Stake.objects.filter(listed(found)).order_by("next_at", "matter", "leg")
    try:
        sql, params = rows.values_list("next_at", "state")[:CAP].query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


_COLUMNS = (
    "s.next_at, s.matter, s.leg, s.level, m.procedure, m.digest, m.pack, m.kind, m.origin, m.opened, "
    'l.org, l.state, l.cause, l.called, l.reported, d.shown, l.role, l.caller, s.caller, m.reporter, m.stage, l.ended, m."into"'
)


def items(by: Act, rows: QuerySet[Stake], sort: Sort = "due") -> list[Item]:
    """The rows of a slice in their order, with matter, leg and words: one statement."""
    order = ", ".join(f"s.{name[1:]} DESC" if name[0] == "-" else f"s.{name}" for name in SORTS[sort])
    try:
        sub, params = rows.values_list("next_at", "matter", "leg", "level", "caller").query.sql_with_params()
    except EmptyResultSet:
        return []
    found = fetch(
        f"SELECT {_COLUMNS} FROM ({sub}) s JOIN matters_matter m ON m.number = s.matter "
        "JOIN matters_leg l ON l.matter = s.matter AND l.n = s.leg "
        f"LEFT JOIN ledger_searchdoc d ON d.subject = 'matter:' || s.matter ORDER BY {order}",
        params,
    )
    return [_item(row, by.lang) for row in found]


def _item(row: Sequence[Any], lang: str) -> Item:
    (
        due, number, leg, level, name, digest, pack, kind, origin, opened, org, state, cause, called, reported, shown,
        role, caller, asks, reporter, stage, ended, into,
    ) = row  # fmt: skip
    words = _words(digest, pack, name, lang)
    do, turn = words.concluding(stage, bool(reporter)) if ended is not None else words.main(state)
    lines: list[str] = shown.split("\n", 3) if shown else []
    return Item(
        number,
        leg,
        moment_of(due),
        level,
        words.title,
        words.kinds.get(kind, words.title),
        # Merged: whatever is done with the other is done with it too, and nothing is offered here but to part them.
        _("随 %(number)s 办") % {"number": into}
        if into and role == "lead"
        else words.resume
        if cause
        else do,
        words.causes.get(cause, cause),
        org,
        origin,
        moment_of(opened),
        moment_of(called),
        moment_of(reported) if reported is not None else None,
        lines[2] if len(lines) > 2 else "",
        role,
        caller,
        turn,
        bool(asks),
        words.state(state),
    )


class _Words(Struct):
    """The words of a procedure version in one language, looked up once for many rows."""

    title: str
    kinds: dict[str, str]
    causes: dict[str, str]
    resume: str
    procedure: Procedure
    known: dict[str, tuple[str, Turn]]

    def state(self, name: str) -> str:
        return self.procedure.word(f"state.{name}")

    def main(self, state: str) -> tuple[str, Turn]:
        if state not in self.known:
            self.known[state] = _main(self.procedure.actions, state), turn_of(self.procedure, state)
        return self.known[state]

    def concluding(self, stage: str, asked: bool) -> tuple[str, Turn]:
        """What the caller does once all have ended; ``asked``: somebody waits for an answer."""
        for action in concluders(self.procedure, stage):
            if all(guard.has_reporter in (None, asked) for guard in action.when):
                return action.title, "caller"
        return "", "caller"


@lru_cache(maxsize=512)
def _words(digest: str, pack: str, name: str, lang: str) -> _Words:
    procedure: Procedure = words_of(pack, name, version(digest), lang)
    return _Words(
        title=procedure.title,
        kinds={kind.name: kind.title for kind in procedure.kinds},
        causes={pause.name: pause.title for pause in procedure.pauses},
        resume=next((action.title for action in procedure.actions if action.fact == "resumed"), ""),
        procedure=procedure,
        known={},
    )


#: What moves a leg on, by the engine fact that it leaves: taking it up, answering it, ruling on it.
_MAIN = ("leg_reported", "leg_answered", "leg_ruled")


def _main(actions: Sequence[Action], state: str) -> str:
    """The one thing to do with a leg in this state: the first column of a list."""
    able = [a for a in actions if a.on == "leg" and state in a.froms() and a.who != ("system",)]
    found = next((a for fact in _MAIN for a in able if a.fact == fact), able[0] if able else None)
    return found.title if found is not None else ""


def words_about(numbers: Sequence[str]) -> dict[str, str]:
    """The first line of what each matter is about, private numbers masked; none above level 1. One statement."""
    subjects = [f"matter:{number}" for number in numbers]
    found = {}
    for subject, shown in SearchDoc.objects.filter(subject__in=subjects).values_list("subject", "shown"):
        lines = shown.split("\n")
        found[subject[7:]] = lines[2] if len(lines) > 2 else ""
    return found
