"""Telling residents that a talk takes place: the texts for each channel and one tap that records it; what loudspeakers are to read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.courses import selectors, telling
from baodao.gather.courses.declare import lists_of, titled
from baodao.gather.courses.models import Order
from baodao.gather.courses.selectors import PROCEDURE, listed
from baodao.gather.courses.telling import wording
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.matters.policies import office_of, subject_of
from baodao.matters.selectors import see
from baodao.orgs import selectors as orgs

from .common import act_of, home_of, plain


def _order(by: Act, number: str) -> Order:
    """An order that this reader's unit placed. Raises Missing."""
    seen, order = see(by, number), selectors.order(number)
    mine = order is not None and seen.state.procedure == PROCEDURE and office_of(by) == order.org
    if order is None or not mine or not allowed(by, "order.announce", subject_of(seen.state)):
        raise Missing.of("number", _("没有这一单，或它不归您通知"), _("请从点的单里选"))
    return order


@page("desk", "courses/orders/<str:number>/tell/", name="course-tell")
def course_tell(request: HttpRequest, number: str) -> HttpResponse:
    """The texts by channel; one tap puts them on the portal and records by what the residents were told."""
    by, day = act_of(request), orgs.today()
    order, problem = _order(by, number), None
    if request.method == "POST":
        try:
            telling.announce(by, number=number, channels=request.POST.getlist("channels")[:20])
            return HttpResponseRedirect(reverse("desk:course-tell", kwargs={"number": number}), status=303)
        except Problem as caught:
            problem = plain(caught)
    lists, offer = lists_of(order.org, day), selectors.offer(order.offer)
    slots = [slot for slot in selectors.gatherings(number) if slot.state == "open" and slot.ends > by.noted]
    said = wording(offer.title if offer else "", titled(lists.forms.get(order.form), order.form), slots)
    told = listed(order.channels)
    return render(
        request,
        "gather/courses/tell.html",
        status=problem.status if problem else 200,
        order=order,
        org=orgs.name_of(order.org),
        said=said,
        left=[(code, titled(one, code), one.way) for code, one in lists.channels.items() if code not in told],
        told=[titled(lists.channels.get(code), code) for code in told],
        slots=slots,
        problem=problem,
        command=new_key("tell"),
    )


@page("desk", "courses/loudspeaker/", name="course-loudspeaker", methods=("GET", "HEAD"))
def course_loudspeaker(request: HttpRequest) -> HttpResponse:
    """What my community's loudspeakers are to read: its announced talks to come, the earliest first. To be printed. Three statements."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    lists = lists_of(home, day)
    loud = [code for code, one in lists.channels.items() if one.way == "loudspeaker"]
    found = selectors.coming(by.noted, loud, org=home) if home else []
    titles = {one.code: one.title for one in selectors.offers_of([order.offer for order, _slots in found])}
    return render(
        request,
        "gather/courses/loudspeaker.html",
        rows=[
            (
                order,
                wording(titles.get(order.offer, ""), titled(lists.forms.get(order.form), order.form), slots),
                slots[0],
            )
            for order, slots in found
        ],
        org=orgs.name_of(home) if home else "",
    )
