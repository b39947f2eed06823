"""Desk: opening a slot or a series, and changing one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather import selectors, services, serving
from baodao.gather.kinds import hinted, kind_of, kinds_of, titled
from baodao.gather.models import Slot
from baodao.gather.policies import at_org, of_slot
from baodao.gather.ruling import NewSlot, utc
from baodao.gather.series import rule_of
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import moment_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.places import selectors as places

from .common import act_of, home_of, number_typed, plain

TEXT = 4000


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: str(value)[:TEXT] for name, value in request.POST.items()}


def _new(typed: dict[str, str], org: str, row: Slot | None) -> NewSlot:
    day = typed.get("day", "")
    kept = (
        row.about if row and not row.about.startswith(serving.WHAT) else ""
    )  # a call-out, for whom it was booked
    return NewSlot(
        kind=row.kind if row else typed.get("kind", ""),
        org=org,
        starts=utc(moment_typed(f"{day} {typed.get('from', '')}", "day")),
        ends=utc(moment_typed(f"{typed.get('last') or day} {typed.get('to', '')}", "to")),
        title=typed.get("title", ""),
        place=typed.get("place", ""),
        where=typed.get("where", ""),
        notes=typed.get("notes", ""),
        insurance=typed.get("insurance", ""),
        seats=number_typed(typed.get("seats", ""), "seats"),
        about=kept or (serving.WHAT + typed["about"] if typed.get("about") else ""),
        series=row.series if row else "",
        post=row.post if row else "",
        level=row.level if row else None,
    )


def _rule(typed: dict[str, str]) -> str:
    every = typed.get("every", "")
    if every not in ("day", "week", "fortnight", "month"):
        return typed.get("rule", "").strip()
    until = moment_typed(f"{typed.get('until', '')} 23:59", "until")
    return rule_of(every, until)


@page("desk", "gather/new/", name="gathering-new")
def new(request: HttpRequest) -> HttpResponse:
    """Open one, or a series."""
    by, home = act_of(request), home_of(request)
    if not allowed(by, "gather.open", at_org(home)):
        raise Refused.of("", _("发布活动由本单位的负责岗位办"), _("请换岗位，或告诉他们"))
    typed = {
        "day": orgs.today().isoformat(),
        "from": "09:00",
        "to": "11:00",
        "kind": request.GET.get("kind", ""),
        "about": request.GET.get("about", "")[:40],
    }
    problem: Problem | None = None
    if request.method == "POST":
        typed |= _typed(request)
        try:
            codes = services.open_slots(by, slots=[_new(typed, home, None)], rule=_rule(typed))
            return HttpResponseRedirect(reverse("desk:gathering", kwargs={"code": codes[0]}), status=303)
        except Problem as caught:
            problem = plain(caught)
    return _form(request, home, typed, problem, None)


@page("desk", "gather/<str:code>/edit/", name="gathering-edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Tell it anew: who has a seat keeps it, unless she is elsewhere at the new time."""
    by = act_of(request)
    row = selectors.slot(by, code)
    if row is None:
        raise Missing.of("code", _("没有这一场"), _("请从列表里选"))
    if row.state != "open" or not allowed(by, "gather.change", of_slot(row)):
        raise Refused.of("", _("这一场不归您的岗位改，或者已经结束、取消"), _("请换岗位，或告诉组织的单位"))
    problem: Problem | None = None
    typed = _as_typed(row)
    if request.method == "POST":
        typed |= _typed(request)
        try:
            services.change(by, code=code, slot=_new(typed, str(row.org_id), row))
            return HttpResponseRedirect(reverse("desk:gathering", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    return _form(request, str(row.org_id), typed, problem, row)


def _as_typed(row: Slot) -> dict[str, str]:
    starts, ends = timezone.localtime(row.starts), timezone.localtime(row.ends)
    return {
        "title": row.title, "day": starts.date().isoformat(), "from": f"{starts:%H:%M}", "to": f"{ends:%H:%M}",
        "last": ends.date().isoformat() if ends.date() != starts.date() else "", "place": row.place, "where": row.where,
        "notes": row.notes, "seats": str(row.seats), "kind": row.kind,
        "insurance": selectors.texts_here(row).get("insurance", ""),
        "about": row.about.removeprefix(serving.WHAT) if row.about.startswith(serving.WHAT) else "",
    }  # fmt: skip


def _serves(by: Act, org: str, row: Slot | None) -> list[tuple[str, str]]:
    """What it may be held for; nothing where its kind serves nothing, or where it is held for what this reader does not read."""
    if row is not None and (not kind_of(org, row.kind).about or (row.about and not serving.served(by, row))):
        return []
    found, number = serving.choices(by, org), row.about.removeprefix(serving.WHAT) if row else ""
    return found if not number or number in dict(found) else [*found, (number, number)]


def _form(
    request: HttpRequest, org: str, typed: dict[str, Any], problem: Problem | None, row: Slot | None
) -> HttpResponse:
    node = orgs.forest().nodes.get(org)
    level = node.level if node else ""
    fit = {code: kind for code, kind in kinds_of(org).items() if not kind.at or level in kind.at}
    here = [(one.code, one.name) for one in selectors.facilities_of(org)]
    here += (
        [(grid.code, grid.name) for grid in places.grids_of(org)] if level in ("community", "grid") else []
    )
    one = kind_of(org, typed.get("kind", ""))
    return render(
        request,
        "gather/form.html",
        status=problem.status if problem else 200,
        row=row,
        typed=typed,
        kinds=[(code, titled(kind)) for code, kind in fit.items()],
        hint=hinted(one),
        insured=any(kind.insured for kind in fit.values()) if row is None else one.insured,
        places=here,
        serves=_serves(act_of(request), org, row),
        every=[("", _("只这一次")), ("day", _("每天")), ("week", _("每周")), ("fortnight", _("每两周")), ("month", _("每月"))],
        problem=problem,
        command=new_key("gather"),
    )  # fmt: skip
