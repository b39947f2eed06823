"""One call-out in numbers: a row for each organization, a column for each shift, gaps in words; off, and the review."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.shifts import selectors, services
from baodao.gather.shifts.declare import kinds_at, titled
from baodao.gather.shifts.models import CallOut
from baodao.gather.shifts.selectors import Shift
from baodao.gather.shifts.words import STATES
from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.tables.web import workbook
from baodao.kernel.tables.write import write_xlsx
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs import selectors as orgs

from .common import act_of, call_or_missing, status_of, typed_of


@page("desk", "callouts/<str:code>/", name="callout")
def callout(request: HttpRequest, code: str) -> HttpResponse:
    """The grid; a POST declares it off or writes the review."""
    by, problem = act_of(request), None
    row, typed = call_or_missing(by, code), typed_of(request, 4100)
    if request.method == "POST":
        try:
            if typed.get("do") == "end":
                services.end_callout(by, code=code)
            elif typed.get("do") == "review":
                services.review_callout(
                    by, code=code, good=typed.get("good", ""), better=typed.get("better", "")
                )
            else:
                raise Invalid.of("", _("没有这一步"), _("请刷新页面"))
            return HttpResponseRedirect(reverse("desk:callout", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    found = selectors.shifts(code)
    ruled = selectors.of_area(str(row.org_id), code)
    return render(
        request,
        "gather/shifts/one.html",
        status=status_of(problem),
        row=row,
        kind=titled(kinds_at(str(row.org_id)).get(row.kind), row.kind),
        org=orgs.name_of(str(row.org_id)),
        state=STATES[row.state],
        sums=_sums(found),
        columns=_columns(found),
        grid=_grid(by, code, found),
        review=_review(code) if row.reviewed else None,
        may_end=row.state == "on" and allowed(by, "callout.end", ruled),
        may_review=row.state == "off" and not row.reviewed and allowed(by, "callout.review", ruled),
        typed=typed,
        problem=problem,
        command=new_key("callout"),
    )


@page("desk", "callout-sheet/<str:code>/", name="callout-sheet", methods=("GET", "HEAD"))
def callout_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The same numbers as a workbook."""
    by = act_of(request)
    row: CallOut = call_or_missing(by, code)
    head = [_("单位"), _("开始"), _("结束"), _("要几人"), _("已到位"), _("已邀请"), _("缺口")]
    rows = [
        [orgs.name_of(one.org), one.starts, one.ends, one.seats, one.taken, one.invited, one.gap]
        for one in selectors.shifts(row.code)
    ]
    out = io.BytesIO()
    write_xlsx(out, _("应急值守缺口"), head, rows)
    return workbook(out.getvalue(), f"callout-{row.code}")


def _sums(found: list[Shift]) -> dict[str, int]:
    live = [one for one in found if one.state != "called_off"]
    return {
        "slots": len(live), "seats": sum(one.seats for one in live), "taken": sum(one.taken for one in live),
        "gap": sum(one.gap for one in live), "invited": sum(one.invited for one in live),
    }  # fmt: skip


def _columns(found: list[Shift]) -> list[tuple[datetime, datetime]]:
    return sorted({(one.starts, one.ends) for one in found})


def _grid(by: Any, code: str, found: list[Shift]) -> list[tuple[str, str, str, list[Shift | None], int]]:
    """(organization, name, address of its page or "", its shifts by column, gaps); the largest gap first."""
    columns = _columns(found)
    by_org: dict[str, dict[tuple[datetime, datetime], Shift]] = {}
    for one in found:
        by_org.setdefault(one.org, {})[(one.starts, one.ends)] = one
    rows = []
    for org, held in by_org.items():
        able = allowed(by, selectors.FILL, selectors.of_area(org, code))
        href = reverse("desk:callout-fill", kwargs={"code": code, "org": org}) if able else ""
        gaps = sum(one.gap for one in held.values())
        rows.append((org, orgs.name_of(org), href, [held.get(column) for column in columns], gaps))
    return sorted(rows, key=lambda one: (-one[4], one[0]))


def _review(code: str) -> tuple[Any, dict[str, str]] | None:
    facts = [fact for fact in facts_of(f"call:{code}") if fact.kind == "callout.reviewed"]
    if not facts:
        return None
    return facts[-1].data, texts_of([facts[-1].id]).get(facts[-1].id, {})
