"""Whom a unit misses: its own people on shifts, by post and time, never where or why."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.gather.shifts import selectors
from baodao.kernel.errors import Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import act_of, home_of


@page("desk", "callout-away/", name="callout-away", methods=("GET", "HEAD"))
def callout_away(request: HttpRequest) -> HttpResponse:
    """The unit's own staff on shifts within a fortnight, and those who said that it may know."""
    by, home = act_of(request), home_of(request)
    if not allowed(by, selectors.HOME, selectors.of_area(home)):
        raise Refused.of("", _("您的岗位不看本单位谁在值守"), _("请由单位负责人看"))
    rows = selectors.away(by, home, by.noted)
    return render(request, "gather/shifts/away.html", rows=rows, org=orgs.name_of(home))
