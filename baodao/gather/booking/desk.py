"""Desk: who has our places, what we have taken elsewhere, and taking a place for the organization of the post acted in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.credits import day_of
from baodao.gather.desk.common import act_of, home_of, line_of
from baodao.gather.models import Slot
from baodao.gather.policies import at_org, body_of, of_slot
from baodao.gather.services import call_off
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.places.facilities.models import Facility
from baodao.places.facilities.services import of_org

from . import selectors, services, taking
from .declare import FORMS

RIGHT, CALL_OFF, AHEAD = "booking.book", "gather.call_off", timedelta(days=31)


def _home(request: HttpRequest) -> str:
    """The organization of the post, which may take places. Raises Refused."""
    home = home_of(request)
    if not home or not allowed(act_of(request), RIGHT, at_org(home)):
        raise Refused.of("", _("约场地由本单位的负责岗位办"), _("请换岗位，或在门户上为自己约"))
    return home


@page("desk", "booking/", name="booking", nav=(46, gettext_lazy("场地和参观")), right=RIGHT)
def ours(request: HttpRequest) -> HttpResponse:
    """Our places of the coming month, ours elsewhere; a POST gives one of these back."""
    home, by, problem = _home(request), act_of(request), None
    if request.method == "POST":
        try:
            services.give_back(by, slot=request.POST.get("slot", "")[:40])
            return HttpResponseRedirect(reverse("desk:booking"), status=303)
        except Problem as caught:
            problem = caught
    places = selectors.listed(by, home, "", "", 200, below=False)
    held = selectors.at_places(by, home, [one.code for one in places], by.noted + AHEAD)
    taken = selectors.of_org(home, by.noted)
    known = {one.code: one for one in places}
    known |= selectors.places_of({row.place for row in (*held, *taken)} - set(known))
    return render(
        request,
        "gather/booking/ours.html",
        status=problem.status if problem else 200,
        places=[taking.line_of(one) for one in places],
        names={code: one.name for code, one in known.items()},
        held=[_held(row, known.get(row.place)) for row in held],
        clearing=_clearing(by, home, known),
        taken=[line_of(row) for row in taken],
        problem=problem,
        command=new_key("booking"),
    )


def _clearing(by: Act, home: str, known: Mapping[str, Facility]) -> list[Facility]:
    """Our places that may be cleared, those too that are lent no more while somebody has them."""
    found = [known[code] for code in sorted(known) if str(known[code].org_id) == home]
    return found if allowed(by, CALL_OFF, at_org(home)) else []


def _held(row: Slot, where: Facility | None) -> dict[str, object]:
    """Who has one of our places; ``gone``: it is not lent on that day any more, so that somebody has to see to it."""
    line = line_of(row)
    gone = row.form in FORMS and not selectors.is_lent(where, line["day"])
    return {**line, "for": orgs.name_of(body_of(row.about)), "gone": gone}


@page("desk", "booking/places/", name="booking-places", methods=("GET", "HEAD"))
def places(request: HttpRequest) -> HttpResponse:
    """All places of the district that can be taken, by words."""
    _home(request)
    found = taking.listed(request, act_of(request), "", "desk:booking-place")
    return render(request, "gather/booking/places.html", chosen=None, below=[], **found)


@page("desk", "booking/places/<str:code>/", name="booking-place")
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place with its free times; a POST takes it for the organization."""
    home = _home(request)
    return taking.take(request, act_of(request), code, home, lambda slot: reverse("desk:booking"))


@page("desk", "booking/places/<str:code>/clear/", name="booking-clear")
def clear(request: HttpRequest, code: str) -> HttpResponse:
    """What stands at a place from a day on, to be called off at once: those who booked are told. Of what the reader may not open there is
    the number."""
    by, row = act_of(request), selectors.places_of([code[:48]]).get(code[:48])
    if row is None or not allowed(by, CALL_OFF, at_org(str(row.org_id))):
        raise Missing.of(
            "", _("没有这个地方，或者它的预约不归您的岗位取消"), _("请换岗位，或告诉管理这里的单位")
        )
    since = day_typed(request.GET.get("since", ""), "since", orgs.today())
    rows = [one for one in selectors.standing([row.code], by.noted) if day_of(one.starts) >= since]
    mine = [one for one in selectors.opened(by, rows) if allowed(by, CALL_OFF, of_slot(one))]
    problem: Problem | None = None
    if request.method == "POST":
        try:
            _clear(by, request, mine)
            return HttpResponseRedirect(
                f"{reverse('desk:booking-clear', kwargs={'code': row.code})}?since={since}", status=303
            )
        except Problem as caught:
            problem = caught
    return render(
        request,
        "gather/booking/clear.html",
        status=problem.status if problem else 200,
        it=taking.line_of(row),
        since=since,
        rows=[{**line_of(one), "for": orgs.name_of(body_of(one.about))} for one in mine],
        others=len(rows) - len(mine),
        chosen=request.POST.getlist("slot") if problem else [one.code for one in mine],
        reason=request.POST.get("reason", ""),
        ending=row.until is None and allowed(by, "facility.end", of_org(row.code, str(row.org_id))),
        problem=problem,
        command=new_key("booking"),
    )


def _clear(by: Act, request: HttpRequest, mine: Sequence[Slot]) -> None:
    asked = set(request.POST.getlist("slot"))
    codes = [one.code for one in mine if one.code in asked]
    if not codes:
        raise Invalid.of("slot", _("一个预约也没有选"), _("请在要取消的前面打勾"))
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Invalid.of("reason", _("请写一句原因"), _("约的人会看到，例如：3 月 20 日起装修"))
    call_off(by, codes=codes, why="place", reason=reason)
