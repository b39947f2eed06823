"""Orders: those that I may read, setting the days of one, writing down how many came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.courses import packing, selectors, telling
from baodao.gather.courses.declare import lists_of, titled
from baodao.gather.courses.models import Offer, Order
from baodao.gather.courses.packing import Packing, takes_part
from baodao.gather.courses.selectors import PROCEDURE, listed
from baodao.gather.models import Slot
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import moment_typed
from baodao.kernel.verbs import allowed
from baodao.matters.beside import Way, register_ways
from baodao.matters.models import Matter
from baodao.matters.policies import subject_of
from baodao.matters.selectors import Seen, see
from baodao.matters.services import act
from baodao.matters.versions import version, words_of
from baodao.orgs import selectors as orgs

from .common import act_of, form_titles, home_of, org_name, plain, typed_of, whole
from .telling import hand_rows

PAGE = 50


@page("desk", "courses/orders/", name="course-orders", methods=("GET", "HEAD"))
def course_orders(request: HttpRequest) -> HttpResponse:
    """Orders of my unit, and those asked of my post; the newest first."""
    by, day, home = act_of(request), orgs.today(), home_of(request)
    rows = selectors.orders(by, after=request.GET.get("after", "")[:24], limit=PAGE + 1)
    forms = lists_of(home, day).forms
    return render(
        request,
        "gather/courses/orders.html",
        rows=[
            (
                one.order,
                one.offer.title if one.offer else "",
                org_name(one.order.org),
                titled(forms.get(one.order.form), one.order.form),
                _stage(one.matter, by.lang),
                one.matter,
            )
            for one in rows[:PAGE]
        ],
        next_href=f"?after={rows[PAGE - 1].order.number}" if len(rows) > PAGE else "",
    )


def _stage(row: Matter, lang: str) -> str:
    return words_of(row.pack, row.procedure, version(row.digest), lang).word(f"stage.{row.stage}")


@page("desk", "courses/orders/<str:number>/", name="course-order")
def course_order(request: HttpRequest, number: str) -> HttpResponse:
    """One order: what is wished for, its gatherings; setting the days, and how many came."""
    by, problem = act_of(request), None
    seen = see(by, number)
    order = selectors.order(number)
    if order is None:
        raise Missing.of("number", _("没有这一单"), _("请从列表里选"))
    if request.method == "POST":
        try:
            _do(by, number, typed_of(request))
            return HttpResponseRedirect(reverse("desk:course-order", kwargs={"number": number}), status=303)
        except Problem as caught:
            problem = plain(caught)
    offer, day = selectors.offer(order.offer), orgs.today()
    slots = selectors.gatherings(number)
    return render(
        request,
        "gather/courses/order.html",
        status=problem.status if problem else 200,
        order=order,
        offer=offer,
        org=org_name(order.org),
        form=titled(lists_of(order.org, day).forms.get(order.form), order.form),
        forms=form_titles(offer, day) if offer else [],
        stage=seen.procedure.word(f"stage.{seen.state.stage}"),
        slots=slots,
        came=selectors.heads([slot.code for slot in slots]),
        now=by.noted,
        told=_told_by(order),
        hand_rows=hand_rows([order], lists_of(order.org, day).channels)[number],
        **_steps(by, seen, order, slots),
        typed=_planned(order, offer) | typed_of(request),
        problem=problem,
        command=new_key("pack"),
    )


def _steps(by: Act, seen: Seen, order: Order, slots: Sequence[Slot]) -> dict[str, Any]:
    """What this reader may do now: the lecturer's side sets the days and records, the community that ordered tells and rates."""
    mine = takes_part(by, seen.state) and allowed(by, "order.pack", subject_of(seen.state))
    return {
        "packing": mine and seen.state.stage == "accepted",
        "recording": mine,
        "answering": _answering(by, seen),
        "telling": _callers(by, seen, "order.announce") and any(slot.state == "open" for slot in slots),
        "rating": order.stars is None and order.held is not None and _callers(by, seen, "order.rate"),
    }


def _planned(order: Order, offer: Offer | None) -> dict[str, Any]:
    """The form of the days as the order and its offer suggest them."""
    return {
        "form": order.form,
        "minutes": offer.minutes if offer else 60,
        "sessions": offer.sessions if offer else 1,
        "every": 7,
        "at": f"{order.wish.isoformat()}T19:00" if order.wish else "",
    }


def _callers(by: Act, seen: Seen, right: str) -> bool:
    """Whether this is a step of the community that ordered."""
    return by.office == seen.state.caller and allowed(by, right, subject_of(seen.state))


def _answering(by: Act, seen: Seen) -> str:
    """Whether the reader is the one who was asked: ``called`` (to accept or decline), ``reported`` (may still decline); "" else."""
    lead = seen.state.lead
    mine = lead is not None and by.post != "" and by.post == (lead.holder or lead.post)
    here = mine and seen.state.stage in {"ordered", "accepted"}
    return lead.state if here and lead is not None and lead.state in {"called", "reported"} else ""


def _told_by(order: Order) -> list[str]:
    """By what residents were told, in words."""
    known = lists_of(order.org, orgs.today()).channels
    return [titled(known.get(code), code) for code in listed(order.channels)]


def _do(by: Act, number: str, typed: dict[str, str]) -> Any:
    if typed.get("do") == "record":
        return packing.record_session(
            by, number=number, slot=typed.get("slot", ""), heads=whole(typed, "heads")
        )
    if typed.get("do") in {"report_in", "decline"}:
        return act(by, number=number, action=typed["do"], fields={})
    if typed.get("do") == "rate":
        return telling.rate(by, number=number, stars=whole(typed, "stars"))
    if typed.get("do") == "off":
        return packing.call_off_session(by, number=number, slot=typed.get("slot", ""))
    at = moment_typed(typed.get("at", ""), "at")
    return packing.pack_order(
        by,
        packing=Packing(
            number=number, form=typed.get("form", ""), starts=at, minutes=whole(typed, "minutes"),
            sessions=whole(typed, "sessions", 1), every=whole(typed, "every", 7), where=typed.get("where", ""),
            place=typed.get("place", ""), seats=whole(typed, "seats") if typed.get("seats", "").strip() else None,
        ),
    )  # fmt: skip


def ways(by: Act, seen: Seen) -> list[Way]:
    """On the matter's page: what is done on the order's."""
    words = _("排日子") if seen.state.stage == "accepted" else _("看日子和人数")
    return [Way(words, reverse("desk:course-order", kwargs={"number": seen.row.number}))]


register_ways(PROCEDURE, ways)
