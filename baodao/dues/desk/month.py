"""What an organization has to do this month: due, met by which record, missing with its make-up date, excused."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.dues import selectors, services
from baodao.dues.board import Line
from baodao.dues.policies import EXCUSE, MEMBERS, READ, RECORD, above, of_members, of_org
from baodao.dues.services import Done, Excusing
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.selectors import names_of as alliance_names
from baodao.orgs.policies import reach_of

from .common import (
    act,
    asked_day,
    grouped,
    home,
    line_row,
    months,
    plain,
    reading,
    records_of,
    typed_of,
)


@page("desk", "dues/", name="dues", nav=(6, gettext_lazy("本月该做什么")), right=READ)
def month(request: HttpRequest) -> HttpResponse:
    """One's own organization, or one below by `org`; `month` is a past one."""
    by, problem = act(request), None
    org = request.GET.get("org", "")[:32] or home(request)
    day = asked_day(request.GET.get("month", ""))
    if org not in orgs.forest():
        raise Missing.of("org", _("没有这个单位"))
    if request.method == "POST":
        try:
            _do(by, org, request)
            return HttpResponseRedirect(f"{reverse('desk:dues')}?{_query(request, org)}", status=303)
        except Problem as caught:
            problem = plain(caught)
    wide = reading(request, by)
    rows = _rows(by, selectors.dues_of(wide, org, day), day)
    before, after = months(day)
    return render(
        request,
        "dues/month.html",
        status=problem.status if problem else 200,
        problem=problem,
        groups=grouped(rows),
        counts=_counts(rows),
        org=orgs.name_of(org),
        code=org,
        own=org == home(request),
        day=day,
        month=_("%(year)d年%(month)d月") % {"year": day.year, "month": day.month},
        before=before,
        after=after,
        recording=allowed(by, RECORD, of_org(org)),
        excusing=allowed(by, EXCUSE, above(org, orgs.today())),
        may_cover=any(top >= 1 for _org, top in reach_of(wide, READ).below)
        and bool(orgs.forest().children(org, day)),
        keeps_members=allowed(by, MEMBERS, of_members(org)),
        today=orgs.today().isoformat(),
        typed=typed_of(request.POST),
        command=new_key("due"),
    )


def _rows(by: Act, lines: list[Line], day: date) -> list[dict[str, Any]]:
    # The window before is told only as long as something of it is open, or was made up late.
    month_first = day.replace(day=1)
    shown = [
        line for line in lines
        if line.stand.window.last >= month_first or line.stand.state in {"missing", "made_up"}
    ]  # fmt: skip
    allied = [line.subject.partition(":")[2] for line in shown if line.subject.startswith("alliance:")]
    names = {f"alliance:{code}": name for code, name in alliance_names(allied).items()}
    records = records_of(by, shown)
    return [line_row(line, day, records) | {"whose": names.get(line.subject, "")} for line in shown]


def _counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    found = {"missing": 0, "due": 0, "met": 0, "excused": 0}
    for row in rows:
        found["met" if row["state"] == "made_up" else row["state"]] += 1
    return found


def _query(request: HttpRequest, org: str) -> str:
    month = request.GET.get("month", "")[:7]
    return f"org={org}" + (f"&month={month}" if month else "")


def _do(by: Act, org: str, request: HttpRequest) -> None:
    do = request.POST.get("do", "")
    requirement, subject = request.POST.get("requirement", "")[:32], request.POST.get("subject", "")[:60]
    if do == "record":
        day, late = day_typed(request.POST.get("day", ""), "day"), request.POST.get("made_up") == "yes"
        services.record(by, done=[Done(org, requirement, subject, day, made_up=late)])
    elif do == "strike":
        services.strike(by, org=org, refs=[request.POST.get("ref", "")[:20]])
    elif do == "excuse":
        day, cause = day_typed(request.POST.get("first", ""), "day"), request.POST.get("cause", "")[:32]
        services.excuse(by, excusing=[Excusing(org, requirement, subject, day, cause)])
    elif do == "unexcuse":
        services.unexcuse(by, org=org, ref=request.POST.get("ref", "")[:20])
    else:
        raise Invalid.of("do", _("没有这一步"), _("请刷新页面"))
