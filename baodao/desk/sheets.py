"""The list as a workbook: asked for, watched, saved."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing
from baodao.kernel.exports import sheet_of
from baodao.kernel.jobs import args_of, cancel, job_of, start
from baodao.kernel.models import Job
from baodao.kernel.pages import page, render
from baodao.people.door import act_from
from baodao.people.services.logs import log_security

from .columns import asked_of
from .jobs import KIND, MOST


@page("desk", "todo/sheet/", name="todo-sheet", methods=("POST",))
def ask(request: HttpRequest) -> HttpResponse:
    """Have the list as it is filtered, ordered and laid out written. One button sent twice is one sheet."""
    by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("sheet"))
    row = start(KIND, {"query": asked_of(QueryDict(request.POST.get("query", "")[:600])).query}, by)
    return HttpResponseRedirect(reverse("desk:todo-job", kwargs={"job": row.id}), status=303)


def _own(job: str, person: str) -> Job:
    row = job_of(job, person)
    if row.kind != KIND:
        raise Missing.of("job", _("没有这项工作，或不是您发起的"))
    return row


@page("desk", "todo/jobs/<str:job>/", name="todo-job")
def progress(request: HttpRequest, job: str) -> HttpResponse:
    """How far it is; a POST stops it."""
    by = act_from(request, command=new_key())
    row = _own(job, by.person)
    if request.method == "POST":
        row = cancel(job, by.person, by.noted)
    return render(
        request,
        "desk/todo_job.html",
        job=row,
        running=row.state in {"waiting", "running"},
        query=args_of(row)["query"],
        most=MOST,
    )


@page("desk", "todo/jobs/<str:job>/todo.xlsx", name="todo-file", methods=("GET", "HEAD"))
def file(request: HttpRequest, job: str) -> HttpResponse:
    """The sheet, for whoever asked for it; written in the security log. Missing before it is done and after a week."""
    by = act_from(request, command=new_key())
    row = _own(job, by.person)
    path = sheet_of(row.id)
    log_security(
        "export.todo", by.noted, person=by.person, post=by.post, detail=str((row.result or {}).get("rows", 0))
    )
    name = f"todo-{timezone.localdate(row.created)}.xlsx"
    return cast(HttpResponse, FileResponse(path.open("rb"), as_attachment=True, filename=name))
