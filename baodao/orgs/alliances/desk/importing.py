"""Members from a sheet: upload, see what each row becomes, confirm; the faulty rows as a sheet to mend."""

import io
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.tables.store import sheet_path
from baodao.kernel.tables.web import keep_given, workbook
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances import sheets
from baodao.orgs.alliances.policies import of_org
from baodao.orgs.alliances.selectors import Seen, wholes
from baodao.orgs.alliances.services import invite_members
from baodao.orgs.alliances.sheets import Sheet
from baodao.orgs.alliances.words import ROLES

from .common import act_of, org_named, seen_or_missing
from .one import offers

SHOWN = 50


def _door(request: HttpRequest, code: str) -> tuple[Act, Seen]:
    """Whoever may invite may bring a sheet."""
    by = act_of(request)
    seen = seen_or_missing(by, code)
    if not offers(by, seen, orgs.today()).invite:
        raise Refused.of("", _("导入成员由召集单位有权限的岗位办"), _("请换岗位，或请召集单位导入"))
    return by, seen


@page("desk", "alliances/<str:code>/sheet/import/", name="alliance-import")
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a sheet of members."""
    by, seen = _door(request, code)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            name = keep_given(request, by.noted)
            _judged(sheet_path(name), code)
            there = reverse("desk:alliance-import-check", kwargs={"code": code, "name": name})
            return HttpResponseRedirect(there, status=303)
        except Problem as caught:
            problem = caught
    context = {"code": code, "name": seen.name, "problem": problem, "command": new_key("alliance")}
    status = problem.status if problem else 200
    return render(request, "orgs/alliances/import.html", status=status, **context)


@page("desk", "alliances/<str:code>/sheet/<str:name>/", name="alliance-import-check")
def check(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """What each row becomes; then write the good ones as one batch, which can be taken back."""
    by, seen = _door(request, code)
    found = _judged(sheet_path(name), code)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if found.faults and "good" not in request.POST:
                raise Invalid.of(
                    "good", _("有 %(n)d 行要改") % {"n": len(found.faults)}, _("改好再传，或勾选跳过它们")
                )
            if not found.invites:
                raise Invalid.of("", _("没有可以加入的行"), _("都已经在里面，或都要改"))
            batch = f"alliance-{name[:12]}"
            invite_members(replace(by, origin="import", batch=batch), invites=found.invites)
            there = reverse("desk:alliance", kwargs={"code": code})
            return HttpResponseRedirect(f"{there}?batch={batch}", status=303)
        except Problem as caught:
            problem = caught
    rows = [
        (
            orgs.name_of(one.org),
            ROLES.get(one.role, ""),
            one.since,
            allowed(by, "alliance.join", of_org(code, one.org)),
        )
        for one in found.invites[:SHOWN]
    ]
    return render(
        request,
        "orgs/alliances/import_check.html",
        status=problem.status if problem else 200,
        code=code,
        name=seen.name,
        file=name,
        found=found,
        rows=rows,
        faults=[fault for row in list(found.faults.values())[:SHOWN] for fault in row],
        problem=problem,
        command=new_key("alliance"),
    )


@page(
    "desk",
    "alliances/<str:code>/sheet/<str:name>/errors.xlsx",
    name="alliance-import-errors",
    methods=("GET", "HEAD"),
)
def errors(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The faulty rows, to mend and send again."""
    _door(request, code)
    path, out = sheet_path(name), io.BytesIO()
    found = _judged(path, code)
    if not found.faults:
        raise Missing.of("file", _("没有错误表"), _("这一次没有有错的行"))
    sheets.write_faults(path, found, out)
    return workbook(out.getvalue(), f"alliance-{code}-errors")


def _judged(path: Path, code: str) -> Sheet:
    day = orgs.today()
    return sheets.read(path, code, wholes([code])[code], day, lambda typed: org_named(typed, day, "org"))
