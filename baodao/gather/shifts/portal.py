"""Portal page: my shifts. Offering myself, "not now", invitations, my shifts, stand-ins. No field asks a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.gather.kinds import kind_of
from baodao.gather.models import Slot
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import whole_number
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.people.door import act_from

from . import selectors, services
from .declare import skills_at, titled
from .models import Willing
from .words import DAYS, PARTS


class Told(msgspec.Struct, frozen=True):
    """What the form shows: as typed, else as offered."""

    skills: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    base: str = ""
    unit: str = ""


@page("portal", "me/shifts/", name="my-shifts")
def my_shifts(request: HttpRequest) -> HttpResponse:
    """My page; each button is one act of mine."""
    command = request.POST.get("command", "")[:200] or new_key("shift")
    by = replace(act_from(request, command=command), post="", grants=())
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _do(by, request)
            return HttpResponseRedirect(reverse("portal:my-shifts"), status=303)
        except Problem as caught:
            problem = caught
    token, offer = selectors.own(by.person)
    rows = selectors.mine(token, by.noted) if token else []
    others = selectors.stand_ins(token, by.noted) if offer is not None and not offer.paused else []
    return render(
        request,
        "gather/shifts/mine.html",
        status=problem.status if problem else 200,
        offer=offer,
        rows=[(one, _where(one.slot), _late(one, by)) for one in rows],
        others=[(slot, _where(slot)) for slot in others],
        skills=[
            (code, titled(one, code)) for code, one in skills_at(str(offer.base_id) if offer else "").items()
        ],
        days=list(enumerate(DAYS)),
        parts=list(PARTS.items()),
        told=_told(request, offer, problem),
        problem=problem,
        command=new_key("shift"),
    )


def _do(by: Act, request: HttpRequest) -> Any:
    do, slot = request.POST.get("do", ""), request.POST.get("slot", "")[:40]
    if do == "offer":
        return _offer(by, request)
    if do in ("pause", "again"):
        return services.pause_self(by, yes=do == "pause")
    if do == "revoke":
        return services.revoke_self(by)
    if do in ("yes", "no"):
        return services.answer_call(by, slot=slot, yes=do == "yes")
    if do == "leave":
        return services.leave_shift(by, slot=slot)
    if do in ("stand_in", "keep"):
        return services.ask_stand_in(by, slot=slot, open=do == "stand_in")
    if do == "take":
        return services.take_over(by, slot=slot)
    raise Invalid.of("", _("没有这一步"), _("请刷新页面"))


def _offer(by: Act, request: HttpRequest) -> str:
    day = orgs.today()
    base = org_named(request.POST.get("base", "")[:200], day, "base")
    unit = request.POST.get("unit", "")[:200].strip()
    return services.offer_self(
        by,
        skills=[one[:40] for one in request.POST.getlist("skills")[:40]],
        days=[
            n for one in request.POST.getlist("days")[:7] if (n := whole_number(one)) is not None and n < 10
        ],
        parts=[one[:12] for one in request.POST.getlist("parts")[:4]],
        base=base,
        unit=org_named(unit, day, "unit") if unit else "",
    )


def _told(request: HttpRequest, offer: Willing | None, problem: Problem | None) -> Told:
    if problem is not None and request.POST.get("do") == "offer":
        lists = {name: tuple(request.POST.getlist(name)[:40]) for name in ("skills", "days", "parts")}
        return Told(**lists, base=request.POST.get("base", "")[:200], unit=request.POST.get("unit", "")[:200])
    if offer is None:
        return Told()
    return Told(
        selectors.words(offer.skills), tuple(offer.days), selectors.words(offer.parts),
        orgs.name_of(str(offer.base_id)), orgs.name_of(offer.unit) if offer.unit else "",
    )  # fmt: skip


def _where(slot: Slot) -> str:
    return slot.where or orgs.name_of(str(slot.org_id))


def _late(one: selectors.Mine, by: Act) -> bool:
    kind = kind_of(str(one.slot.org_id), one.slot.kind)
    return one.state == "seat" and one.starts - by.noted < timedelta(minutes=kind.withdraw)
