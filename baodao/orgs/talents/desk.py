"""Desk page of local talents: the roster, villages without one, naming, noting a step. Names open for a purpose."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.door import act_from

from . import selectors, services
from .declare import lists_of, titled
from .selectors import READ, of_village
from .services import NewStep, NewTalent

PAGE, PURPOSE = 50, "duty"


def _act(request: HttpRequest) -> Act:
    command = request.POST.get("command", "")[:200] or new_key("talent")
    return act_from(request, command=command, purpose=PURPOSE)


def _home(request: HttpRequest) -> str:
    post = who_of(request).post
    return post.org if post is not None else ""


@page("desk", "talents/", name="talents", nav=(49, gettext_lazy("本土人才")), right=READ)
def talents(request: HttpRequest) -> HttpResponse:
    """The roster below, and the villages without anybody on it."""
    by, day, home = _act(request), orgs.today(), _home(request)
    if not reach_of(by, READ):
        raise Refused.of("", _("您的岗位不看这个名册"), _("请换岗位"))
    rows = selectors.listed(by, day, after=request.GET.get("after", "")[:16], limit=PAGE + 1)
    problem: Problem | None = None
    typed = {name: str(value)[:80] for name, value in request.POST.items()}
    names: Any = {}
    if request.method == "POST":
        try:
            if typed.get("do") == "names":
                names = selectors.names(by, rows[:PAGE])
            else:
                one = NewTalent(
                    org=home, trade=typed.get("trade", ""), name=typed.get("name", ""), phone=typed.get("phone", ""),
                    since=day_typed(typed.get("since", ""), "since", day), word=bool(typed.get("word")),
                )  # fmt: skip
                services.name_talents(by, talents=[one])
                return HttpResponseRedirect(reverse("desk:talents"), status=303)
        except Problem as caught:
            problem = _plain(caught)
    trades = lists_of(home, day)[0]
    missing = selectors.without(by, day)
    return render(
        request,
        "orgs/talents/list.html",
        status=problem.status if problem else 200,
        rows=[(row, names.get(row.code, ""), _trade(str(row.org_id), row.trade, day), orgs.name_of(str(row.org_id))) for row in rows[:PAGE]],
        missing=[orgs.name_of(code) for code in missing[:200]],
        missing_total=len(missing),
        tally=selectors.tally(by, day) if reach_of(by, READ).below else None,
        naming=allowed(by, "talent.name", of_village(home)),
        trades=[(code, titled(one, code)) for code, one in trades.items()],
        opened=bool(names),
        typed={"since": day.isoformat()} | typed,
        next_href=f"?after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
        problem=problem,
        command=new_key("talent"),
    )  # fmt: skip


def _trade(org: str, code: str, day: date) -> str:
    return titled(lists_of(org, day)[0].get(code), code)


def _plain(problem: Problem) -> Problem:
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(*(replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults))


@page("desk", "talents/<str:code>/", name="talent")
def talent(request: HttpRequest, code: str) -> HttpResponse:
    """One talent: the record of growth, which the village keeps and she reads; a POST notes a step or ends the entry."""
    by, day = _act(request), orgs.today()
    row = selectors.talent(by, code)
    if row is None:
        raise Missing.of("code", _("名册上没有这个人，或者不对您开放"), _("请从名册里选"))
    org, problem = str(row.org_id), None
    typed = {name: str(value)[:300] for name, value in request.POST.items()}
    if request.method == "POST":
        try:
            if typed.get("do") == "end":
                services.end_talents(by, codes=[code], until=day)
            else:
                when = day_typed(typed.get("day", ""), "day", day)
                services.note_steps(
                    by, steps=[NewStep(code, typed.get("step", ""), when, typed.get("text", ""))]
                )
            return HttpResponseRedirect(reverse("desk:talent", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = _plain(caught)
    steps = lists_of(org, day)[1]
    may_note = row.until is None and allowed(by, "talent.note", of_village(org))
    # What she did in words is for her village and herself; those above see that there is a record.
    record = selectors.growth(code) if may_note or allowed(by, "talent.end", of_village(org)) else []
    return render(
        request,
        "orgs/talents/one.html",
        status=problem.status if problem else 200,
        row=row,
        org=orgs.name_of(org),
        trade=_trade(org, row.trade, day),
        record=[(one, titled(steps.get(one.step), one.step)) for one in record],
        may_note=may_note,
        may_end=row.until is None and allowed(by, "talent.end", of_village(org)),
        steps=[(name, titled(step, name)) for name, step in steps.items()],
        typed={"day": day.isoformat()} | typed,
        problem=problem,
        command=new_key("talent"),
    )
