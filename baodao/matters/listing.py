"""Reads of staff lists: open legs from `stake` alone, the nearest due first, a page at a time; and search.

A page costs four statements whatever the number of matters: stakes, legs, matters, their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.calendar import Left
from baodao.kernel.selectors import current_calendar
from baodao.ledger.models import SearchDoc
from baodao.ledger.search import hits, recheck
from baodao.orgs.policies import Columns, reach_of, where

from .declare import Action, Procedure
from .models import Leg, Matter, Stake
from .policies import READ
from .project import PAUSED
from .selectors import legs_of, rows_of, stakes_of, visible_to
from .versions import version, words_of

View = Literal["all", "mine", "new", "late", "today", "soon", "paused"]
VIEWS: tuple[View, ...] = ("all", "mine", "new", "late", "today", "soon", "paused")
#: Counts above a list look at the nearest rows only: "1000+" is honest, an endless count is not.
CAP = 1000
#: "Soon": due within so many workdays after today.
SOON = 3
SEARCHED = 200


class Wish(Struct, frozen=True):
    """What a reader wants to see: a view, and filters that narrow it ("" = any)."""

    view: View = "all"
    procedure: str = ""
    state: str = ""
    org: str = ""


class Item(Struct, frozen=True):
    """One open leg of a list, with what it takes to show it. ``words``: what it is about, "" above level 1."""

    stake: Stake
    matter: Matter
    leg: Leg
    procedure: Procedure
    action: Action | None
    words: str
    left: Left

    @property
    def kind(self) -> str:
        return next(
            (k.title for k in self.procedure.kinds if k.name == self.matter.kind), self.procedure.title
        )

    @property
    def paused(self) -> bool:
        return bool(self.leg.cause)

    @property
    def mark(self) -> str:
        """Where this row stands in the order: `after` of the next page."""
        at = int(self.stake.next_at.timestamp())
        return f"{at}.{self.stake.matter}.{self.stake.leg}"


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
    today = calendar.local_date(now)
    return calendar.day_end(today), calendar.day_end(calendar.add_workdays(today, SOON))


def stakes(by: Act, wish: Wish, now: datetime) -> QuerySet[Stake]:
    """The rows of a wish, in order."""
    today, soon = edges(now)
    conditions = {
        "all": Q(),
        "mine": Q(holder=by.post, depth=0),
        "new": Q(state="called"),
        "late": Q(next_at__lt=now) & ~Q(state=PAUSED),
        "today": Q(next_at__gte=now, next_at__lte=today) & ~Q(state=PAUSED),
        "soon": Q(next_at__gt=today, next_at__lte=soon) & ~Q(state=PAUSED),
        "paused": Q(state=PAUSED),
    }
    rows = stakes_of(by).filter(conditions[wish.view])
    if wish.procedure:
        rows = rows.filter(kind=wish.procedure)
    if wish.state:
        rows = rows.filter(state=wish.state)
    if wish.org:
        rows = rows.filter(matter__in=Leg.objects.filter(org=wish.org, ended=None).values("matter"))
    return rows.order_by("next_at", "matter", "leg")


def behind(rows: QuerySet[Stake], mark: str) -> QuerySet[Stake]:
    """The rows that come after a mark; an unreadable mark begins anew."""
    stamp, _dot, rest = mark.partition(".")
    number, _dot, leg = rest.rpartition(".")
    if not (stamp.isdigit() and leg.isdigit() and number):
        return rows
    at = datetime.fromtimestamp(int(stamp), tz=UTC)
    later = Q(next_at__gt=at) | Q(matter__gt=number) | Q(matter=number, leg__gt=int(leg))
    return rows.filter(Q(next_at__gte=at) & later)


def count(by: Act, now: datetime) -> Counts:
    """One statement over the nearest rows, however many there are."""
    today, soon = edges(now)
    running = ~Q(state=PAUSED)
    nearest = stakes_of(by).order_by("next_at", "matter", "leg")[:CAP]
    found = nearest.aggregate(
        total=Count("pk"),
        late=Count("pk", filter=running & Q(next_at__lt=now)),
        today=Count("pk", filter=running & Q(next_at__gte=now, next_at__lte=today)),
        soon=Count("pk", filter=running & Q(next_at__gt=today, next_at__lte=soon)),
        paused=Count("pk", filter=Q(state=PAUSED)),
    )
    return Counts(**found, capped=found["total"] >= CAP)


def items(by: Act, rows: Sequence[Stake], now: datetime) -> list[Item]:
    """Rows with what it takes to show them: three statements."""
    numbers = list(dict.fromkeys(row.matter for row in rows))
    matters, legs, words = rows_of(numbers), legs_of(numbers), words_about(numbers)
    calendar = current_calendar()
    spoken: dict[str, Procedure] = {}
    found = []
    for row in rows:
        matter = matters.get(row.matter)
        leg = next((one for one in legs[row.matter] if one.n == row.leg), None)
        if matter is None or leg is None:
            continue
        procedure = spoken.get(matter.digest)
        if procedure is None:
            held = version(matter.digest)
            procedure = spoken[matter.digest] = words_of(matter.pack, matter.procedure, held, by.lang)
        found.append(
            Item(
                stake=row,
                matter=matter,
                leg=leg,
                procedure=procedure,
                action=main_action(procedure, leg),
                words=words.get(row.matter, ""),
                left=calendar.left(row.next_at, now),
            )
        )
    return found


def words_about(numbers: Sequence[str]) -> dict[str, str]:
    """The first line of what each matter is about, private numbers masked; none above level 1. One statement."""
    subjects = [f"matter:{number}" for number in numbers]
    found = {}
    for subject, shown in SearchDoc.objects.filter(subject__in=subjects).values_list("subject", "shown"):
        lines = shown.split("\n")
        found[subject[7:]] = lines[2] if len(lines) > 2 else ""
    return found


#: What moves a leg on, by the engine fact that it leaves: taking it up, answering it, ruling on it.
_MAIN = ("leg_reported", "leg_answered", "leg_ruled")


def main_action(procedure: Procedure, leg: Leg) -> Action | None:
    """The one thing to do with a leg as it stands: the first column of a list."""
    if leg.cause:
        return next((a for a in procedure.actions if a.fact == "resumed"), None)
    able = [a for a in procedure.actions if a.on == "leg" and leg.state in a.froms() and a.who != ("system",)]
    return next((a for fact in _MAIN for a in able if a.fact == fact), able[0] if able else None)


class Hit(Struct, frozen=True):
    """A found matter: number, what was found, whether it has ended, when it was opened."""

    number: str
    text: str
    ended: bool
    opened: datetime


def search(by: Act, query: str, before: int = 0, most: int = 50) -> list[Hit]:
    """Matters that hold all words of the query and that this actor may read, the newest first; a number is found at
    any level. Raises Invalid for a query of signs only. Two statements."""
    number = query.strip().upper()
    direct = visible_to(by).filter(number=number).first() if len(number) <= 24 else None
    columns = Columns(
        org="scope", level="level", persons=(), key="number", legs=(Leg, "matter", "org", "seat")
    )
    rows = hits(query).filter(kind="matter").annotate(number=Substr("subject", 8))
    rows = rows.filter(where(reach_of(by, READ), columns))
    if before:
        rows = rows.filter(sort__lt=before)
    found = [
        Hit(doc.subject[7:], doc.shown, doc.state == "ended", datetime.fromtimestamp(doc.sort, tz=UTC))
        for doc in recheck(list(rows.order_by("-sort")[: most * 2]), query)[:most]
    ]
    if direct is not None and not before and all(hit.number != direct.number for hit in found):
        found.insert(0, Hit(direct.number, "", direct.ended is not None, direct.opened))
    return found


def share(moment: datetime, start: datetime, end: datetime) -> int:
    """Where a moment lies between two others, in thousandths."""
    whole = max((end - start) / timedelta(seconds=1), 1.0)
    return max(0, min(1000, round((moment - start) / timedelta(seconds=1) * 1000 / whole)))
