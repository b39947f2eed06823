"""The one view of those who owe training: how many hold the posts, how many came, how many are still to come, by organization; no name."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.gather.courses.desk.common import act_of, home_of, org_name
from baodao.gather.courses.programmes.declare import plans_of, titled
from baodao.gather.courses.programmes.reached import Part, reached
from baodao.gather.courses.programmes.selectors import of_class
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render
from baodao.kernel.tables.write import write_xlsx
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page("desk", "training-reach/", name="training-reach", methods=("GET", "HEAD"))
def training_reach(request: HttpRequest) -> HttpResponse:
    """Every plan that somebody owes, by the organizations below; `?as=xlsx`. Four statements."""
    by, home, day = act_of(request), home_of(request), orgs.today()
    if not any(allowed(by, right, of_class(home)) for right in ("class.open", "training.plan")):
        raise Refused.of("", _("您的岗位不办培训"), _("自己还缺什么，在“培训”页看"))
    found = [(titled(one.plan, one.name), one) for one in reached(plans_of(home, day), home, day)]
    if request.GET.get("as") == "xlsx":
        rows = [
            (title, *_cells(part)) for title, one in found for part in (*one.parts, one.total)
        ]  # fmt: skip
        out = io.BytesIO()
        head = (
            _("计划"),
            _("单位"),
            _("在岗"),
            _("空岗的单位"),
            _("今年来过"),
            _("该上的都上了"),
            _("还没来齐"),
            _("人均学时"),
        )
        write_xlsx(out, _("谁还没来"), head, rows)
        response = HttpResponse(out.getvalue(), content_type=XLSX)
        response["Content-Disposition"] = 'attachment; filename="training-reach.xlsx"'
        return response
    return render(
        request,
        "gather/courses/reach.html",
        plans=[
            (title, one, [(_name(part), part) for part in (*one.parts, one.total)]) for title, one in found
        ],
        year=day.year,
    )


def _name(part: Part) -> str:
    return org_name(part.org) if part.org else _("合计")


def _cells(part: Part) -> tuple[Any, ...]:
    few = part.whole is None
    told = ("", "", "", "") if few else (part.some, part.whole, part.left, round(part.hours or 0, 1))
    return _name(part), part.holders, part.vacant, *told
