"""Desk pages of contacts: a leader's own list; naming, for the one post that may."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.dues.desk.common import act, home, plain, typed_of
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed, whole_number
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.policies import reach_of
from baodao.people.declare import OF_MEMBERS, choices

from . import selectors, services
from .selectors import NAME, READ
from .services import NewContact, Touch

PAGE = 50


@page("desk", "contacts/", name="contacts", nav=(33, gettext_lazy("一对一联系")), right=READ)
def contacts(request: HttpRequest) -> HttpResponse:
    """With whom this post keeps in touch: dates, needs, what was met."""
    by, problem = act(request), None
    if not reach_of(by, READ):
        raise Refused.of("", _("您的岗位不做一对一联系"), _("请换岗位"))
    after = request.GET.get("after", "")[:16]
    rows, names = selectors.kept_by(by, after, PAGE + 1), {}
    if request.method == "POST":
        try:
            if request.POST.get("do") == "names":
                names = dict(selectors.names(by, rows[:PAGE]))
            else:
                _do(by, request)
                return HttpResponseRedirect(reverse("desk:contacts"), status=303)
        except Problem as caught:
            problem = plain(caught)
    return render(
        request,
        "dues/contacts.html",
        status=problem.status if problem else 200,
        problem=problem,
        rows=[(row, names.get(row.state.token, "")) for row in rows[:PAGE]],
        opened=bool(names),
        purposes=choices(OF_MEMBERS, who_of(request).lang),
        next_href=f"?after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
        today=orgs.today().isoformat(),
        typed=typed_of(request.POST),
        command=new_key("contact"),
    )


def _do(by: Act, request: HttpRequest) -> None:
    do, code = request.POST.get("do", ""), request.POST.get("code", "")[:16]
    day = day_typed(request.POST.get("day", ""), "day")
    if do == "record":
        services.record(by, touches=[Touch(code, day, request.POST.get("need", "")[:1000])])
    elif do == "solve":
        n = request.POST.get("n", "")
        services.solve(by, code=code, n=whole_number(n) or 0, day=day)
    else:
        raise Invalid.of("do", _("没有这一步"), _("请刷新页面"))


@page("desk", "contacts/name/", name="contact-name", nav=(34, gettext_lazy("联系名单")), right=NAME)
def naming(request: HttpRequest) -> HttpResponse:
    """Put somebody who agreed on a leader's list. What they talk about is not shown here, nor who left."""
    by, problem = act(request), None
    reach = reach_of(by, NAME)
    if not reach:
        raise Refused.of("", _("您的岗位不管联系名单"), _("请换岗位"))
    day = orgs.today()
    typed: dict[str, Any] = {"since": day.isoformat(), "org": ""} | typed_of(request.POST)
    org = ""
    try:
        org = org_named(typed["org"], day, "org") if typed["org"] else ""
        if request.method == "POST" and request.POST.get("do") == "name":
            one = NewContact(
                org, typed.get("post", ""), typed.get("name", ""), typed.get("phone", ""),
                day_typed(typed["since"], "since"), typed.get("word") == "yes",
            )  # fmt: skip
            services.name(by, contacts=[one])
            return HttpResponseRedirect(f"{reverse('desk:contact-name')}?done=1", status=303)
    except Problem as caught:
        problem = plain(caught)
    return render(
        request,
        "dues/naming.html",
        status=problem.status if problem else 200,
        problem=problem,
        typed=typed,
        org=orgs.name_of(org) if org else "",
        leaders=selectors.leaders(org, day) if org else [],
        done=request.GET.get("done") == "1",
        home=home(request),
        command=new_key("contact"),
    )
