"""Rows of the to-do list as the template prints them: everything is a string or a number by then, so that a hundred
rows cost a loop and nothing else. Most rows of a page fall due at the end of the same few days: what is said of a
due is worked out once."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.jinja import day, exact, moment
from baodao.kernel.selectors import current_calendar
from baodao.matters.listing import Item, share
from baodao.orgs.selectors import name_of


class Row(Struct, frozen=True):
    """One printed row. Bar positions are thousandths: open until `held`, held until `now`, limit at `limit`."""

    number: str
    href: str
    do: str
    kind: str
    title: str
    office: str
    since: str
    tone: str
    due: str
    due_exact: str
    left: str
    level: int
    paused: bool
    held: int
    now: int
    limit: int
    late: int


class Told(Struct, frozen=True):
    """What is said of one due: day or minute, exactly, how long, and whether it is past or on its last workday."""

    due: str
    exact: str
    left: str
    late: bool
    last: bool


class Printer:
    """Prints items for one reader at one moment. ``own``: her organization; another's name stands beside its rows."""

    def __init__(self, now: datetime, own: str) -> None:
        self.now, self.own = now, own
        self.base = reverse("desk:matter", kwargs={"number": "-"}).partition("-")
        self.calendar = current_calendar()
        self.zone = timezone.get_current_timezone()
        self.dues: dict[datetime, Told] = {}
        self.days: dict[object, str] = {}
        self.waiting, self.pausing, self.look = _("等%(do)s"), _("暂停：%(cause)s"), _("看")

    def rows(self, items: Sequence[Item]) -> list[Row]:
        """Rows in the order of the items."""
        return [self.row(item) for item in items]

    def told(self, due: datetime) -> Told:
        """What is said of a due, once."""
        found = self.dues.get(due)
        if found is None:
            left, shown = self.calendar.left(due, self.now), moment(due)
            found = self.dues[due] = Told(
                day(due) if shown.endswith("23:59") else shown,
                exact(due),
                self.calendar.left_words(due, self.now),
                left.late,
                left.workdays <= 1,
            )
        return found

    def day(self, at: datetime) -> str:
        """The day of a moment, once."""
        local = at.astimezone(self.zone).date()
        found = self.days.get(local)
        if found is None:
            found = self.days[local] = day(at)
        return found

    def row(self, item: Item) -> Row:
        """One row."""
        told, own = self.told(item.due), item.org == self.own
        last = max(self.now, item.due)
        limit, here = share(item.due, item.called, last), share(self.now, item.called, last)
        do = item.do or self.look
        return Row(
            number=item.number,
            href=f"{self.base[0]}{item.number}{self.base[2]}",
            # In a superior's list of another office's legs: what is waited for.
            do=do if own else self.waiting % {"do": do},
            kind=item.kind,
            title=item.words[:60],
            office="" if own else name_of(item.org),
            since=self.day(item.opened),
            tone=tone(item, told),
            due=told.due,
            due_exact=told.exact,
            left=self.pausing % {"cause": item.cause} if item.cause else told.left,
            level=item.level,
            paused=bool(item.cause),
            held=share(item.reported, item.called, last) if item.reported is not None else here,
            now=here,
            limit=limit,
            late=max(0, here - limit),
        )


def tone(item: Item, told: Told) -> str:
    """Red past its due, amber on its last workday, blue taken up, grey not yet; a pause is nobody's fault."""
    if item.cause:
        return ""
    if told.late:
        return "late"
    return "soon" if told.last else "way" if item.reported is not None else ""
