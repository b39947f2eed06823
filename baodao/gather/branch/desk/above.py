"""What those above read: which organizations held what, which left out a set first item, shares from ten members on. Never who."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.branch import selectors
from baodao.gather.branch.selectors import SEE
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.kernel.typed import month_typed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of

from .common import act_of

PAGE, ALL = 50, 5000


@page(
    "desk",
    "branch/above/",
    name="branch-above",
    methods=("GET", "HEAD"),
    nav=(31, gettext_lazy("各支部的会")),
    right=SEE,
)
def above(request: HttpRequest) -> HttpResponse:
    """By organization, for a month; `?xlsx=1` as a workbook."""
    by = act_of(request)
    if not reach_of(by, SEE):
        raise Refused.of("", _("您的岗位不看这个表"), _("请换岗位"))
    since = month_typed(request.GET.get("month", ""), "month", orgs.today())
    until = next_month(since)
    if request.GET.get("xlsx"):
        rows = selectors.below(by, since, until, limit=ALL)
        return workbook(_sheet(rows, since), f"meetings-{since:%Y-%m}")
    found = selectors.below(by, since, until, after=request.GET.get("after", "")[:40], limit=PAGE + 1)
    bare = [one for one in found[:PAGE] if one.without_first]
    return render(
        request,
        "gather/branch/above.html",
        rows=[(orgs.name_of(one.org), one) for one in found[:PAGE]],
        bare=[orgs.name_of(one.org) for one in bare],
        month=since,
        earlier=(since - timedelta(days=1)).replace(day=1),
        later=until if until <= orgs.today() else None,
        next_href=f"?month={since:%Y-%m}&after={found[PAGE - 1].org}" if len(found) > PAGE else "",
    )


def next_month(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _sheet(rows: list[selectors.Below], since: date) -> bytes:
    out = io.BytesIO()
    header = [_("组织"), _("开了几次会"), _("没有学第一议题的"), _("参加人次"), _("应到人次")]

    def lines() -> Any:
        for one in rows:
            few = _("不到 10 人，不显示") if one.held and one.part is None else None
            yield [orgs.name_of(one.org), one.held, one.without_first, few or one.part, few or one.asked]

    write_xlsx(out, f"{since:%Y-%m}", header, lines())
    return out.getvalue()
