"""Telling residents that a talk takes place: the texts for each channel and one tap that records it; what loudspeakers are to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.courses import packing, relays, selectors, telling
from baodao.gather.courses.declare import Channel, lists_of, titled
from baodao.gather.courses.models import Order
from baodao.gather.courses.selectors import PROCEDURE, listed
from baodao.gather.courses.telling import wording
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.matters.policies import subject_of
from baodao.matters.selectors import see
from baodao.orgs import selectors as orgs

from .common import act_of, home_of, plain


def _order(by: Act, number: str) -> Order:
    """An order that this reader's unit placed. Raises Missing."""
    seen, order = see(by, number), selectors.order(number)
    mine = order is not None and seen.state.procedure == PROCEDURE and by.office == order.org
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
            if not tapped(request, by, number):
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
        hand_rows=hand_rows([order], lists.channels)[order.number],
        problem=problem,
        command=new_key("tell"),
    )


def tapped(request: HttpRequest, by: Act, number: str) -> bool:
    """One more time by hand, or the last one taken back: whether the form asked for that."""
    do, channel = request.POST.get("do", ""), request.POST.get("channel", "")[:40]
    if do == "relay":
        telling.relay(by, number=number, channel=channel)
    elif do == "unrelay":
        telling.unrelay(by, number=number, channel=channel)
    return do in ("relay", "unrelay")


def hand_rows(orders: Sequence[Order], channels: Mapping[str, Channel]) -> dict[str, list[dict[str, Any]]]:
    """Order → what is done by hand for it: how often, of how often it was meant, the last times with the post that did it. Two statements."""
    done = relays.done([order.number for order in orders])
    hands = {
        order.number: relays.hands(order, dict(channels), done.get(order.number, [])) for order in orders
    }
    words = orgs.post_words({row.post for mine in hands.values() for hand in mine for row in hand.last})
    return {
        number: [
            {
                "code": hand.code, "title": titled(hand.channel, hand.code), "way": hand.channel.way,
                "times": hand.times, "meant": hand.channel.times, "enough": hand.enough,
                "last": [(row.at, words[row.post].title if row.post in words else "") for row in hand.last],
            }
            for hand in mine
        ]
        for number, mine in hands.items()
    }  # fmt: skip


@page("desk", "courses/loudspeaker/", name="course-loudspeaker")
def course_loudspeaker(request: HttpRequest) -> HttpResponse:
    """What my community's loudspeakers are to read: its announced talks to come, what was not played often enough first, and the pieces that
    are given over the loudspeaker itself. Whoever played something says so by one tap. To be printed. Six statements."""
    by, problem = act_of(request), None
    if request.method == "POST":
        try:
            _played(request, by)
            return HttpResponseRedirect(reverse("desk:course-loudspeaker"), status=303)
        except Problem as caught:
            problem = plain(caught)
    return _loud(request, by, problem)


def _played(request: HttpRequest, by: Act) -> None:
    number = request.POST.get("number", "")[:24]
    if request.POST.get("do") == "given":
        packing.record_session(by, number=number, slot=request.POST.get("slot", "")[:40], heads=0)
    elif not tapped(request, by, number):
        raise Invalid.of("", _("没有这一步"), _("请刷新页面"))


def _loud(request: HttpRequest, by: Act, problem: Problem | None) -> HttpResponse:
    day, home = orgs.today(), home_of(request)
    lists = lists_of(home, day)
    loud = [code for code, one in lists.channels.items() if one.way == "loudspeaker"]
    found = selectors.coming(by.noted, loud, org=home) if home else []
    titles = {one.code: one.title for one in selectors.offers_of([order.offer for order, _slots in found])}
    by_hand = hand_rows([order for order, _slots in found], lists.channels)
    rows: list[dict[str, Any]] = [
        {
            "order": order,
            "said": wording(
                titles.get(order.offer, ""), titled(lists.forms.get(order.form), order.form), slots
            ),
            "slot": slots[0],
            "hands": [hand for hand in by_hand[order.number] if hand["way"] == "loudspeaker"],
        }
        for order, slots in found
    ]
    return render(
        request,
        "gather/courses/loudspeaker.html",
        status=problem.status if problem else 200,
        rows=sorted(rows, key=lambda row: all(hand["enough"] for hand in row["hands"])),
        pieces=selectors.pieces(home, lists, by.noted) if home else [],
        now=by.noted,
        org=orgs.name_of(home) if home else "",
        problem=problem,
        command=new_key("play"),
    )
