"""Portal pages of classes that residents choose (training of core volunteers): the list, one class with its sessions and one's own seat, the
certificate. Nothing of anybody else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.gather.kinds import kinds_of
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

from . import selectors, services
from .declare import Plan, plans_of, titled
from .models import Klass
from .papers import certified, finished

PAGE = 30


def _act(request: HttpRequest) -> Act:
    """As a resident, also when she holds a post."""
    command = request.POST.get("command", "")[:200] or new_key("class")
    return replace(act_from(request, command=command), post="", grants=())


def _open_to_all(row: Klass) -> Plan | None:
    """The plan of a class that anybody may choose; None for those of staff and members."""
    day, org = orgs.today(), str(row.org_id)
    plan = plans_of(org, day).get(row.plan)
    kind = kinds_of(org).get(plan.gathering) if plan is not None else None
    return plan if kind is not None and {"person", "anyone"} & set(kind.join) and not row.closed else None


@page("portal", "classes/", name="classes", public=True, methods=("GET", "HEAD"))
def classes(request: HttpRequest) -> HttpResponse:
    """Classes that anybody may choose, the newest first, and my own. Three statements."""
    by, after = _act(request), request.GET.get("after", "")[:16]
    rows = selectors.chosen_freely(after=after)
    found = [(row, plan) for row in rows if (plan := _open_to_all(row)) is not None]
    had = selectors.mine(by.person, orgs.today())
    return render(
        request,
        "gather/courses/classes_public.html",
        rows=[
            (row, titled(plan, row.plan), orgs.name_of(str(row.org_id)), had.classes.get(row.code, ""))
            for row, plan in found[:PAGE]
        ],
        next_href=f"?after={found[PAGE - 1][0].code}" if len(found) > PAGE else "",
    )


@page("portal", "classes/<str:code>/", name="class", public=True)
def one_class(request: HttpRequest, code: str) -> HttpResponse:
    """One class: its sessions, my seat, what I still lack; choosing and leaving ask no reason. Three statements."""
    by, day, problem = _act(request), orgs.today(), None
    row = selectors.klass(code)
    plan = _open_to_all(row) if row is not None else None
    if row is None or plan is None:
        raise Missing.of("code", _("没有这个班，或者不对您开放"), _("请从列表里选"))
    if request.method == "POST":
        try:
            do = services.leave_class if request.POST.get("do") == "leave" else services.join_class
            do(by, code=code)
            return HttpResponseRedirect(reverse("portal:class", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    had, slots = selectors.mine(by.person, day), selectors.sessions(code)
    return render(
        request,
        "gather/courses/class_public.html",
        status=problem.status if problem else 200,
        row=row,
        org=orgs.name_of(str(row.org_id)),
        plan=titled(plan, row.plan),
        slots=[(slot, had.slots.get(slot.code)) for slot in slots],
        state=had.classes.get(code, ""),
        left=max(0, min((row.seats - slot.taken for slot in slots), default=0)),
        finished=finished(row, slots, plan, had.courses),
        signed=bool(by.person),
        now=by.noted,
        problem=problem,
        command=new_key("class"),
    )


@page("portal", "classes/<str:code>/certificate/", name="class-certificate", methods=("GET", "HEAD"))
def class_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """To print, for whoever took all set courses of such a class."""
    row = selectors.klass(code)
    if row is None or _open_to_all(row) is None:
        raise Missing.of("code", _("没有这个班，或者不对您开放"), _("请从列表里选"))
    return certified(request, _act(request), row)
