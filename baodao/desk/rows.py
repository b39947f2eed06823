"""Rows of the to-do list as HTML. Most rows of a page fall due at the end of the same few days: what is said of a due,
a day or an office is worked out and escaped once."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup, escape
from msgspec import Struct

from baodao.kernel.calendar import Left
from baodao.kernel.jinja import day
from baodao.kernel.selectors import current_calendar
from baodao.matters.listing import Item
from baodao.matters.project import NEVER
from baodao.orgs.selectors import name_of

from .columns import Column


class Told(Struct, frozen=True):
    """What is said of one due, escaped: day or minute, exactly (an attribute, which paper prints; none without a limit), how long, and
    whether it is past or on its last workday."""

    due: str
    exact: str
    left: str
    late: bool
    last: bool


class Printer:
    """Prints items for one reader at one moment. ``own``: her organization; another's name stands beside its rows;
    ``columns``: what more each row tells; ``picks``: whether rows can be chosen."""

    def __init__(
        self, now: datetime, own: str, columns: Sequence[Column] = (), *, picks: bool = False
    ) -> None:
        self.now, self.own, self.at = now, own, now.timestamp()
        self.columns, self.picks = columns, picks
        self.base = reverse("desk:matter", kwargs={"number": "-"}).partition("-")
        self.calendar = current_calendar()
        self.zone = timezone.get_current_timezone()
        none = str(escape(_("没有期限")))
        self.dues = {NEVER: Told(none, "", "", late=False, last=False)}
        self.lefts: dict[tuple[object, ...], str] = {}
        self.days: dict[object, str] = {}
        self.offices: dict[str, str] = {}
        self.steps: dict[tuple[str, bool], str] = {}
        self.waiting, self.pausing, self.look = _("等%(do)s"), _("暂停：%(cause)s"), _("看")
        self.few = str(Markup(' <span class="bd-tag shut">{}</span>').format(_("只有经办的人")))

    def rows(self, items: Sequence[Item]) -> Markup:
        """Table rows in the order of the items."""
        return Markup("".join([self.row(item) for item in items]))  # noqa: S704 — each row escaped what it holds

    def told(self, due: datetime) -> Told:
        """What is said of a due, once."""
        found = self.dues.get(due)
        if found is None:
            left, local, shown = self.calendar.left(due, self.now), due.astimezone(self.zone), self.day(due)
            if (local.hour, local.minute) != (23, 59):
                shown = f"{shown} {local.hour:02}:{local.minute:02}"
            words = self.amount(left)
            found = self.dues[due] = Told(
                shown, f' title="{local.isoformat(sep=" ")}"', words, left.late, left.workdays <= 1
            )
        return found

    def amount(self, left: Left) -> str:
        """How long, escaped; the same few amounts stand in many rows."""
        key = (left.late, *left.amount)
        found = self.lefts.get(key)
        if found is None:
            found = self.lefts[key] = str(escape(left.words()))
        return found

    def pause(self, cause: str) -> str:
        """Why a clock stands, escaped."""
        return str(escape(self.pausing % {"cause": cause}))

    def day(self, at: datetime) -> str:
        """The day of a moment, once."""
        local = at.astimezone(self.zone).date()
        found = self.days.get(local)
        if found is None:
            found = self.days[local] = str(escape(day(at)))
        return found

    def office(self, org: str) -> str:
        """Another organization's name behind a dot; nothing for the reader's own."""
        if org == self.own:
            return ""
        found = self.offices.get(org)
        if found is None:
            found = self.offices[org] = f" · {escape(name_of(org))}"
        return found

    def mine(self, item: Item) -> bool:
        """Whether the step is the reader's own office's to take."""
        if item.asks:
            return item.turn == "caller"
        return item.org == self.own and (item.turn == "leg" or not item.caller)

    def caller(self, item: Item) -> str:
        """Who called the reader's office, and as what; nothing for what residents asked of it themselves."""
        if not item.caller or item.caller == self.own:
            return ""
        key = f"{item.role}<{item.caller}"
        found = self.offices.get(key)
        if found is None:
            words = (_("%(office)s请主办") if item.role == "lead" else _("%(office)s请协办")) % {
                "office": name_of(item.caller)
            }
            found = self.offices[key] = f" · {escape(words)}"
        return found

    def step(self, item: Item) -> str:
        """What moves it on, once; whoever cannot take the step reads what is waited for."""
        key = (item.do, self.mine(item))
        found = self.steps.get(key)
        if found is None:
            do = item.do or self.look
            found = self.steps[key] = str(escape(do if key[1] else self.waiting % {"do": do}))
        return found

    def left(self, item: Item) -> str:
        """How long is left, as plain text; of a held clock, why."""
        return (
            self.pausing % {"cause": item.cause}
            if item.cause
            else self.calendar.left_words(item.due, self.now)
            if item.due < NEVER
            else ""
        )

    def cell(self, column: Column, item: Item) -> str:
        """What a further column tells of a row; its heading goes along for a phone, where the head of the table is not
        shown."""
        value = column.of(item)
        if not value and value != 0:
            return '<td class="more none"></td>'
        words = self.day(value) if isinstance(value, datetime) else escape(value)
        return f'<td class="more"><small>{escape(column.title)} </small>{words}</td>'

    def row(self, item: Item) -> str:
        """One row as HTML; positions of its bar are thousandths of the way from the call to the due or to now."""
        told, number = self.told(item.due), item.number
        start, due = item.called.timestamp(), item.due.timestamp() if item.due < NEVER else self.at
        whole = 1000 / (max(self.at, due, start + 1) - start)
        here, limit = round((self.at - start) * whole), max(round((due - start) * whole), 0)
        held = here if item.reported is None else round((item.reported.timestamp() - start) * whole)
        about = escape(f"{item.kind} · {item.words[:60]}" if item.words else item.kind)
        href, hue = f"{self.base[0]}{number}{self.base[2]}", tone(item, told)
        pick = (
            f'<input type="checkbox" class="pick" name="row" value="{item.mark}" aria-label="{number}">'
            if self.picks
            else ""
        )
        late = 0 if item.cause else max(here - limit, 0)
        # One line of this kind takes a quarter of the time that a template's loop over the same values takes.
        return (
            f'<tr data-row><td class="do">{pick}<a href="{href}" tabindex="-1" aria-hidden="true"><span class="bd-tag {hue}">'
            f'{self.step(item)}</span></a></td><td class="what"><a href="{href}">{about}</a>{self.few if item.level > 1 else ""}'
            f'<small><span class="bd-number">{number}</span> · {self.day(item.opened)}{self.office(item.org)}{self.caller(item)}'
            f'</small></td><td class="clock"><span class="bd-due {hue}"><time{told.exact}>{told.due}</time>'
            f'<span class="left">{self.pause(item.cause) if item.cause else told.left}</span></span><span class="bd-clock thin">'
            '<svg viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect class="seg open" width="{max(held, 0)}" height="24"/><rect class="seg{" paused" if item.cause else ""}"'
            f' x="{held}" width="{max(here - held, 0)}" height="24"/><rect class="over" x="{limit}" width="{late}" height="24"/>'
            f'<line class="limit" x1="{limit}" x2="{limit}" y1="-3" y2="27"/></svg></span></td>'
            f"{''.join([self.cell(one, item) for one in self.columns]) if self.columns else ''}</tr>\n"
        )


def tone(item: Item, told: Told) -> str:
    """Red past its due, amber on its last workday, blue taken up, grey not yet; a pause is nobody's fault."""
    if item.cause:
        return ""
    if told.late:
        return "late"
    return "soon" if told.last else "way" if item.reported is not None else ""
