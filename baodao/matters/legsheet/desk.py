"""Desk pages of the sheet: download, upload, what every row would do, progress and result."""

import io
from typing import Any, cast

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.jobs import args_of, cancel, job_of, jobs_of, start
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.tables.store import faults_path, sheet_path
from baodao.kernel.tables.web import keep_given, workbook
from baodao.matters.policies import READ
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import name_of
from baodao.people.door import act_from
from baodao.people.services.logs import log_security

from . import export
from .jobs import KIND
from .plan import Plan, plan
from .reading import Sheet, read_sheet

#: Rows judged on the page before anything is started: six statements each.
SHOWN = 20


def _reads_legs(by: Act) -> bool:
    found = reach_of(by, READ)
    return by.office in {one for one, *_rest in (*found.own, *found.below, *found.legs)}


def _door(request: HttpRequest) -> tuple[Act, str]:
    """The Act and the own unit. Refused without a right to read its legs."""
    by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("legs"))
    post = who_of(request).post
    org = post.org if post is not None else ""
    if not _reads_legs(by):
        raise Refused.of("", _("承办表给有承办件的单位用"), _("请换岗位"))
    return by, org


@page("desk", "legs/", name="legs", nav=(60, gettext_lazy("承办表")), right=READ, opens=_reads_legs)
def legs(request: HttpRequest) -> HttpResponse:
    """Download, upload, earlier uploads."""
    by, org = _door(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            name = keep_given(request, by.noted)
            return HttpResponseRedirect(reverse("desk:legs-look", kwargs={"name": name}), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "matters/desk/legs.html",
        status=problem.status if problem is not None else 200,
        problem=problem,
        office=name_of(org),
        standing=export.standing(by, org),
        most=export.MOST,
        jobs=jobs_of(by.person, KIND),
    )


@page("desk", "legs.xlsx", name="legs-sheet", methods=("GET", "HEAD"))
def sheet(request: HttpRequest) -> HttpResponse:
    """The own unit's open legs to be filled in; written in the security log."""
    by, org = _door(request)
    out = io.BytesIO()
    count = export.write_sheet(out, by, org, _("模拟数据") + " " if settings.DEMO else "")
    log_security(
        "export.legs", by.noted, person=by.person, post=by.post, subject=f"org:{org}", detail=str(count)
    )
    return workbook(out.getvalue(), f"legs-{timezone.localdate(by.noted)}")


@page("desk", "legs/<str:name>/", name="legs-look")
def look(request: HttpRequest, name: str) -> HttpResponse:
    """What the first rows would do; then try all, or do it."""
    by, _org = _door(request)
    problem: Problem | None = None
    found = Sheet("")
    try:
        found = read_sheet(sheet_path(name))
    except Problem as caught:
        problem = caught
    if request.method == "POST" and problem is None:
        row = start(KIND, {"file": name, "dry": request.POST.get("do") != "apply"}, by)
        return HttpResponseRedirect(reverse("desk:legs-job", kwargs={"job": row.id}), status=303)
    return render(
        request,
        "matters/desk/legs_look.html",
        status=problem.status if problem is not None else 200,
        name=name,
        problem=problem,
        sheet=found,
        plans=[_line(plan(by, entry, found.digest)) for entry in found.entries[:SHOWN]],
        faults=[one for row in sorted(found.faults)[:SHOWN] for one in found.faults[row]],
        command=new_key("legs"),
    )


def _line(made: Plan) -> dict[str, Any]:
    values = made.entry.values
    return {
        "row": made.entry.row,
        "number": made.entry.number,
        "leg": made.entry.leg,
        "state": made.state,
        "now": made.now,
        "moves": made.moves,
        "text": str(values.get("result") or values.get("reason") or ""),
        "faults": made.faults,
        "meanwhile": made.meanwhile,
    }


@page("desk", "legs/jobs/<str:job>/", name="legs-job")
def progress(request: HttpRequest, job: str) -> HttpResponse:
    """How far it is, or what came of it: conflicts with what was typed beside what happened meanwhile."""
    by, _org = _door(request)
    row = cancel(job, by.person, by.noted) if request.method == "POST" else job_of(job, by.person)
    args, typed, faulty = args_of(row), {}, False
    try:
        path = sheet_path(args["file"])
        faulty = faults_path(args["file"]).is_file()
        if (row.result or {}).get("conflicts"):
            typed = {entry.row: entry.values for entry in read_sheet(path).entries}
    except Problem:
        pass  # the file is gone after a week: the result stays
    return render(
        request,
        "matters/desk/legs_job.html",
        job=row,
        args=args,
        running=row.state in {"waiting", "running"},
        faulty=faulty,
        typed=typed,
        command=new_key("legs"),
    )


@page("desk", "legs/jobs/<str:job>/errors.xlsx", name="legs-errors", methods=("GET", "HEAD"))
def errors(request: HttpRequest, job: str) -> HttpResponse:
    """The rows that were not done, with what is wrong and how to mend it."""
    by, _org = _door(request)
    path = faults_path(args_of(job_of(job, by.person))["file"])
    if not path.is_file():
        raise Invalid.of("file", _("没有错误表"), _("这一次没有有错的行"))
    return cast(HttpResponse, FileResponse(path.open("rb"), as_attachment=True, filename="errors.xlsx"))
