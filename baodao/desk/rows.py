"""Rows of the to-do list as the template prints them: everything is a string or a number by then, so that a hundred
rows cost a loop and nothing else."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
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
    mark: str
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
    paused: str
    held: int
    now: int
    limit: int
    late: int


def printed(items: Sequence[Item], now: datetime, own: str) -> list[Row]:
    """``own``: the reader's organization; another one's name is shown beside its rows."""
    base = reverse("desk:matter", kwargs={"number": "N"})
    calendar = current_calendar()
    return [_row(item, now, own, base, calendar.left_words(item.stake.next_at, now)) for item in items]


def _row(item: Item, now: datetime, own: str, base: str, left: str) -> Row:
    leg, due = item.leg, item.stake.next_at
    last = max(now, due)
    limit, here = share(due, leg.called, last), share(now, leg.called, last)
    shown = moment(due)
    return Row(
        number=item.matter.number,
        href=base.replace("N", item.matter.number),
        mark=item.mark,
        do=item.action.title if item.action is not None else _("看"),
        kind=item.kind,
        title=item.words[:60],
        office="" if leg.org == own else name_of(leg.org),
        since=day(item.matter.opened),
        tone=tone(item),
        due=day(due) if shown.endswith("23:59") else shown,
        due_exact=exact(due),
        left=_pause(item) if item.paused else left,
        level=item.matter.level,
        paused=_pause(item) if item.paused else "",
        held=share(leg.reported, leg.called, last) if leg.reported is not None else here,
        now=here,
        limit=limit,
        late=max(0, here - limit),
    )


def tone(item: Item) -> str:
    """Red past its due, amber on its last workday, blue taken up, grey not yet; a pause is nobody's fault."""
    if item.paused:
        return ""
    if item.left.late:
        return "late"
    return "soon" if item.left.workdays <= 1 else "way" if item.leg.reported is not None else ""


def _pause(item: Item) -> str:
    cause = next((one.title for one in item.procedure.pauses if one.name == item.leg.cause), item.leg.cause)
    return _("暂停：%(cause)s") % {"cause": cause}
