"""Filling one organization's shifts: what is missing, whom the machine suggests and why; a person chooses whom to ask."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.matching.terms import Plan
from baodao.gather.matching.words import gap_told, reasons_told
from baodao.gather.shifts import fitting, selectors, services
from baodao.gather.shifts.services.seats import Invite
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Conflict, Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import act_of, call_or_missing, status_of

MOST = 500


@page("desk", "callouts/<str:code>/<str:org>/", name="callout-fill")
def callout_fill(request: HttpRequest, code: str, org: str) -> HttpResponse:
    """Shifts with those who sit in them; a POST asks matching, or asks the chosen people."""
    by, problem, plan = act_of(request), None, None
    row = call_or_missing(by, code)
    if org not in selectors.areas_of(code) or not allowed(by, selectors.FILL, selectors.of_area(org, code)):
        raise Missing.of("org", _("没有这个值守点，或者不由您排班"), _("请从应急值守里选"))
    do = request.POST.get("do", "")
    try:
        if do == "suggest":
            plan = fitting.suggest(row, org, by.noted)
        elif do == "invite":
            services.invite_to_shifts(by, invites=_chosen(request, code, org))
            address = reverse("desk:callout-fill", kwargs={"code": code, "org": org})
            return HttpResponseRedirect(address, status=303)
    except Problem as caught:
        problem = caught
    shifts = selectors.shifts(code, org)
    seats = selectors.seated([one.code for one in shifts])
    names = _names(by, org, code, seats, plan) if do in ("suggest", "names") else {}
    return render(
        request,
        "gather/shifts/fill.html",
        status=status_of(problem),
        row=row,
        org=orgs.name_of(org),
        shifts=[(one, _people(one.code, seats, names), *_told(one.code, org, plan, names)) for one in shifts],
        skills=fitting.names_of_skills(org),
        plan=plan,
        opened=bool(names) or do in ("suggest", "names"),
        gaps=sum(one.gap for one in shifts),
        problem=problem,
        command=new_key("callout"),
    )


def _chosen(request: HttpRequest, code: str, org: str) -> list[Invite]:
    pairs = [one[:80].partition("|") for one in request.POST.getlist("ask")[:MOST]]
    mine = {one.code for one in selectors.shifts(code, org)}
    if not pairs:
        raise Invalid.of("ask", _("还没有勾选要请的人"), _("请先勾选"))
    if any(slot not in mine for slot, _bar, _token in pairs):
        raise Conflict.of("ask", _("有的班次不在这个值守点"), _("请刷新页面"))
    return [Invite(slot, token) for slot, _bar, token in pairs]


def _names(by: Act, org: str, code: str, seats: list[Any], plan: Plan | None) -> dict[str, str]:
    tokens = [seat.token for seat in seats] + ([each.who for each in plan.suggestions] if plan else [])
    return dict(selectors.names(by, org, code, list(dict.fromkeys(tokens)))) if tokens else {}


def _people(slot: str, seats: list[Any], names: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name or "", state, way) of those who sit there or are asked."""
    return [(names.get(seat.token, ""), seat.state, seat.way) for seat in seats if str(seat.slot_id) == slot]


def _told(
    slot: str, org: str, plan: Plan | None, names: dict[str, str]
) -> tuple[list[tuple[str, str, list[str]]], str]:
    """Suggestions for a shift (value of the box, name, reasons), and what stays empty in words."""
    if plan is None:
        return [], ""
    skills = fitting.names_of_skills(org)
    found = [
        (f"{each.slot}|{each.who}", names.get(each.who, ""), reasons_told(each, skills))
        for each in plan.suggestions
        if each.slot == slot
    ]
    gap = next((gap_told(each) for each in plan.gaps if each.slot == slot), "")
    return found, gap
