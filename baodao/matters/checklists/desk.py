"""The desk's page of checklists: what is looked at by the kind of place, which list holds here, whose it is; bringing one
in from Excel, taking one back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct, structs

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.tables.books import write_filled
from baodao.kernel.tables.template import template_of
from baodao.kernel.tables.web import workbook
from baodao.kernel.verbs import allowed
from baodao.matters.declare import Checklist, Procedure
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import name_of, pack_of
from baodao.people.door import act_from

from .ruling import Takes, takers
from .selectors import sources, with_lists
from .services import RIGHT, end_list, owner


class Line(Struct, frozen=True):
    """One item as it reads."""

    title: str
    trade: str
    grade: str
    unit: str


class Shown(Struct, frozen=True):
    """One list that holds here. ``owner`` "" for the pack's own; ``mine``: this post may take it back."""

    procedure: str
    what: str
    kind: str
    place: str
    owner: str
    office: str
    assumed: bool
    mine: bool
    lines: tuple[Line, ...]


@page("desk", "checklists/", name="checklists", nav=(84, gettext_lazy("检查清单")), right=RIGHT)
def checklists(request: HttpRequest) -> HttpResponse:
    """The lists that hold for the reader's organization; a POST takes one back."""
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key("checklist"))
    if not reach_of(by, RIGHT):
        raise Refused.of("", _("您的岗位不维护检查清单"), _("请换岗位"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if "sure" not in request.POST:
                raise Invalid.of("sure", _("撤下要先确认"), _("请勾选确认"))
            given = {name: request.POST.get(name, "")[:32] for name in ("org", "procedure", "list")}
            end_list(by, **given)
            return HttpResponseRedirect(reverse("desk:checklists"), status=303)
        except Problem as caught:
            problem = caught
    own = by.office
    return render(
        request,
        "matters/desk/checklists.html",
        status=problem.status if problem else 200,
        shown=shown(by, own) if own else [],
        office=name_of(own) if own else "",
        problem=problem,
        command=new_key("checklist"),
    )


@page("desk", "checklists/file.xlsx", name="checklists-file", methods=("GET",))
def sheet(request: HttpRequest) -> HttpResponse:
    """The lists that hold for the reader's organization as a sheet that can be changed and brought in again."""
    by, out = act_from(request, command=new_key("checklist")), io.BytesIO()
    if not by.office or not reach_of(by, RIGHT):
        raise Refused.of("", _("您的岗位不维护检查清单"), _("请换岗位"))
    write_filled(out, [structs.replace(template_of("checklists"), rows=_rows)], by)
    return workbook(out.getvalue(), "checklists")


def _rows(by: Act) -> Iterator[Mapping[str, Any]]:
    for name, _takes, _owners, held in _holding(by, by.office):
        for one in held:
            for item in one.items:
                told = {"trade": item.kind, "grade": item.grade, "unit": item.unit, "item": item.name}
                yield {"procedure": name, "list": one.name, "title": item.title, **told}


def _holding(by: Act, org: str) -> Iterator[tuple[str, Takes, dict[str, str], tuple[Checklist, ...]]]:
    """Procedure, what its lists take, kind → who brought its list in, the lists that hold for an organization."""
    pack = pack_of(org)
    spoken = get_pack(pack).many(Procedure, by.lang)
    for name, takes in takers(pack, by.lang).items():
        owners = sources(org, name)
        yield name, takes, owners, with_lists(spoken[name], name, owners).checklists


def shown(by: Act, org: str) -> list[Shown]:
    """Every list that holds for an organization, the pack's or one that was brought in."""
    found = []
    for name, takes, owners, lists in _holding(by, org):
        for one in lists:
            held = owners.get(one.name, "")
            lines = tuple(
                Line(
                    item.title,
                    takes.trades.get(item.kind or "", ""),
                    takes.grades.get(item.grade or "", ""),
                    name_of(item.unit) if item.unit else "",
                )
                for item in one.items
            )
            found.append(
                Shown(
                    procedure=name,
                    what=takes.title,
                    kind=one.name,
                    place=takes.kinds.get(one.name, one.name),
                    owner=held,
                    office=name_of(held) if held else "",
                    assumed=not held and one.source == "assumed",
                    mine=bool(held) and allowed(by, RIGHT, owner(held)),
                    lines=lines,
                )
            )
    return found
