"""My service: where I report, what is shown of me, openings that fit me, what I claimed, what I did."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.models import Slot
from baodao.gather.service import planning, selectors, services, slots, standing
from baodao.gather.service.fold import Member
from baodao.gather.service.halves import half_of
from baodao.gather.service.pages import number_from, plain, self_act, typed_of
from baodao.gather.service.words import ROLES, SHOWN, STANDS, half_words
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.places.selectors import grid, grids_of


@page("portal", "me/service/", name="my-service")
def mine(request: HttpRequest) -> HttpResponse:
    """Each step is mine; the point from which I look is used for this answer and kept nowhere."""
    by, day = self_act(request), orgs.today()
    problem: Problem | None = None
    typed = typed_of(request)
    if request.method == "POST" and typed.get("do") != "near":
        try:
            _do(by, typed, request.POST.getlist("what"))
            return HttpResponseRedirect(reverse("portal:my-service"), status=303)
        except Problem as caught:
            problem = plain(caught)
    token, member = selectors.own(by.person)
    to = selectors.where_to(member, day)
    near = grid(typed.get("near", ""))
    half = half_of(day)
    plan = planning.planned_for(token)
    closed = selectors.enough_at(to, day)
    spot = (near.lon, near.lat) if near else None
    found = selectors.suggested(member, by.noted, spot, plan, to=to, closed=closed)
    claims = _claims(token, member, by)
    held = {slot.code for _seat, slot, _org in claims["coming"]}
    context = claims | {
        "units": [orgs.name_of(code) for code in member.units_now],
        "places": [(row, orgs.name_of(row.org), ROLES[row.role]) for row in member.places if row.until is None],
        "able": [(code, orgs.name_of(code), ROLES[role]) for code, role in to.items() if member.place(code) is None],
        "closed": [(orgs.name_of(code), until) for code, until in closed.items()],
        "found": [(one, orgs.name_of(str(one.slot.org_id)), ROLES[one.role]) for one in found if one.slot.code not in held],
        "near": typed.get("near", ""),
        "nears": [(one.code, f"{orgs.name_of(one.org)} {one.name}") for code in to for one in grids_of(code, day)][:300],
        "shown": _shown(member, [*member.units_now, *to]),
        "words": SHOWN,
        "stands": [(one, STANDS[one.state]) for one in standing.held_by(token, day)],
        "outs": [(one.code, half_words(one), one.code in member.out) for one in (half, half.after(1))],
        "member": bool(member.units_now or member.places_now),
        "typed": typed,
        "problem": problem,
        "command": new_key("my-service"),
    }  # fmt: skip
    return render(request, "gather/service/mine.html", status=problem.status if problem else 200, **context)


def _claims(token: str, member: Member, by: Act) -> dict[str, Any]:
    """What I claimed: to come, and over without my word."""
    rows = slots.claims_of(token)
    # Where the community said otherwise she may say it again.
    told = {slot for slot, record in member.records.items() if record.state != "otherwise"}
    return {
        "coming": [(row, row.slot, orgs.name_of(str(row.slot.org_id))) for row in rows if row.starts > by.noted],
        "over": [
            (row.slot, orgs.name_of(str(row.slot.org_id)), _minutes(row.slot))
            for row in rows
            if row.starts <= by.noted and row.state == "seat" and row.slot_id not in told
        ],
    }  # fmt: skip


def _minutes(slot: Slot) -> int:
    return int((slot.ends - slot.starts).total_seconds() // 60)


def _shown(member: Member, codes: list[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(code, orgs.name_of(code), member.shown.get(code, ())) for code in dict.fromkeys(codes)]


def _do(by: Act, typed: dict[str, str], what: list[str]) -> None:
    do, which = typed.get("do", "").partition("-")[::2]
    day = orgs.today()
    if do == "report":
        services.report_at(by, place=which or org_named(typed.get("place", ""), day, "place"), since=day)
    elif do == "leave":
        services.end_report(by, place=which, until=day)
    elif do == "claim":
        services.claim(by, slot=which)
    elif do == "withdraw":
        services.withdraw(by, slot=which)
    elif do == "tell":
        minutes = number_from(typed.get("minutes", ""), "minutes")
        services.tell(by, slot=which, minutes=minutes, text=typed.get("text", ""))
    elif do == "show":
        services.show_at(by, place=which, what=[one[:10] for one in what])
    elif do in {"out", "in"}:
        services.exempt(by, half=which, yes=do == "out")
    elif do == "prove":
        services.evidence(by, code=which, text=typed.get("text", ""))
    elif do == "down":
        services.lay_down(by, code=which)
    else:
        raise Invalid.of("", _("没有这一步"), _("请刷新页面"))
