"""Founding: choose a kind, fill the form, read what will happen, confirm."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Fault, Invalid, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_or_none, day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances import ruling
from baodao.orgs.alliances.declare import ROLES as ROLES_OF
from baodao.orgs.alliances.policies import of_org
from baodao.orgs.alliances.ruling import NewAlliance, NewMember
from baodao.orgs.alliances.selectors import kinds_of
from baodao.orgs.alliances.services import found_alliances
from baodao.orgs.alliances.words import ROLES, SHAPES
from baodao.orgs.policies import reach_of

from .common import act_of, english, kind_title, org_named, suggestions, typed_of

FIELDS = ("name", "name_en", "seat", "since", "until", "member", "helper", "helped")


@page("desk", "alliances-new/", name="alliance-new")
def new(request: HttpRequest) -> HttpResponse:
    """Kind, then form, then what will happen; nothing is written before the last button."""
    by, day = act_of(request), orgs.today()
    post = who_of(request).post
    if not reach_of(by, "alliance.found"):
        raise Refused.of("", _("您的岗位不能成立共建组织"), _("请街道或区里有权限的岗位办"))
    home = post.org if post else ""
    kinds = kinds_of(home, day)
    typed = typed_of(request, 40_000)
    kind = kinds.get(typed.get("kind", ""))
    if kind is None:
        tiles = [
            (code, kind_title(one), (one.hint_en if english() else "") or one.hint, SHAPES[one.shape])
            for code, one in kinds.items()
        ]
        return render(request, "orgs/alliances/kinds.html", kinds=tiles)
    problem: Problem | None = None
    if request.method == "POST" and typed.get("do") in {"check", "send"}:
        try:
            made = _made(typed, day)
            if typed["do"] == "send":
                code = found_alliances(by, alliances=[made]).codes[0]
                return HttpResponseRedirect(reverse("desk:alliance", kwargs={"code": code}), status=303)
            return _confirm(request, by, made, typed)
        except Problem as caught:
            problem = _plain(caught)
    roles = [role for role in ROLES_OF[kind.shape] if role != "convener"]
    return render(
        request,
        "orgs/alliances/new.html",
        status=problem.status if problem else 200,
        kind=typed["kind"],
        title=kind_title(kind),
        hint=(kind.hint_en if english() else "") or kind.hint,
        typed={"seat": f"{orgs.name_of(home)} {home}", "since": day.isoformat(), **typed},
        problem=problem,
        roles=[(role, ROLES[role]) for role in roles],
        offered=suggestions(home, day),
        command=new_key("alliance"),
    )


def _made(typed: Mapping[str, str], day: date) -> NewAlliance:
    """What was typed, with names made codes; every fault at its field. Raises Invalid."""
    faults: list[Fault] = []

    def tried(read: Any, *args: Any) -> Any:
        try:
            return read(*args)
        except Invalid as wrong:
            faults.extend(wrong.faults)
            return None

    since = tried(day_typed, typed.get("since", ""), "since", day) or day
    until = tried(day_or_none, typed.get("until", ""), "until")
    seat = tried(org_named, typed.get("seat", ""), since, "seat") or ""
    members: list[NewMember] = []
    for role in ("member", "helper", "helped"):
        for line in typed.get(role, "").splitlines():
            if line.strip():
                members.append(NewMember(tried(org_named, line, since, role) or "", role))
    if faults:
        raise Invalid(*faults)
    made = NewAlliance(
        kind=typed["kind"],
        name=typed.get("name", ""),
        name_en=typed.get("name_en", ""),
        seat=seat,
        since=since,
        until=until,
        members=tuple(members),
    )
    ruling.check_new([made], orgs.forest(), set(), kinds_of)
    return made


def _plain(problem: Problem) -> Problem:
    """Faults of the verb (``alliances[0].seat``) at the fields of the form."""
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(
        *(
            msgspec.structs.replace(
                fault, field="member" if "members[" in fault.field else fault.field.rpartition(".")[2]
            )
            for fault in problem.faults
        )
    )


def _confirm(request: HttpRequest, by: Act, made: NewAlliance, typed: dict[str, str]) -> HttpResponse:
    """Who is in at once and who will be asked."""
    if not allowed(by, "alliance.found", of_org("", made.seat)):
        raise Invalid.of("seat", _("这个单位不在您的职责范围内"), _("写本单位或下级单位"))
    at_once: list[tuple[str, Any]] = []
    asked: list[tuple[str, Any]] = []
    for member in made.members:
        own = member.org == made.seat or allowed(by, "alliance.join", of_org("", member.org))
        (at_once if own else asked).append((orgs.name_of(member.org), ROLES[member.role]))
    return render(
        request,
        "orgs/alliances/confirm.html",
        made=made,
        title=kind_title(kinds_of(made.seat, made.since)[made.kind]),
        seat_name=orgs.name_of(made.seat),
        at_once=at_once,
        asked=asked,
        typed={name: typed.get(name, "") for name in FIELDS},
        command=new_key("alliance"),
    )
