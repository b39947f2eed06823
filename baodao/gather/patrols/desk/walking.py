"""A round on the phone: points with one button each, a find with pictures of the place. No script, no location."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.patrols import selectors, services
from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import whole_number

from .common import act_of, finding_of, finds_of, nowhere, status_of


@page("desk", "walks/<str:slot>/", name="walk")
def walk(request: HttpRequest, slot: str) -> HttpResponse:
    """My round; each button is one act of mine."""
    by, problem = act_of(request), None
    row = selectors.my_walk(by.person, slot)
    if row is None:
        raise Missing.of("slot", _("这一轮不是您在走"), _("请从巡查里开始一轮"))
    if request.method == "POST":
        try:
            do, point = request.POST.get("do", ""), request.POST.get("point", "")[:4]
            at = whole_number(point) or 0
            if do == "find":
                services.find_on_round(by, slot=slot, point=at, finding=finding_of(request, by))
            elif do == "finish":
                services.finish_round(by, slot=slot)
            else:
                services.pass_point(by, slot=slot, point=at)
            return HttpResponseRedirect(reverse("desk:walk", kwargs={"slot": slot}), status=303)
        except Problem as caught:
            problem = caught
    passed = selectors.passings(slot)
    points = selectors.points(row.about.partition(":")[2])
    answer = render(
        request,
        "gather/patrols/walk.html",
        status=status_of(problem),
        row=row,
        points=[(one, passed.get(one.n)) for one in points],
        left=len(points) - len(passed),
        finds=selectors.finds(slot),
        kinds=finds_of(str(row.org_id), row.kind),
        chosen=[(str(one.n), one.title) for one in points],
        typed={name: str(value)[:2100] for name, value in request.POST.items()},
        problem=problem,
        command=new_key("walk"),
    )
    return nowhere(answer)


@page("desk", "patrol-point/<str:mark>/", name="patrol-point")
def patrol_point(request: HttpRequest, mark: str) -> HttpResponse:
    """What the code at a point opens: one button says that I am here."""
    by, problem = act_of(request), None
    point = selectors.point_of(mark)
    if point is None or selectors.route(by, str(point.route_id)) is None:
        raise Missing.of("mark", _("这个码不是巡查点的，或者不对您开放"), _("请扫点位上贴的码"))
    if request.method == "POST":
        try:
            slot = services.pass_point(by, mark=mark)
            return HttpResponseRedirect(reverse("desk:walk", kwargs={"slot": slot}), status=303)
        except Problem as caught:
            problem = caught
    answer = render(
        request,
        "gather/patrols/point.html",
        status=status_of(problem),
        point=point,
        problem=problem,
        command=new_key("point"),
    )
    return nowhere(answer)
