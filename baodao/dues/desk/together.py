"""Who lacks what in both trees, in one list: for somebody who answers for a Party committee and for a street."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.dues import together
from baodao.dues.policies import READ
from baodao.dues.together import Body
from baodao.kernel.errors import Refused
from baodao.kernel.pages import further, page, render
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of

from .common import act, line_row, reading, tops

PAGE = 50


@page("desk", "dues/together/", name="dues-together", methods=("GET", "HEAD"))
def both(request: HttpRequest) -> HttpResponse:
    """By body and key, over all of one's own posts. Organizations by name; members nowhere."""
    by, day = reading(request, act(request)), orgs.today()
    if not any(top >= 1 for _org, top in reach_of(by, READ).below):
        raise Refused.of("", _("这张表给上级看"), _("本单位的请看“本月该做什么”"))
    after = request.GET.get("after", "")[:32]
    found = together.lacking(by, day, after=after, limit=PAGE + 1)
    return render(
        request,
        "dues/together.html",
        rows=[_row(one, day) for one in found[:PAGE]],
        tops=[orgs.name_of(code) for code in tops(request, by)],
        day=day,
        next_href=further(found, PAGE, lambda one: one.codes[0]),
        first_href="?" if after else "",
    )


def _row(one: Body, day: Any) -> dict[str, Any]:
    lines = [line_row(line, day) for line in one.lines]
    return {
        "names": [(code, orgs.name_of(code)) for code in one.codes],
        "lines": lines,
        "two": len({line["code"] for line in lines}) > 1,
    }
