"""Import of duty lists on the desk: upload, column map with a preview, the faults of every row, and the whole
lists adopted by one command."""

import io
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject, batch_of, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.tables.books import write_empty
from baodao.kernel.tables.store import sheet_path
from baodao.kernel.tables.template import template_of
from baodao.kernel.tables.web import header_of, keep_given, workbook
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import duties, selectors
from baodao.orgs.duties import KINDS
from baodao.orgs.importing.duties import COLUMNS, Sheet, columns, read_duties, take, write_faults
from baodao.orgs.policies import reach_of
from baodao.orgs.services import adopt_duties
from baodao.people.door import act_from

#: More rows are loaded by the template's own job, with progress, never inside a request.
RIGHT, SHOWN, SMALL = "duty.adopt", 20, 2000


def _door(request: HttpRequest) -> Act:
    by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("duties"))
    if not reach_of(by, RIGHT):
        raise Refused.of("", _("履职清单由区里的管理员或督办员采用"), _("请把表交给他们导入"))
    return by


def _may(by: Act) -> Callable[[str], bool]:
    held: dict[str, bool] = {}

    def ask(org: str) -> bool:
        if org not in held:
            held[org] = allowed(by, RIGHT, Subject(ref=f"duty:{org}", org=org))
        return held[org]

    return ask


@page("desk", "duty-import/", name="duty-import")
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file."""
    by = _door(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            name = keep_given(request, by.noted)
            return HttpResponseRedirect(reverse("desk:duty-import-map", kwargs={"name": name}), status=303)
        except Problem as caught:
            problem = caught
    status = problem.status if problem else 200
    return render(request, "orgs/duty_import.html", status=status, problem=problem, command=new_key("duties"))


@page("desk", "duty-import/empty.xlsx", name="duty-import-empty", methods=("GET", "HEAD"))
def empty(request: HttpRequest) -> HttpResponse:
    """The sheet to fill in, with drop-down lists, an example and notes: that of the template."""
    out = io.BytesIO()
    write_empty(out, template_of("duties"), _door(request))
    return workbook(out.getvalue(), "duties")


@page("desk", "duty-import/<str:name>/", name="duty-import-map")
def mapping(request: HttpRequest, name: str) -> HttpResponse:
    """Which column is what, what the rows become, what is wrong with them; then adopt."""
    by, path = _door(request), sheet_path(name)
    typed = request.POST if request.method == "POST" else request.GET
    sheet, problem, since = _judge(path, typed, by)
    if request.method == "POST" and sheet is not None:
        try:
            batch = batch_of(by, "duties", name)
            act = replace(by, origin="import", batch=batch)
            done = adopt_duties(act, lists=take(sheet, "good" in typed))
            where = reverse("desk:duties")
            return HttpResponseRedirect(
                f"{where}?adopted={len(done.adopted)}&same={len(done.same)}", status=303
            )
        except Problem as caught:
            problem = caught
    chosen = sheet.mapping if sheet else _given(typed)
    faults = [fault for _row, found in sorted(sheet.faults.items()) for fault in found] if sheet else []
    preview = [(one, item) for one in sheet.lists for item in one.items][:SHOWN] if sheet else []
    return render(
        request,
        "orgs/duty_import_map.html",
        status=problem.status if problem else 200,
        name=name,
        problem=problem,
        sheet=sheet,
        since=since,
        header=header_of(path),
        fields=[
            (c.field, c.title, c.required or c.field == "org", chosen.get(c.field, "")) for c in columns()
        ],
        faults=faults,
        preview=[(selectors.name_of(one.org), one.since, item) for one, item in preview],
        plan=_plan(sheet) if sheet else [],
        kinds=KINDS,
        query=urlencode({**chosen, "from": since.isoformat()}),
        command=new_key("duties"),
    )


def _given(typed: Mapping[str, str]) -> dict[str, str]:
    return {field: typed[field] for field in COLUMNS if field in typed}


def _judge(path: Path, typed: Mapping[str, str], by: Act) -> tuple[Sheet | None, Problem | None, date]:
    since = selectors.today()
    try:
        since = day_typed(typed.get("from", ""), "from", since)
        return read_duties(path, _given(typed), since=since, may=_may(by), most=SMALL), None, since
    except Problem as problem:
        return None, problem, since


def _plan(sheet: Sheet) -> list[tuple[str, date, int, date | None]]:
    """(organization, from, items, day of the version that it ends). One statement."""
    held = duties.latest({one.org for one in sheet.lists})
    return [(selectors.name_of(one.org), one.since, len(one.items), held.get(one.org)) for one in sheet.lists]


@page("desk", "duty-import/<str:name>/errors.xlsx", name="duty-import-errors", methods=("GET", "HEAD"))
def errors(request: HttpRequest, name: str) -> HttpResponse:
    """The same sheet with what is wrong and how to mend it, under the map of the page."""
    by, path = _door(request), sheet_path(name)
    sheet, problem, _since = _judge(path, request.GET, by)
    if sheet is None or not sheet.faults:
        raise problem or Invalid.of("file", _("没有错误表"), _("这一次没有有错的行"))
    out = io.BytesIO()
    write_faults(path, sheet, out)
    return workbook(out.getvalue(), "errors")
