"""The certificate of a class: a page to print, with a signed text that anybody checks off line; made when it is opened and kept nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

import segno
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.keys import signing_keys
from baodao.gather.models import Slot
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict
from baodao.kernel.pages import render, who_of
from baodao.orgs import selectors as orgs
from baodao.people.selectors import own_name

from . import certificate, selectors
from .declare import Plan, plans_of
from .models import Klass
from .selectors import COURSE, trait


def finished(row: Klass, slots: Sequence[Slot], plan: Plan | None, had: Collection[str]) -> bool:
    """Whether somebody took every set course that a class gave. Pure."""
    names = {f"{row.plan}.{one.name}" for one in plan.course if one.required} if plan else set()
    wanted = names & {trait(slot, COURSE) for slot in slots}
    return bool(wanted) and wanted <= set(had)


def certified(request: HttpRequest, by: Act, row: Klass) -> HttpResponse:
    """The page of whoever acts, hers alone; the caller asked that she may see the class. Raises Conflict before she took all of it."""
    day = orgs.today()
    plan, slots = plans_of(str(row.org_id), day).get(row.plan), selectors.sessions(row.code)
    had = selectors.mine(by.person, day)
    if not finished(row, slots, plan, had.courses):
        raise Conflict.of("code", _("这个班的课还没有上完"), _("上完以后再来打印"))
    taken = [slot for slot in slots if had.slots.get(slot.code) in selectors.CAME]
    name = own_name(by.person) or who_of(request).display
    text = _signed(row, taken, name, sum(had.credited.get(slot.code, 0) for slot in taken))
    return render(
        request,
        "gather/courses/certificate.html",
        row=row,
        org=orgs.name_of(str(row.org_id)),
        slots=taken,
        day=day,
        display=name,
        text=text,
        qr=segno.make(text, error="l").svg_inline(scale=2, border=3, omitsize=True),
    )


def _signed(row: Klass, taken: list[Slot], name: str, minutes: int) -> str:
    key = signing_keys()[-1]
    lessons = tuple((timezone.localdate(slot.starts), slot.title) for slot in taken)
    number = f"{row.code}-{secrets.token_hex(4)}"
    said = certificate.Taken(
        orgs.name_of(str(row.org_id)), row.title, name, lessons, minutes, orgs.today(), number
    )  # fmt: skip
    return certificate.sign(said, key.id, key.secret)
