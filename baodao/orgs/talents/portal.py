"""Portal page: my own record as a local talent; leaving the roster is my own step too."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from msgspec.structs import replace

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

from . import selectors, services
from .declare import lists_of, pay_rule, titled
from .pay import pay_of


@page("portal", "me/growth/", name="my-growth")
def my_growth(request: HttpRequest) -> HttpResponse:
    """What was noted of my growth."""
    command = request.POST.get("command", "")[:200] or new_key("growth")
    by = replace(act_from(request, command=command), post="", grants=())
    day, problem = orgs.today(), None
    if request.method == "POST":
        try:
            services.end_talents(by, codes=[request.POST.get("code", "")[:16]], until=day)
            return HttpResponseRedirect(reverse("portal:my-growth"), status=303)
        except Problem as caught:
            problem = caught
    entries = []
    for row in selectors.own(by.person):
        trades, steps = lists_of(str(row.org_id), day)
        growth = selectors.growth(row.code)
        record = [(one, titled(steps.get(one.step), one.step)) for one in growth]
        rule = pay_rule(str(row.org_id), day)
        done = [(one.step, one.day) for one in growth]
        pay = (pay_of(rule, row.since, row.until, done, day.year), rule.basis) if rule is not None else None
        entries.append(
            (row, orgs.name_of(str(row.org_id)), titled(trades.get(row.trade), row.trade), record, pay)
        )
    return render(
        request,
        "orgs/talents/mine.html",
        status=problem.status if problem else 200,
        entries=entries,
        problem=problem,
        command=new_key("growth"),
    )
