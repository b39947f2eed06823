"""A unit's page of service: its own list, the communities that it is linked with, its collective check-ins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.models import Slot
from baodao.gather.service import selectors, services, slots
from baodao.gather.service.halves import half_of
from baodao.gather.service.models import ServiceMember
from baodao.gather.service.pages import (
    act_of,
    home_of,
    number_from,
    plain,
    purposes_of,
    typed_of,
)
from baodao.gather.service.selectors import LIST, of_unit
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import further, page, render
from baodao.kernel.typed import day_typed, moment_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .community import hold_together

PAGE = 100


@page("desk", "service/unit/", name="service-unit", nav=(41, gettext_lazy("在职党员")), right=LIST)
def unit(request: HttpRequest) -> HttpResponse:
    """The list without names until a purpose is said; what a member served is hers, the unit has a count from ten on."""
    by, org, day = act_of(request), home_of(request), orgs.today()
    if not allowed(by, LIST, of_unit(org)):
        raise Refused.of("", _("在职党员的名单由单位的党组织自己保管"), _("请换岗位，或请报到联络员打开"))
    problem: Problem | None = None
    typed: dict[str, str] = {"since": day.isoformat(), "minutes": "120", "hour": "09:00"} | typed_of(request)
    rows = selectors.page_of(by, org, request.GET.get("after", "")[:32], PAGE + 1)
    names: Mapping[str, str] = {}
    if request.method == "POST":
        try:
            if typed.get("do") == "names":
                names = selectors.names(by, org, [row.token for row in rows[:PAGE]])
            else:
                _do(by, org, typed)
                return HttpResponseRedirect(reverse("desk:service-unit"), status=303)
        except Problem as caught:
            problem = plain(caught)
    context = _members(org, rows[:PAGE], names) | _linked(org, day) | {
        "org": orgs.name_of(org),
        "code": org,
        "together": _together(org),
        "purposes": purposes_of(request),
        "next_href": further(rows, PAGE, lambda row: row.token),
        "typed": typed,
        "problem": problem,
        "command": new_key("unit"),
    }  # fmt: skip
    return render(request, "gather/service/unit.html", status=problem.status if problem else 200, **context)


def _members(org: str, rows: Sequence[ServiceMember], names: Mapping[str, str]) -> dict[str, Any]:
    """The list, and the unit's count from ten members on."""
    half = half_of(orgs.today())
    beside = selectors.beside(org, [row.token for row in rows], half.first, half.end)
    total, served = selectors.unit_figures(org, half.first, half.end)
    lines = [
        {"token": row.token, "name": names.get(row.token, ""), "since": row.since, "beside": beside.get(row.token)}
        for row in rows
    ]  # fmt: skip
    return {
        "rows": lines, "opened": bool(names), "total": total, "served": served, "least": selectors.LEAST,
        "half": half,
    }  # fmt: skip


def _linked(org: str, day: date) -> dict[str, Any]:
    """Communities that the unit is linked with, and those of them that need somebody."""
    linked = selectors.linked(org, day, as_helper=True)
    closed = selectors.enough_at(linked, day)
    return {
        "communities": [(code, orgs.name_of(code), closed.get(code)) for code in linked],
        "choices": [(code, orgs.name_of(code)) for code in linked if code not in closed],
    }


def _together(org: str) -> list[tuple[Slot, str]]:
    rows = slots.together_of(org, orgs.today())
    return [(slot, orgs.name_of(slot.about.removeprefix("org:"))) for slot in rows]


def _do(by: Act, org: str, typed: dict[str, str]) -> None:
    do, what = typed.get("do", "").partition("-")[::2]
    if do == "list":
        one = services.Listing(
            org, typed.get("name", ""), typed.get("phone", ""), day_typed(typed["since"], "since")
        )
        services.list_members(by, members_=[one])
    elif do == "unlist":
        services.unlist_members(by, rows=[services.Unlist(org, what, orgs.today())])
    elif do == "plan":
        starts = moment_typed(f"{typed.get('day', '')} {typed.get('hour', '')}", "day")
        services.plan_together(
            by, unit=org, community=typed.get("community", ""), starts=starts, title=typed.get("title", ""),
            minutes=number_from(typed.get("minutes", ""), "minutes"), where=typed.get("where", "")[:200],
        )  # fmt: skip
    elif do == "held":
        hold_together(by, what, number_from(typed.get(f"heads-{what}", ""), "heads"))
