"""Changes from a sheet: the empty workbook, upload, what each row becomes, then into the draft."""

from __future__ import annotations

import io

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Conflict, Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.tables.books import write_empty
from baodao.kernel.tables.bring import Filled, read_filled, write_filled_faults
from baodao.kernel.tables.store import sheet_path
from baodao.kernel.tables.web import keep_given, workbook
from baodao.orgs import selectors as orgs
from baodao.orgs.plans.lines import SHORT, Line, Scene, expand
from baodao.orgs.plans.models import OrgPlan
from baodao.orgs.plans.selectors import held_at, lines_of, may, touch
from baodao.orgs.plans.services import add_lines
from baodao.orgs.plans.sheet import template_for

from .common import act_of, row_or_missing, told

SHOWN = 100


def _door(request: HttpRequest, code: str) -> tuple[Act, OrgPlan]:
    by = act_of(request)
    row = row_or_missing(by, code)
    if row.state != "draft" or not may(by, "plan.add", row):
        raise Conflict.of("", _("这个计划已经不是草稿"), _("请另拟一个计划"))
    return by, row


@page("desk", "plans/<str:code>/sheet/empty.xlsx", name="plan-empty", methods=("GET", "HEAD"))
def empty(request: HttpRequest, code: str) -> HttpResponse:
    """The columns with their lists and notes, to fill in."""
    by, row = _door(request, code)
    out = io.BytesIO()
    write_empty(out, template_for(row), by)
    return workbook(out.getvalue(), "changes")


@page("desk", "plans/<str:code>/sheet/", name="plan-import")
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file."""
    by, row = _door(request, code)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            name = keep_given(request, by.noted)
            read_filled(template_for(row), sheet_path(name), by)
            there = reverse("desk:plan-import-check", kwargs={"code": code, "name": name})
            return HttpResponseRedirect(there, status=303)
        except Problem as caught:
            problem = caught
    status = problem.status if problem else 200
    return render(
        request, "orgs/plans/import.html", status=status, problem=problem, row=row, command=new_key("plan")
    )


@page("desk", "plans/<str:code>/sheet/<str:name>/", name="plan-import-check")
def check(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """What each row becomes; then add the good ones."""
    by, row = _door(request, code)
    sheet = read_filled(template_for(row), sheet_path(name), by)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if sheet.faults and "good" not in request.POST:
                reason = _("有 %(n)d 行要改") % {"n": len(sheet.faults)}
                raise Invalid.of("good", reason, _("改好再传，或勾选跳过它们"))
            add_lines(by, code=code, rows=[item for _row, item in sheet.items])
            return HttpResponseRedirect(reverse("desk:plan", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    lines = _lines(row, sheet)
    faults = [fault for number in sorted(sheet.faults) for fault in sheet.faults[number]]
    return render(
        request,
        "orgs/plans/import_check.html",
        status=problem.status if problem else 200,
        problem=problem,
        row=row,
        name=name,
        sheet=sheet,
        lines=told(lines[:SHOWN], translation.get_language() or "zh-hans"),
        n=len(lines),
        touch=touch(lines, row.day),
        short=SHORT,
        faults=faults[:SHOWN],
        more=max(0, len(faults) - SHOWN),
        command=new_key("plan"),
    )


def _lines(row: OrgPlan, sheet: Filled) -> list[tuple[int, Line]]:
    scene = Scene(orgs.forest(), row.day, lambda codes: held_at(codes, row.day), _fresh(row, sheet))
    found = expand([item for _row, item in sheet.items], scene)
    return list(enumerate((line for lines in found for line in lines), 1))


def _fresh(row: OrgPlan, sheet: Filled) -> frozenset[str]:
    held = {line.org for _n, line in lines_of(row.code) if line.kind == "found"}
    return frozenset(held | {item.org for _row, item in sheet.items if item.kind == "found"})


@page(
    "desk",
    "plans/<str:code>/sheet/<str:name>/errors.xlsx",
    name="plan-import-errors",
    methods=("GET", "HEAD"),
)
def errors(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The faulty rows with what is wrong, to mend and send again."""
    by, row = _door(request, code)
    path, out = sheet_path(name), io.BytesIO()
    sheet = read_filled(template_for(row), path, by)
    if not sheet.faults:
        raise Missing.of("file", _("没有错误表"), _("这一次没有有错的行"))
    write_filled_faults(path, template_for(row), sheet, out, whole=False)
    return workbook(out.getvalue(), f"{code}-errors")
