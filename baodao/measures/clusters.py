"""Members of an alliance side by side: the measures that its kind names, one row a member, nobody ranked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances import selectors as alliances
from baodao.orgs.alliances.beside import register_beside
from baodao.orgs.alliances.declare import AllianceKind
from baodao.orgs.alliances.models import Alliance
from baodao.people.door import act_from

from . import desk, selectors
from .asking import question_of
from .period import recent

MOST = 30


@page("desk", "alliance-boards/<str:code>/", name="alliance-boards", methods=("GET", "HEAD"))
def boards(request: HttpRequest, code: str) -> HttpResponse:
    """The board: whoever sees the alliance sees its members' figures, as its kind said when they joined."""
    by, day = act_from(request, command=new_key()), orgs.today()
    seen = alliances.see(by, code)
    kind = alliances.kinds_of(str(seen.row.seat_id), day).get(seen.row.kind) if seen else None
    if seen is None or kind is None or not kind.boards:
        raise Missing.of("code", _("没有这个共建组织的看板，或它不对您开放"), _("请从列表里选"))
    members = [one.org for one in alliances.members_of(code, day) if one.org != str(seen.row.seat_id)][:MOST]
    question = question_of(by, {**request.GET.dict(), "org": str(seen.row.seat_id)})
    told = {org: selectors.beside(by, question, kind.boards, org) for org in members}
    titles = [(name, measure.title) for name, measure, _answer in next(iter(told.values()), [])]
    rows = [
        {"org": org, "name": orgs.name_of(org), "cells": [desk.card(*one) for one in found]}
        for org, found in told.items()
    ]
    return render(
        request,
        "measures/boards.html",
        name=seen.name,
        code=code,
        titles=titles,
        rows=rows,
        period=question.period.name,
        periods=recent(day),
        simulated=question.origin == "simulated",
    )


def _beside(by: Act, row: Alliance, kind: AllianceKind) -> list[tuple[str, Any]]:
    return (
        [(_("成员看板"), reverse("desk:alliance-boards", kwargs={"code": row.code}))] if kind.boards else []
    )


register_beside("boards", _beside)
