"""Desk pages of dated calls: mine, a new one, one with its applications and its result."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.courses.desk.common import act_of, home_of, org_name, plain, typed_of
from baodao.gather.courses.programmes import calls, selectors
from baodao.gather.courses.programmes.calls import NewCall, programmes_of, state_of, tally
from baodao.gather.courses.programmes.selectors import of_class
from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import texts_of
from baodao.matters.selectors import Seen, see_many
from baodao.orgs import selectors as orgs

PAGE, MOST = 50, 500


@page("desk", "calls/", name="calls", methods=("GET", "HEAD"))
def list_calls(request: HttpRequest) -> HttpResponse:
    """Calls of the district, the newest first. One statement."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    rows = selectors.calls(home, day, after=request.GET.get("after", "")[:16], limit=PAGE + 1)
    return render(
        request,
        "gather/courses/calls.html",
        rows=[(row, org_name(str(row.org_id)), state_of(row)) for row in rows[:PAGE]],
        opening=allowed(by, "call.open", of_class(home)),
        next_href=f"?after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
    )


@page("desk", "calls/new/", name="call-new")
def call_new(request: HttpRequest) -> HttpResponse:
    """Open a call."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    typed, problem = typed_of(request, 1200), None
    if request.method == "POST":
        try:
            one = NewCall(
                org=home, programme=typed.get("programme", ""), title=typed.get("title", ""), who=typed.get("who", ""),
                criteria=typed.get("criteria", ""), about=typed.get("about", ""),
                since=day_typed(typed.get("since", ""), "since", day), until=day_typed(typed.get("until", ""), "until", day),
            )  # fmt: skip
            code = calls.open_calls(by, calls=[one])[0]
            return HttpResponseRedirect(reverse("desk:call", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    return render(
        request,
        "gather/courses/call_new.html",
        status=problem.status if problem else 200,
        typed={"since": day.isoformat()} | typed,
        programmes=list(programmes_of(home, by.lang).items()),
        problem=problem,
        command=new_key("call"),
    )


@page("desk", "calls/<str:code>/", name="call")
def one_call(request: HttpRequest, code: str) -> HttpResponse:
    """One call: its terms, for its officers the applications and the publishing of the result. Six statements."""
    by, problem = act_of(request), None
    row = selectors.call(code)
    if row is None:
        raise Missing.of("code", _("没有这个申报通知"), _("请从列表里选"))
    mine = allowed(by, "call.publish", of_class(str(row.org_id)))
    if request.method == "POST":
        try:
            units = {
                name.removeprefix("unit-"): value
                for name, value in typed_of(request, 80).items()
                if name.startswith("unit-")
            }
            calls.publish_call(by, code=code, units=units)
            return HttpResponseRedirect(reverse("desk:call", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    rows = selectors.applications(code)[:MOST] if mine else []
    seen, found = see_many(by, [one.number for one in rows]) if rows else {}, tally(rows)
    told = _told(seen)
    return render(
        request,
        "gather/courses/call.html",
        status=problem.status if problem else 200,
        row=row,
        org=org_name(str(row.org_id)),
        programme=programmes_of(str(row.org_id), by.lang).get(row.programme, row.programme),
        state=state_of(row),
        mine=mine,
        found=found,
        lines=[
            _line(seen[one.number], told, one.number in found.admitted) for one in rows if one.number in seen
        ],
        publishing=mine and row.published is None and row.until < orgs.today() and not found.open,
        typed=typed_of(request, 80),
        problem=problem,
        command=new_key("publish"),
    )


def _told(seen: dict[str, Seen]) -> dict[int, dict[str, str]]:
    """What the applications say when they are opened. One statement."""
    return texts_of([one.facts[0].id for one in seen.values()]) if seen else {}


def _line(seen: Seen, told: dict[int, dict[str, str]], admitted: bool) -> dict[str, Any]:
    said = told.get(seen.facts[0].id, {})
    stage = seen.procedure.word(f"stage.{seen.state.stage}")
    if seen.row.outcome:
        stage = seen.procedure.word(f"value.{seen.row.outcome}")
    return {
        "number": seen.row.number, "title": said.get("title", ""), "unit": said.get("unit", ""), "stage": stage,
        "admitted": admitted,
    }  # fmt: skip
