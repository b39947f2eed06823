"""Desk: who has our places, what we have taken elsewhere, and taking a place for the organization of the post acted in."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.desk.common import act_of, home_of, line_of
from baodao.gather.policies import at_org, body_of
from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from . import selectors, services, taking

RIGHT, AHEAD = "booking.book", timedelta(days=31)


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
    held: list[dict[str, object]] = []
    if places:
        rows = selectors.at_places(by, home, [one.code for one in places], by.noted + AHEAD)
        held = [{**line_of(row), "for": orgs.name_of(body_of(row.about))} for row in rows]
    taken = selectors.of_org(home, by.noted)
    names = selectors.names_of([row.place for row in taken]) if taken else {}
    return render(
        request,
        "gather/booking/ours.html",
        status=problem.status if problem else 200,
        places=[taking.line_of(one) for one in places],
        names={one.code: one.name for one in places} | dict(names),
        held=held,
        taken=[line_of(row) for row in taken],
        problem=problem,
        command=new_key("booking"),
    )


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
