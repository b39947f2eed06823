"""The list of call-outs: those that are on first."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather.shifts import selectors
from baodao.gather.shifts.declare import kinds_at, titled
from baodao.gather.shifts.words import STATES
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of

from .common import act_of, home_of

PAGE = 50


@page(
    "desk",
    "callouts/",
    name="callouts",
    nav=(46, gettext_lazy("应急值守")),
    methods=("GET", "HEAD"),
    right=selectors.READ,
)
def callouts(request: HttpRequest) -> HttpResponse:
    """Call-outs that this post sees."""
    by, home = act_of(request), home_of(request)
    if not reach_of(by, selectors.READ):
        raise Refused.of("", _("您的岗位不看应急值守"), _("请换岗位"))
    rows = selectors.listed(by, request.GET.get("after", "")[:24], PAGE + 1)
    shown = [
        (
            row,
            titled(kinds_at(str(row.org_id)).get(row.kind), row.kind),
            orgs.name_of(str(row.org_id)),
            STATES[row.state],
        )
        for row in rows[:PAGE]
    ]
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return render(
        request,
        "gather/shifts/list.html",
        rows=shown,
        declaring=allowed(by, "callout.declare", selectors.of_area(home)),
        filling=allowed(by, selectors.FILL, selectors.of_area(home)),
        missing=allowed(by, selectors.HOME, selectors.of_area(home)),
        next_href=f"?after={last.state}.{last.code}" if last is not None else "",
    )
