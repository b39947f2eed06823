"""Forms: a grid's name and team, a compound, a building; each is one command, and the same command twice is one."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Conflict, Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.door import act_from
from baodao.places import selectors as places
from baodao.places.buildings import selectors as buildings
from baodao.places.buildings.ruling import NewBuilding, NewCompound
from baodao.places.buildings.services import record_buildings, record_compounds
from baodao.places.services import ChangeGrid, change_grids

#: Organizations offered beside a field.
OFFERED = 200


def _door(request: HttpRequest, right: str) -> Act:
    by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("ground"))
    if not reach_of(by, right):
        raise Refused.of("", _("这项登记不在您的职责范围内"), _("请社区、村的负责人或区里的管理员办"))
    return by


@page("desk", "grids/<str:code>/change/", name="grid-change")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """A grid's name and who answers for it."""
    by, ref = _door(request, "grid.change"), places.grid(code)
    if ref is None:
        raise Missing.of("code", _("没有这个网格"), _("请从网格列表里选"))
    typed, problem = _typed(request, {"name": ref.name, "team": ref.team}), None
    if request.method == "POST":
        try:
            change_grids(
                by, grids=[ChangeGrid(code, typed.get("name", ""), _org(typed.get("team", ""), "team"))]
            )
            return HttpResponseRedirect(reverse("desk:grid", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = _plain(caught)
    context = {
        "what": "grid",
        "code": code,
        "title": _("改网格 %(name)s") % {"name": ref.name},
        "home": ref.org,
    }
    return _form(request, context, typed, problem)


@page("desk", "compounds-record/", name="compound-record")
def compound(request: HttpRequest) -> HttpResponse:
    """A new compound, or how one stands from a day on (``?code=``)."""
    by, day = _door(request, "compound.record"), orgs.today()
    code = request.GET.get("code", "")[:40]
    row = buildings.compound(code, day) if code else None
    held = (
        {} if row is None else {key: str(value or "") for key, value in msgspec.structs.asdict(row).items()}
    )
    typed, problem = _typed(request, {**held, "since": day.isoformat()}), None
    if request.method == "POST":
        try:
            made = NewCompound(
                code=typed.get("code", "").strip(),
                name=typed.get("name", ""),
                org=_org(typed.get("org", ""), "org"),
                since=day_typed(typed.get("since", ""), "since"),
                address=typed.get("address", ""),
                team=_org(typed.get("team", ""), "team"),
                property=_org(typed.get("property", ""), "property"),
                owners=_org(typed.get("owners", ""), "owners"),
            )
            record_compounds(by, compounds=[made])
            return HttpResponseRedirect(reverse("desk:compound", kwargs={"code": made.code}), status=303)
        except Problem as caught:
            problem = _plain(caught)
    title = _("改小区 %(name)s") % {"name": row.name} if row is not None else _("登记小区")
    home = row.org if row is not None else ""
    return _form(request, {"what": "compound", "code": code, "title": title, "home": home}, typed, problem)


@page("desk", "buildings-record/", name="building-record")
def building(request: HttpRequest) -> HttpResponse:
    """A new building, or how one stands from a day on (``?code=``); ``?grid=`` and ``?compound=`` fill the form."""
    by, day = _door(request, "building.record"), orgs.today()
    code = request.GET.get("code", "")[:40]
    row = buildings.building(code, day) if code else None
    held = {name: request.GET.get(name, "")[:40] for name in ("grid", "compound")}
    if row is not None:
        held = {
            key: "" if value is None else str(value) for key, value in msgspec.structs.asdict(row).items()
        }
    typed, problem = _typed(request, {**held, "since": day.isoformat()}), None
    if request.method == "POST":
        try:
            made = _building(typed)
            record_buildings(by, buildings=[made])
            return HttpResponseRedirect(reverse("desk:building", kwargs={"code": made.code}), status=303)
        except Problem as caught:
            problem = _plain(caught)
    title = _("改楼栋 %(name)s") % {"name": row.name} if row is not None else _("登记楼栋")
    ref = places.grid(typed.get("grid", ""))
    home = ref.org if ref is not None else ""
    return _form(request, {"what": "building", "code": code, "title": title, "home": home}, typed, problem)


def _building(typed: dict[str, str]) -> NewBuilding:
    return NewBuilding(
        code=typed.get("code", "").strip(),
        name=typed.get("name", ""),
        since=day_typed(typed.get("since", ""), "since"),
        grid=typed.get("grid", "").strip(),
        address=typed.get("address", ""),
        compound=typed.get("compound", "").strip(),
        team=_org(typed.get("team", ""), "team"),
        units=_number(typed.get("units", ""), "units", int),
        storeys=_number(typed.get("storeys", ""), "storeys", int),
        lon=_number(typed.get("lon", ""), "lon", float),
        lat=_number(typed.get("lat", ""), "lat", float),
    )


def _form(
    request: HttpRequest, context: dict[str, Any], typed: dict[str, str], problem: Problem | None
) -> HttpResponse:
    home, trees, day = context["home"], orgs.forest(), orgs.today()
    below = trees.below(home, day)[:OFFERED] if home in trees else []
    return render(
        request,
        "desk/ground_form.html",
        status=problem.status if problem else 200,
        problem=problem,
        typed=typed,
        units=[(code, orgs.name_of(code)) for code in below],
        command=new_key("ground"),
        **context,
    )


def _typed(request: HttpRequest, start: dict[str, str]) -> dict[str, str]:
    return start if request.method != "POST" else {str(k): str(v)[:400] for k, v in request.POST.items()}


def _number(typed: str, field: str, kind: Any) -> Any:
    if not typed.strip():
        return None
    try:
        return kind(typed.strip())
    except (ValueError, OverflowError):
        raise Invalid.of(field, _("不是数字"), _("不知道就空着")) from None


def _org(typed: str, field: str) -> str:
    """An organization by code, or "name code" out of the list, or its full name. Raises Invalid."""
    text, trees = typed.strip(), orgs.forest()
    for part in (text, text.rpartition(" ")[2]):
        if part in trees or not part:
            return part
    named = [code for code, node in trees.nodes.items() if node.name == text and node.at(orgs.today())]
    if len(named) == 1:
        return named[0]
    reason = _("叫“%(name)s”的不止一个") if named else _("没有叫“%(name)s”的组织")
    raise Invalid.of(field, reason % {"name": text[:40]}, _("写代码，可在组织目录里查"))


def _plain(problem: Problem) -> Problem:
    """The verb's faults (``buildings[0].grid``) at the fields of the form."""
    if not isinstance(problem, Invalid | Conflict):
        return problem
    faults = [msgspec.structs.replace(one, field=one.field.rpartition(".")[2]) for one in problem.faults]
    return type(problem)(*faults)
