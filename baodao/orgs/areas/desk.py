"""Desk page of areas: which post has which ground, and giving one. A post is named by its code, ground by codes of grids and
communities."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.door import act_from

from .listing import listed
from .services import NewArea, give_areas

RIGHT, SHOWN = "area.give", 300
_BETWEEN = re.compile(r"[\s,，、;；]+")


@page("desk", "areas/", name="areas", nav=(83, gettext_lazy("片区")), right=RIGHT)
def areas(request: HttpRequest) -> HttpResponse:
    """Areas in force or to come of the posts within the reach; a POST gives one, or takes it (no places)."""
    by, day = (
        act_from(request, command=request.POST.get("command", "")[:200] or new_key("area")),
        orgs.today(),
    )
    if not reach_of(by, RIGHT):
        raise Refused.of("", _("您的岗位不划片区"), _("请换岗位"))
    typed = {name: str(value)[:8000] for name, value in request.POST.items()}
    problem: Problem | None = None
    if request.method == "POST":
        try:
            give_areas(by, areas=[_asked(typed, day)])
            return HttpResponseRedirect(reverse("desk:areas"), status=303)
        except Problem as caught:
            problem = _plain(caught)
    rows = listed(by, day)
    return render(
        request,
        "orgs/areas/list.html",
        status=problem.status if problem else 200,
        rows=[
            (
                row,
                post.title,
                orgs.name_of(str(post.org_id)),
                [orgs.name_of(one) for one in row.places.split()],
            )
            for row, post in rows[:SHOWN]
        ],
        total=len(rows),
        typed={"since": day.isoformat()} | typed,
        problem=problem,
        command=new_key("area"),
    )


def _asked(typed: dict[str, str], day: date) -> NewArea:
    places = tuple(dict.fromkeys(one for one in _BETWEEN.split(typed.get("places", "")) if one))
    since = day_typed(typed.get("since", ""), "since", day)
    post = typed.get("post", "").strip()
    if not post:
        raise Invalid.of("post", _("那一天没有这个岗位"), _("请从列表里选"))
    return NewArea(post, since, places, typed.get("name", ""))


def _plain(problem: Problem) -> Problem:
    if not isinstance(problem, Invalid):
        return problem
    found: Any = (replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults)
    return Invalid(*found)
