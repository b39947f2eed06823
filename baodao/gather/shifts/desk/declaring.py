"""Declaring an emergency on: first its kind, then where, when, how many."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.shifts import selectors, services
from baodao.gather.shifts.declare import Kind, kinds_at, skills_at, titled
from baodao.gather.shifts.services import NewCallOut
from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import act_of, home_of, status_of, typed_of, whole

#: Areas offered at once.
MOST = 400


@page("desk", "callout-new/", name="callout-new")
def callout_new(request: HttpRequest) -> HttpResponse:
    """The form; a POST declares it on."""
    by, home, problem = act_of(request), home_of(request), None
    if not allowed(by, "callout.declare", selectors.of_area(home)):
        raise Refused.of("", _("您的岗位不能启动应急值守"), _("请由街道、区里有这个权限的岗位办"))
    kinds, typed = kinds_at(home), typed_of(request)
    chosen = typed.get("kind") or request.GET.get("kind", "")[:40]
    if request.method == "POST" and chosen in kinds:
        try:
            code = services.declare_callout(by, new=_new(request, home, chosen, typed))
            return HttpResponseRedirect(reverse("desk:callout", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "gather/shifts/new.html",
        status=status_of(problem),
        kinds=[(code, titled(kind, code)) for code, kind in kinds.items()],
        chosen=chosen if chosen in kinds else "",
        **(_offered(request, home, kinds[chosen]) if chosen in kinds else {}),
        typed={"since": orgs.today().isoformat(), "days": "3", "need": "2"} | typed,
        problem=problem,
        command=new_key("callout"),
    )


def _offered(request: HttpRequest, home: str, kind: Kind) -> dict[str, Any]:
    day, trees = orgs.today(), orgs.forest()
    below = [one for one in trees.children(home, day) if trees.nodes[one].tree == "admin"]
    # Townships for a district, communities for a street; a unit without any has its own posts.
    areas = [one for one in below if trees.nodes[one].level in ("street", "community")] or [home]
    ticked = set(request.POST.getlist("areas")) if request.method == "POST" else set(areas)
    turned = (
        set(request.POST.getlist("turns"))
        if request.method == "POST"
        else {str(n) for n in range(len(kind.turns))}
    )
    skills = skills_at(home)
    return {
        "areas": [(one, orgs.name_of(one), one in ticked) for one in areas[:MOST]],
        "turns": [(n, turn, str(n) in turned) for n, turn in enumerate(kind.turns)],
        "skills": [(code, titled(skills.get(code), code)) for code in kind.skills],
    }


def _new(request: HttpRequest, home: str, kind: str, typed: dict[str, str]) -> NewCallOut:
    turns = request.POST.getlist("turns")[:12]
    if not turns:
        raise Invalid.of("turns", _("请至少选一个班次"), "")
    return NewCallOut(
        kind=kind, org=home, areas=tuple(one[:32] for one in request.POST.getlist("areas")[:MOST]),
        since=day_typed(typed.get("since", ""), "since", orgs.today()), days=whole(typed.get("days", ""), "days"),
        need=whole(typed.get("need", ""), "need"), turns=tuple(whole(one, "turns") for one in turns),
        skill=typed.get("skill", "")[:40], title=typed.get("title", ""), notes=typed.get("notes", ""),
        insurance=typed.get("insurance", ""),
    )  # fmt: skip
