"""Bringing a district in: the templates in the order of the steps, what is there of each, upload, progress, error file,
takeback, and the export of all that one may see. Nothing here knows what a template holds."""

from typing import Any, cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.exports import is_there
from baodao.kernel.exports import sheet_of as written
from baodao.kernel.jobs import args_of, cancel, job_of, jobs_of, start
from baodao.kernel.pages import page, render
from baodao.kernel.tables.books import write_empty
from baodao.kernel.tables.columns import guess_columns, map_columns
from baodao.kernel.tables.store import faults_path, sheet_path
from baodao.kernel.tables.template import Template, columns_of, template_of, templates, titles_in_all
from baodao.kernel.tables.web import header_of, keep_given, workbook
from baodao.kernel.tables.work import EXPORT, LOAD
from baodao.ledger.jobs import TAKEBACK
from baodao.people import ports
from baodao.people.declare import OF_ROSTERS, choices, purposes
from baodao.people.door import act_from
from baodao.people.services.likeness import RIGHT as MERGE
from baodao.people.services.logs import log_security

DEFAULT_PURPOSE = "roster"


def _by(request: HttpRequest, purpose: str = "") -> Act:
    command = request.POST.get("command", "")[:100] or new_key("bring")
    return act_from(request, command=command, purpose=purpose)


def _door(request: HttpRequest, name: str) -> tuple[Act, Template]:
    """The Act and a template that the actor may load."""
    by, template = _by(request), template_of(name)
    if not template.may_load(by):
        raise Refused.of("", _("这种表不归您导入"), _("请换岗位，或请单位的管理员导入"))
    return by, template


