"""Rosters: who comes, in order, when a kind of emergency is declared on. Only those who offered themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.shifts import fitting, selectors, services
from baodao.gather.shifts.declare import Kind, kinds_at, titled
from baodao.gather.shifts.models import Willing
from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import act_of, home_of, status_of

MOST = 300


@page("desk", "callout-rosters/", name="callout-rosters")
def callout_rosters(request: HttpRequest) -> HttpResponse:
    """One turn of one kind at a time; a POST opens names or keeps the order."""
    by, home, problem = act_of(request), home_of(request), None
    if not allowed(by, selectors.FILL, selectors.of_area(home)):
        raise Refused.of("", _("您的岗位不排值守名单"), _("请由值守点的负责岗位办"))
    kinds = kinds_at(home)
    kind, turn = _asked(request, kinds)
    turns = kinds[kind].turns if kind else ()
    if request.POST.get("do") == "keep":
        try:
            services.set_roster(by, org=home, kind=kind, turn=turn, tokens=_ordered(request))
            address = reverse("desk:callout-rosters")
            return HttpResponseRedirect(f"{address}?kind={kind}&turn={turn}", status=303)
        except Problem as caught:
            problem = caught
    held = [row.token for row in selectors.rosters(home, kind) if row.turn == turn]
    people = selectors.near(home, held, MOST)
    opened = request.POST.get("do") == "names"
    names = selectors.names(by, home, "roster", [one.token for one in people]) if opened and people else {}
    return render(
        request,
        "gather/shifts/rosters.html",
        status=status_of(problem),
        org=orgs.name_of(home),
        kinds=[(code, titled(one, code)) for code, one in kinds.items()],
        turns=list(enumerate(turns)),
        kind=kind,
        turn=turn,
        rows=_rows(home, people, held, names),
        opened=opened,
        problem=problem,
        command=new_key("roster"),
    )


def _asked(request: HttpRequest, kinds: Mapping[str, Kind]) -> tuple[str, int]:
    """Which kind, which turn of it; the first ones where nothing good is asked."""
    source = request.POST if request.method == "POST" else request.GET
    kind = source.get("kind", "")[:40]
    kind = kind if kind in kinds else next(iter(kinds), "")
    typed = source.get("turn", "0")[:2]
    turn = whole_number(typed) or 0
    return kind, turn if kind and turn < len(kinds[kind].turns) else 0


def _rows(
    home: str, people: Sequence[Willing], held: Sequence[str], names: Mapping[str, str]
) -> list[tuple[Any, ...]]:
    """Those on the roster in its order, then the rest."""
    skills, place = fitting.names_of_skills(home), {token: n for n, token in enumerate(held)}
    return [
        (one.token, place[one.token] + 1 if one.token in place else "", names.get(one.token, ""), orgs.name_of(str(one.base_id)),
         [skills.get(skill, skill) for skill in selectors.words(one.skills)])
        for one in sorted(people, key=lambda one: (one.token not in place, place.get(one.token, 0)))
    ]  # fmt: skip


def _ordered(request: HttpRequest) -> list[str]:
    """Tokens by the number typed beside each; without a number one is not on it."""
    found = []
    for place, token in enumerate(request.POST.getlist("token")[:MOST]):
        if n := whole_number(request.POST.get(f"n-{token[:32]}", "").strip()[:4]):
            found.append((n, place, token[:32]))
    return [token for _n, _place, token in sorted(found)]
