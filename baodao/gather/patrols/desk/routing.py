"""Routes: the list with today's coverage, a new one, one with its rounds and the codes to hang up."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.desk.screen import qr_of
from baodao.gather.patrols import selectors, services
from baodao.gather.patrols.services import NewPoint, NewRoute
from baodao.gather.patrols.words import FORMS
from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.policies import reach_of
from baodao.places.selectors import grids_of

from .common import act_of, home_of, status_of

DAYS = 14


@page("desk", "patrols/", name="patrols", nav=(66, gettext_lazy("巡查")), right=selectors.READ)
def patrols(request: HttpRequest) -> HttpResponse:
    """Routes that this post sees; a POST plans one."""
    by, home, problem = act_of(request), home_of(request), None
    if not reach_of(by, selectors.READ):
        raise Refused.of("", _("您的岗位不看巡查"), _("请换岗位"))
    typed = {name: str(value)[:9000] for name, value in request.POST.items()}
    if request.method == "POST":
        try:
            code = services.plan_route(by, new=_new(home, typed))
            return HttpResponseRedirect(reverse("desk:patrol", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "gather/patrols/list.html",
        status=status_of(problem),
        rows=[(row, FORMS[row.form], orgs.name_of(str(row.org_id))) for row in selectors.routes(by)],
        planning=allowed(by, selectors.PLAN, selectors.of_org(home)),
        checking=bool(reach_of(by, selectors.CHECK_READ)),
        forms=list(FORMS.items()),
        typed={"form": "points", "rounds": "22:00-06:00"} | typed,
        problem=problem,
        command=new_key("patrol"),
    )


def _new(home: str, typed: dict[str, str]) -> NewRoute:
    lines = [line.strip() for line in typed.get("points", "").splitlines() if line.strip()]
    known = {one.name: one for one in grids_of(home)}
    points = []
    for line in lines[:300]:
        title, _bar, grid = line.partition("|")
        found = known.get(grid.strip())
        points.append(
            NewPoint(title.strip(), found.code, round(found.lon * 1e6), round(found.lat * 1e6))
            if found
            else NewPoint(title.strip())
        )
    rounds = tuple(typed.get("rounds", "").replace("，", " ").replace(",", " ").split())
    form, area = typed.get("form", ""), typed.get("area", "").strip()
    where = org_named(area, orgs.today(), "area") if form == "area" and area else ""
    return NewRoute(home, typed.get("title", ""), form, rounds, tuple(points), where)


@page("desk", "patrols/<str:code>/", name="patrol")
def patrol(request: HttpRequest, code: str) -> HttpResponse:
    """One route: coverage today, rounds of a fortnight; a POST begins a round or closes the route."""
    by, problem = act_of(request), None
    row = selectors.route(by, code)
    if row is None:
        raise Missing.of("code", _("没有这条路线，或者不对您开放"), _("请从列表里选"))
    if request.method == "POST":
        try:
            if request.POST.get("do") == "close":
                services.close_route(by, code=code)
                return HttpResponseRedirect(reverse("desk:patrol", kwargs={"code": code}), status=303)
            slot = services.start_round(by, code=code)
            return HttpResponseRedirect(reverse("desk:walk", kwargs={"slot": slot}), status=303)
        except Problem as caught:
            problem = caught
    points, org = selectors.points(code), str(row.org_id)
    ruled = selectors.of_org(org, f"route:{code}")
    today = orgs.today()
    return render(
        request,
        "gather/patrols/route.html",
        status=status_of(problem),
        row=row,
        form=FORMS[row.form],
        org=orgs.name_of(org),
        points=points,
        coverage=selectors.coverage(row, today, len(points)),
        rounds=selectors.rounds(code, by.noted.replace(hour=0, minute=0, second=0) - timedelta(days=DAYS)),
        may_walk=not row.closed and allowed(by, selectors.WALK, ruled),
        may_close=not row.closed and allowed(by, selectors.PLAN, ruled),
        problem=problem,
        command=new_key("patrol"),
    )


@page("desk", "patrol-codes/<str:code>/", name="patrol-codes", methods=("GET", "HEAD"))
def patrol_codes(request: HttpRequest, code: str) -> HttpResponse:
    """The codes to print and hang up, one for each point."""
    by = act_of(request)
    row = selectors.route(by, code)
    if row is None or not allowed(by, selectors.PLAN, selectors.of_org(str(row.org_id), f"route:{code}")):
        raise Missing.of("code", _("没有这条路线，或者不由您排"), _("请从列表里选"))
    base = settings.BASE_URL.rstrip("/")
    points = [
        (one, qr_of(base + reverse("desk:patrol-point", kwargs={"mark": one.mark})))
        for one in selectors.points(code)
    ]
    return render(request, "gather/patrols/codes.html", row=row, points=points)
