"""Import on the desk: upload, column map with a preview of twenty rows, progress, result with the error file."""

from pathlib import Path
from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.jobs import args_of, cancel, job_of, jobs_of, start
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.tables.store import faults_path, sheet_path
from baodao.kernel.tables.web import header_of, keep_given
from baodao.kernel.verbs import allowed
from baodao.matters.importing import Sheet, read_sheet
from baodao.matters.importing.rows import columns
from baodao.people.door import act_from

RIGHT, KIND, SHOWN = "request.import", "requests.import", 20


def _door(request: HttpRequest) -> tuple[Act, str]:
    """The Act and the organization that will hold the matters. Refused without the right."""
    by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("import"))
    post = who_of(request).post
    org = post.org if post is not None else ""
    if not allowed(by, RIGHT, Subject(ref="matter:new", org=org, level=1)):
        raise Refused.of("", _("导入来信由群众工作窗口的受理员办"), _("请换岗位，或请受理员导入"))
    return by, org


@page("desk", "import/", name="import", nav=(64, gettext_lazy("导入来信")), right="request.import")
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; earlier imports below."""
    by, _org = _door(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            name = keep_given(request, by.noted)
            return HttpResponseRedirect(reverse("desk:import-map", kwargs={"name": name}), status=303)
        except Problem as caught:
            problem = caught
    context = {"problem": problem, "jobs": jobs_of(by.person, KIND), "command": new_key("import")}
    return render(request, "matters/desk/import.html", status=problem.status if problem else 200, **context)


@page("desk", "import/<str:name>/", name="import-map")
def mapping(request: HttpRequest, name: str) -> HttpResponse:
    """Which column is what, and what the first rows become; then start."""
    by, org = _door(request)
    path, typed = sheet_path(name), request.POST if request.method == "POST" else request.GET
    fields = columns(by.noted)
    given = {column.field: typed[column.field] for column in fields if column.field in typed}
    sheet, problem = _judge(path, given, by)
    if request.method == "POST" and problem is None:
        args = {
            "file": name,
            "mapping": given,
            "org": org,
            "good": "good" in typed,
            "dry": typed.get("do") == "dry",
        }
        row = start(KIND, args, by)
        return HttpResponseRedirect(reverse("desk:import-job", kwargs={"job": row.id}), status=303)
    context = {
        "name": name,
        "problem": problem,
        "sheet": sheet,
        "header": header_of(path),
        "fields": [
            (c.field, c.title, c.required, (sheet.mapping if sheet else given).get(c.field, ""))
            for c in fields
        ],
        "faults": [fault for row in sheet.faults.values() for fault in row] if sheet else [],
        "command": new_key("import"),
    }
    return render(
        request, "matters/desk/import_map.html", status=problem.status if problem else 200, **context
    )


def _judge(path: Path, given: dict[str, str], by: Act) -> tuple[Sheet | None, Problem | None]:
    try:
        return read_sheet(path, given, by.noted, limit=SHOWN), None
    except Problem as problem:
        return None, problem


@page("desk", "import/jobs/<str:job>/", name="import-job")
def progress(request: HttpRequest, job: str) -> HttpResponse:
    """How far it is, or what came of it."""
    by, _org = _door(request)
    row = cancel(job, by.person, by.noted) if request.method == "POST" else job_of(job, by.person)
    args = args_of(row)
    faulty = False
    try:
        faulty = faults_path(args["file"]).is_file()
    except Problem:
        pass
    context: dict[str, Any] = {
        "job": row,
        "args": args,
        "running": row.state in {"waiting", "running"},
        "faulty": faulty,
    }
    return render(request, "matters/desk/import_job.html", **context)


@page("desk", "import/jobs/<str:job>/errors.xlsx", name="import-errors", methods=("GET", "HEAD"))
def errors(request: HttpRequest, job: str) -> HttpResponse:
    """The same sheet with what is wrong and how to mend it."""
    by, _org = _door(request)
    path = faults_path(args_of(job_of(job, by.person))["file"])
    if not path.is_file():
        raise Invalid.of("file", _("没有错误表"), _("这一次没有有错的行"))
    return cast(HttpResponse, FileResponse(path.open("rb"), as_attachment=True, filename="errors.xlsx"))
