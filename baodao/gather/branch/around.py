"""An organization's evenings on its own page, of whatever sort: slots are read in one statement and parted afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q
from msgspec import Struct

from baodao.gather.mixed import any_of
from baodao.gather.models import Side, Slot
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.selectors import fellows

from .sides import Stands, states
from .told import DOMAIN, FORM, Told, local_day, midnight, told_of

#: Days for which an evening that was announced and not recorded stays on the page.
OPEN = timedelta(days=62)


class Home(Struct, frozen=True):
    """Recorded by itself, newest first; recorded by others and held by it too; to come or not yet recorded, its own and those to which
    it was asked. ``sides``: evening → who was asked."""

    held: list[Told]
    together: list[Told]
    planned: list[Slot]
    theirs: list[Slot]
    sides: dict[str, Stands]

    def asked(self, org: str) -> list[tuple[Slot, str]]:
        """(evening to which the organization was asked, what it said)."""
        return [(slot, self.sides[slot.code][org][0]) for slot in self.theirs if org in self.sides[slot.code]]


def home_of(org: str, now: datetime, limit: int = 12) -> Home:
    """The evenings of an organization's own page; of those recorded by others this year's. Five statements."""
    found = _slots(org, now, limit)
    held = [slot for slot in found if str(slot.org_id) == org and slot.state == "held"]
    theirs = [slot for slot in found if str(slot.org_id) != org and slot.state == "held"]
    ahead = [slot for slot in reversed(found) if slot.state == "open"]
    rows = {one.code: one for one in told_of([*held, *theirs], [slot.code for slot in (*held, *theirs)])}
    return Home(
        [rows[slot.code] for slot in held if slot.code in rows],
        [rows[slot.code] for slot in theirs if slot.code in rows and org in rows[slot.code].with_orgs],
        [slot for slot in ahead if str(slot.org_id) == org],
        [slot for slot in ahead if str(slot.org_id) != org],
        {slot.code: {} for slot in ahead} | states([slot.code for slot in ahead]),
    )


def _slots(org: str, now: datetime, limit: int) -> list[Slot]:
    """All of them, newest first. One statement."""
    day, trees = local_day(now), orgs.forest()
    first, last = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    near = [*trees.children(org, first), *trees.chain(org, first)[1:2]]
    evenings = Slot.objects.filter(form=FORM, domain=DOMAIN)
    held = evenings.filter(state="held").order_by("-starts", "-code")
    others = held.filter(starts__gte=midnight(first), starts__lt=midnight(last)).exclude(org=org)
    others = others.filter(Q(org__in=near) | Q(org__in=fellows(org, first)))
    ahead = evenings.filter(state="open", starts__gte=now - OPEN).order_by("starts", "code")
    asked = ahead.filter(code__in=Side.objects.filter(org=org).values("slot"))
    mine = held.filter(org=org)[:limit]
    found = any_of(mine, others[:100], ahead.filter(org=org)[:20], asked[:40])
    return list(found.order_by("-starts", "-code"))
