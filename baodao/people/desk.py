"""Desk pages of people: what the posts of my office opened. (A person's own pages are registered in
`portal.mine`.)"""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render

from . import ports, selectors
from .door import act_from
from .portal import mine

RIGHT = "people.access_log"


@page("desk", "looks/", name="people-looks")
def looks(request: HttpRequest) -> HttpResponse:
    """Personal data opened by the posts that I answer for: post, time, purpose, over which matter; never
    whose data."""
    by = act_from(request, command=new_key())
    orgs = ports.reach(by, RIGHT)
    if not orgs:
        raise Refused.of("", _("这一页只对负责核查的岗位开放"), _("请由单位负责人查看"))
    before = request.GET.get("before", "")
    rows = selectors.looks_by(orgs, int(before) if before.isdigit() else 0, mine.PAGE + 1)
    lines = mine.look_lines(request, rows[: mine.PAGE])
    return render(request, "people/looks.html", looks=lines, more=mine.next_of(rows))
