"""Portal: my gatherings with my hours, seen by nobody else; my calendar's secret address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from baodao.gather import selectors, services
from baodao.gather.desk.common import line_of
from baodao.gather.desk.listing import feed_address
from baodao.gather.words import PRESENCE, SEATS
from baodao.kernel.act import new_key
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs

from .one import act_of


@page("portal", "me/gatherings/", name="my-gatherings")
def mine(request: HttpRequest) -> HttpResponse:
    """What I signed up for, what I was at, how many hours; a POST renews my calendar's address."""
    by = act_of(request)
    if request.method == "POST":
        services.renew_feed(by)
        return HttpResponseRedirect(f"{reverse('portal:my-gatherings')}#feed", status=303)
    to_come, past = selectors.own(by.person, by.noted)
    year = orgs.today().replace(month=1, day=1)
    minutes = selectors.minutes_of(by.person, year)
    n = selectors.feed_n(f"person:{by.person}")
    return render(
        request,
        "gather/portal/mine.html",
        to_come=[_line(one) for one in to_come],
        past=[_line(one) for one in past],
        hours=minutes // 60,
        minutes=minutes % 60,
        year=year.year,
        feed=feed_address(f"person:{by.person}", n) if n else "",
        command=new_key("feed"),
    )


def _line(one: selectors.Mine) -> dict[str, object]:
    return {
        **line_of(one.slot), "seat": one.seat, "mine": SEATS[one.seat.state], "presence": PRESENCE.get(one.seat.status, ""),
    }  # fmt: skip