@page("desk", "bring/", name="bring", nav=(84, gettext_lazy("把一个区录进来")), right="org.create")
def steps(request: HttpRequest) -> HttpResponse:
    """All templates as steps with what is there; the export below."""
    by = _by(request)
    known = [(one, one.may_load(by), one.may_see(by)) for one in templates()]
    if not any(load or see for _one, load, see in known):
        raise Refused.of("", _("这一页给维护组织、人员和各类台账的岗位用"), _("请换岗位，或请单位的管理员办"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _start_export(request)
        except Problem as caught:
            problem = caught
    lines = [
        {"template": one, "load": load, "see": see, "count": one.count(by) if see else None}
        for one, load, see in known
        if load or see
    ]
    return render(
        request,
        "desk/bring.html",
        status=problem.status if problem else 200,
        lines=lines,
        following=next((line for line in lines if line["load"] and not line["count"]), None),
        purposes=choices(OF_ROSTERS, get_language() or "zh-hans"),
        default_purpose=DEFAULT_PURPOSE,
        merges=bool(ports.reach(by, MERGE)),
        loads=[(row, template_of(args_of(row)["template"])) for row in jobs_of(by.person, LOAD)],
        exports=jobs_of(by.person, EXPORT, 5),
        problem=problem,
        command=new_key("bring"),
    )


def _start_export(request: HttpRequest) -> HttpResponse:
    by = _by(request, request.POST.get("purpose", ""))
    asked = request.POST.getlist("names")
    chosen = [one for one in templates() if one.name in asked and one.may_see(by)]
    if not chosen:
        raise Invalid.of("names", _("没有选要导出的表"), _("至少勾一种"))
    if any(one.personal for one in chosen) and by.purpose not in purposes():
        raise Invalid.of("purpose", _("没有说明用途"), _("有个人信息的表，导出前要选一个用途"))
    row = start(EXPORT, {"names": [one.name for one in chosen]}, by)
    detail = ",".join(one.name for one in chosen)
    log_security(
        "export.tables", by.noted, person=by.person, post=by.post, subject=f"job:{row.id}", detail=detail
    )
    return HttpResponseRedirect(reverse("desk:bring-export", kwargs={"job": row.id}), status=303)


@page("desk", "bring/export/<str:job>/", name="bring-export", methods=("GET", "HEAD"))
def exporting(request: HttpRequest, job: str) -> HttpResponse:
    """How far it is, or the file."""
    by = _by(request)
    row = _own_job(job, by, EXPORT)
    counts = [(template_of(name), n) for name, n in ((row.result or {}).get("rows") or {}).items()]
    return render(
        request,
        "desk/bring_export.html",
        job=row,
        counts=counts,
        running=row.state in {"waiting", "running"},
        there=is_there(row.id),
    )


@page("desk", "bring/export/<str:job>/file.xlsx", name="bring-export-file", methods=("GET", "HEAD"))
def exported(request: HttpRequest, job: str) -> HttpResponse:
    """The workbook, for the one who asked for it."""
    by = _by(request)
    row = _own_job(job, by, EXPORT)
    if row.state != "done" or not is_there(row.id):
        raise Missing.of("file", _("这个文件还没有做好，或者已经过期"), _("请重新导出"))
    name = f"baodao-{timezone.localdate(row.created)}.xlsx"
    return cast(HttpResponse, FileResponse(written(row.id).open("rb"), as_attachment=True, filename=name))


@page("desk", "bring/<str:name>/", name="bring-one")
def upload(request: HttpRequest, name: str) -> HttpResponse:
    """One template: download it empty, send it filled."""
    by, template = _door(request, name)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            file = keep_given(request, by.noted)
            there = reverse("desk:bring-map", kwargs={"name": name, "file": file})
            return HttpResponseRedirect(there, status=303)
        except Problem as caught:
            problem = caught
    columns = columns_of(template, by)
    rows = [row for row in jobs_of(by.person, LOAD) if args_of(row)["template"] == name]
    context = {"sheet": template, "columns": columns, "problem": problem, "jobs": rows}
    status = problem.status if problem else 200
    return render(request, "desk/bring_one.html", status=status, command=new_key("bring"), **context)


@page("desk", "bring/<str:name>/empty.xlsx", name="bring-empty", methods=("GET", "HEAD"))
def empty(request: HttpRequest, name: str) -> HttpResponse:
    """The workbook to fill in, with lists, notes and an example."""
    import io

    by, template = _door(request, name)
    out = io.BytesIO()
    write_empty(out, template, by)
    return workbook(out.getvalue(), f"{name}-empty")


@page("desk", "bring/<str:name>/<str:file>/", name="bring-map")
def mapping(request: HttpRequest, name: str, file: str) -> HttpResponse:
    """Which column is what; then try or load, in the background."""
    by, template = _door(request, name)
    path, typed = sheet_path(file), request.POST if request.method == "POST" else request.GET
    columns = columns_of(template, by)
    given = {column.field: typed[column.field] for column in columns if column.field in typed}
    header, problem = header_of(path, titles_in_all(template)), None
    chosen = given
    try:
        if not header:
            raise Invalid.of("file", _("这个表格文件打不开，或者没有内容"), _("请用下载的空表填写"))
        positions = map_columns(header, columns, given)
        chosen = {field: header[at] for field, at in positions.items()}
    except Problem as caught:
        # What was recognized stays chosen beside what is missing.
        problem, chosen = caught, {**guess_columns(header, columns), **given}
    if request.method == "POST" and problem is None:
        args = {
            "template": name, "file": file, "mapping": given, "good": "good" in typed,
            "dry": typed.get("do") == "dry",
        }  # fmt: skip
        row = start(LOAD, args, by)
        return HttpResponseRedirect(reverse("desk:bring-job", kwargs={"job": row.id}), status=303)
    return render(
        request,
        "desk/bring_map.html",
        status=problem.status if problem else 200,
        sheet=template,
        file=file,
        problem=problem,
        header=[title for title in header if title],
        fields=[(c, chosen.get(c.field, "")) for c in columns],
        unread=[title for title in header if title and title not in chosen.values()],
        command=new_key("bring"),
    )


def _own_job(job: str, by: Act, kind: str) -> Any:
    row = job_of(job, by.person)
    if row.kind != kind:
        raise Missing.of("job", _("没有这项工作，或不是您发起的"))
    return row


@page("desk", "bring-jobs/<str:job>/", name="bring-job")
def progress(request: HttpRequest, job: str) -> HttpResponse:
    """How far it is, or what came of it; cancel, or take all of it back."""
    by = _by(request)
    row = _own_job(job, by, LOAD)
    args = args_of(row)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "takeback":
                return _start_takeback(request, by, row)
            row = cancel(job, by.person, by.noted)
        except Problem as caught:
            problem = caught
    faulty = False
    try:
        faulty = faults_path(args["file"]).is_file()
    except Problem:
        pass
    return render(
        request,
        "desk/bring_job.html",
        status=problem.status if problem else 200,
        sheet=template_of(args["template"]),
        job=row,
        args=args,
        problem=problem,
        running=row.state in {"waiting", "running"},
        faulty=faulty,
        command=new_key("bring"),
        takeback=next((one for one in jobs_of(by.person, TAKEBACK, 50) if _takes(one, row)), None),
    )


def _takes(one: Any, row: Any) -> bool:
    return bool((row.result or {}).get("batch")) and args_of(one)["batch"] == row.result["batch"]


def _start_takeback(request: HttpRequest, by: Act, row: Any) -> HttpResponse:
    batch = (row.result or {}).get("batch", "")
    if not batch:
        raise Invalid.of("batch", _("这一次没有导入什么"), _("没有要撤回的"))
    if "sure" not in request.POST:
        raise Invalid.of("sure", _("撤回要先确认"), _("请勾选确认"))
    start(TAKEBACK, {"batch": batch}, by)
    return HttpResponseRedirect(reverse("desk:bring-job", kwargs={"job": row.id}), status=303)


@page("desk", "bring-jobs/<str:job>/errors.xlsx", name="bring-errors", methods=("GET", "HEAD"))
def errors(request: HttpRequest, job: str) -> HttpResponse:
    """The same sheet with what is wrong and how to mend it."""
    by = _by(request)
    path = faults_path(args_of(_own_job(job, by, LOAD))["file"])
    if not path.is_file():
        raise Missing.of("file", _("没有错误表"), _("这一次没有有错的行"))
    return cast(HttpResponse, FileResponse(path.open("rb"), as_attachment=True, filename="errors.xlsx"))
