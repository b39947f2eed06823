"""An announced evening: its branch asks others to hold it too, records it or calls it off; who was asked answers and tells its own members."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.branch import selectors, services, sides
from baodao.gather.branch.selectors import READ, RECORD, subject_of
from baodao.gather.branch.words import SIDES
from baodao.gather.models import Slot
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import plain, side_words


def side_here(by: Act, slot: Slot) -> str:
    """The side of an announced evening that the actor reads it for: its branch, else an organization that was asked. Raises Missing."""
    stands = sides.states([slot.code]).get(slot.code, {})
    for org in (str(slot.org_id), *stands):
        if allowed(by, READ, subject_of(org)):
            return org
    raise Missing.of("code", _("没有这次会，或者它不对您开放"), _("请从列表里选"))


def planned(request: HttpRequest, by: Act, slot: Slot) -> HttpResponse:
    """The page; `do` is sides (whom to ask), joins, declined (the answer), remind (one's own members) or call_off."""
    side = side_here(by, slot)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _do(request, by, slot, side)
            gone = request.POST.get("do") == "call_off"
            back = reverse("desk:branch") if gone else reverse("desk:branch-one", kwargs={"code": slot.code})
            return HttpResponseRedirect(back, status=303)
        except Problem as caught:
            problem = plain(caught)
    return _page(request, by, slot, side, problem)


def _do(request: HttpRequest, by: Act, slot: Slot, side: str) -> None:
    do, own = request.POST.get("do", ""), side == str(slot.org_id)
    if do == "call_off" and own:
        services.call_off(by, code=slot.code, reason=request.POST.get("reason", ""))
    elif do == "sides" and own:
        wanted = [value[:48] for value in request.POST.getlist("with_orgs")[:100]]
        services.ask_sides(by, code=slot.code, orgs_=wanted)
    elif do in ("joins", "declined") and not own:
        note = request.POST.get("note", "")[:400]
        services.answer_side(by, code=slot.code, org=side, joins=do == "joins", note=note)
    elif do == "remind":
        services.remind_own(by, code=slot.code, org=side)
    else:
        raise Invalid.of("", _("没有这一步"), _("请刷新页面"))


def _page(request: HttpRequest, by: Act, slot: Slot, side: str, problem: Problem | None) -> HttpResponse:
    host, day = str(slot.org_id), selectors.local_day(slot.starts)
    own, stands = side == host, sides.states([slot.code])
    told = stands.get(slot.code, {})
    recording = allowed(by, RECORD, subject_of(side)) and slot.state == "open"
    state, note = told.get(side, ("", ""))
    holds = own or state == "joins"
    return render(
        request,
        "gather/branch/planned.html",
        status=problem.status if problem else 200,
        slot=slot,
        org=orgs.name_of(host),
        side=orgs.name_of(side),
        own=own,
        holds=holds,
        state=state,
        stands=SIDES.get(state),
        note=request.POST.get("note", note)[:400],
        sides=side_words(slot, stands),
        asked=set(told),
        partners=selectors.partners(host, day)[:40] if own and recording else [],
        recording=recording,
        to_come=slot.starts > by.noted,
        reminded=side in sides.reminded(slot.code),
        too_few=selectors.too_few(side, orgs.today()),
        problem=problem,
        command=new_key("meeting"),
    )
