"""Plans and hand-over sheets over HTTP, to be read: lists as on the desk, the newest first, paged by code."""

from __future__ import annotations

from typing import Annotated

import msgspec
from django.utils.translation import gettext_lazy

from baodao.kernel.http import Call, Paged, endpoint

from .handover import selectors as handovers_
from .plans import selectors as plans_


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``before``: the last code of the page before."""

    before: Annotated[str, msgspec.Meta(max_length=16)] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 100


class PlanRow(msgspec.Struct, frozen=True):
    """A plan of changes; ``day`` as YYYY-MM-DD."""

    code: str
    org: str
    title: str
    day: str
    state: str


class SheetRow(msgspec.Struct, frozen=True):
    """A hand-over sheet: the post that is left, who takes over ("" the office), what has gone over. Never a name."""

    code: str
    org: str
    post: str
    heir: str
    day: str
    state: str
    passed: int


@endpoint(
    "GET",
    "plans/",
    name="plan.list",
    summary=gettext_lazy("调整计划"),
    query=Page,
    result=Paged[PlanRow],
    errors=(401,),
)
def plans(call: Call, query: Page) -> Paged[PlanRow]:
    """Plans of organizations that the actor may plan for. One statement."""
    rows = plans_.visible(call.by).order_by("-code")
    found = list((rows.filter(code__lt=query.before) if query.before else rows)[: query.limit + 1])
    shown = [
        PlanRow(r.code, str(r.org_id), r.title, r.day.isoformat(), r.state) for r in found[: query.limit]
    ]
    return Paged(shown, shown[-1].code if len(found) > query.limit else "")


@endpoint(
    "GET",
    "handovers/",
    name="handover.list",
    summary=gettext_lazy("工作交接单"),
    query=Page,
    result=Paged[SheetRow],
    errors=(401,),
)
def sheets(call: Call, query: Page) -> Paged[SheetRow]:
    """Sheets of offices within the reach, and those that the actor hands over or receives. One statement."""
    rows = handovers_.visible(call.by).order_by("-code")
    found = list((rows.filter(code__lt=query.before) if query.before else rows)[: query.limit + 1])
    shown = [
        SheetRow(r.code, r.org, r.post, r.heir, r.day.isoformat(), r.state, r.passed)
        for r in found[: query.limit]
    ]
    return Paged(shown, shown[-1].code if len(found) > query.limit else "")
