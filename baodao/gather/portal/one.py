"""Portal: one gathering; sign up, withdraw, answer, let somebody stand in, object, rate. A person acts for herself, without a post."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.gather import codes, enclosing, selectors, services
from baodao.gather.credits import day_of
from baodao.gather.declare import BOOKED, Gathering
from baodao.gather.desk.common import line_of, number_typed
from baodao.gather.desk.files import answer
from baodao.gather.elsewhere import claims_of
from baodao.gather.kinds import hinted, kind_of
from baodao.gather.models import Seat, Slot
from baodao.gather.policies import joined_words, may_join
from baodao.gather.services.presence import BEFORE
from baodao.gather.words import BOOKED as BOOKED_WORDS
from baodao.gather.words import PRESENCE, SEATS, WHYS
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render, who_of
from baodao.people.door import act_from
from baodao.people.selectors import tokens_of
from baodao.places import selectors as places


def act_of(request: HttpRequest, kind: Gathering | None = None) -> Act:
    """The person herself; in her post only where staff are asked as staff."""
    command = request.POST.get("command", "")[:200] or new_key("gather")
    by = act_from(request, command=command)
    return by if kind is not None and "staff" in kind.join else replace(by, post="", grants=())


def slot_here(request: HttpRequest, code: str) -> tuple[Slot, Gathering, dict[str, str]]:
    """The slot that this visitor sees, its kind, her tokens. Raises Missing."""
    who = who_of(request)
    tokens = tokens_of(who.person) if who.signed_in else {}
    row = selectors.slot_for(act_from(request, command="read"), code[:40], tokens)
    if row is None:
        raise Missing.of("", _("没有这一场，或者不对您开放"), _("请看看别的活动"))
    return row, kind_of(str(row.org_id), row.kind, day_of(row.starts)), tokens


@page("portal", "gather/<str:code>/", name="gathering", public=True)
def gathering(request: HttpRequest, code: str) -> HttpResponse:
    """One gathering; a POST does one of join, leave, yes, no, stand_in, take, dispute, rate."""
    row, kind, tokens = slot_here(request, code)
    by, problem, given = act_of(request, kind), None, ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        if not who_of(request).signed_in:
            where = reverse("portal:gathering", kwargs={"code": code})
            return HttpResponseRedirect(f"{reverse('portal:sign-in')}?next={where}")
        try:
            if do == "stand_in":
                given = _stand_in(row, tokens, request.POST.get("wants", "")[:40])
            else:
                _do(by, row, do, request)
                return HttpResponseRedirect(reverse("portal:gathering", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
            row, kind, tokens = slot_here(request, code)
    return _page(request, by, (row, kind, tokens), problem, given)


@page(
    "portal",
    "gather/<str:code>/files/<str:digest>/",
    name="gathering-file",
    public=True,
    methods=("GET", "HEAD"),
)
def file(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """A paper of a gathering, for those whom it is meant for; never a list."""
    row, kind, tokens = slot_here(request, code)
    found = enclosing.readable(act_of(request, kind), row, selectors.seat_of(row, tokens), seen=True)
    return answer([one for one in found if one.what == "paper"], digest, code)


def _stand_in(row: Slot, tokens: dict[str, str], wants: str) -> str:
    seat = selectors.seat_of(row, tokens)
    if seat is None or seat.state != "seat" or seat.status:
        raise Invalid.of("", _("您在这一场没有名额"), _("请刷新页面"))
    found = codes.stand_in(row.code, seat.token, seat.n, wants)
    return f"{found[:4]}-{found[4:]}"


def _do(by: Act, row: Slot, do: str, request: HttpRequest) -> None:
    typed = {name: str(value)[:400] for name, value in request.POST.items()}
    room = claims_of(row)
    if room is not None and do in ("join", "leave"):
        (room.claim if do == "join" else room.withdraw)(by, row.code)
    elif do == "join":
        services.join(by, slot=row.code)
    elif do == "leave":
        services.leave(by, slot=row.code)
    elif do in ("yes", "no"):
        services.answer(by, slot=row.code, yes=do == "yes")
    elif do == "take":
        code = typed.get("code", "").replace("-", "")
        services.swap(by, slot=row.code, code=code, give=typed.get("give", ""))
    elif do == "dispute":
        services.dispute(by, slot=row.code, status=typed.get("status", ""), reply=typed.get("reply", ""))
    elif do == "rate":
        stars = number_typed(typed.get("stars", ""), "stars", 0) or 0
        services.rate(by, slot=row.code, stars=stars)
    else:
        raise Invalid.of("", _("没有选要做什么"), _("请按页面上的按钮"))


def _page(
    request: HttpRequest,
    by: Act,
    here: tuple[Slot, Gathering, dict[str, str]],
    problem: Problem | None,
    given: str,
) -> HttpResponse:
    row, kind, tokens = here
    seat = selectors.seat_of(row, tokens)
    open_now = row.state == "open" and by.noted < row.ends
    return render(
        request,
        "gather/portal/one.html",
        status=problem.status if problem else 200,
        **line_of(row),
        hint=hinted(kind),
        who_may=joined_words(kind),
        place=selectors.place_words(row.place),
        station=bool(row.place) and row.form not in BOOKED and places.grid(row.place) is None,
        outside=row.form in ("activity", "shift", "patrol"),
        mine=_mine(row, seat, kind, by),
        joining=open_now and (not by.person or may_join(row, kind, by, tokens)) and kind.people == "list",
        waiting=kind.waiting,
        signing=open_now
        and by.noted >= row.starts - BEFORE
        and "code" in kind.sign_in
        and kind.people == "list",
        why=WHYS.get(row.why, ""),
        reason=selectors.texts_here(row).get("reason", "") if row.state == "called_off" else "",
        papers=[one for one in enclosing.readable(by, row, seat, seen=True) if one.what == "paper"],
        presence=list(PRESENCE.items()),
        given=given,
        turns=[(one.code, line_of(one)["time"]) for one in selectors.beside(row, by.noted)]
        if by.person
        else [],
        rated=selectors.rated(row.code) if kind.rated and row.state == "held" else None,
        problem=problem,
        command=new_key("gather"),
    )


def _mine(row: Slot, seat: Seat | None, kind: Gathering, by: Act) -> dict[str, Any] | None:
    if seat is None or seat.state == "left":
        return None
    before = by.noted < row.starts and row.state == "open"
    return {
        "seat": seat, "state": BOOKED_WORDS if row.form in BOOKED and seat.state == "seat" else SEATS[seat.state], "presence": PRESENCE.get(seat.status, ""),
        "may_leave": before and seat.state in ("seat", "waiting"), "may_swap": before and seat.state == "seat",
        "may_answer": seat.state == "invited" and row.state == "open",
        "may_rate": kind.rated and not seat.rated and seat.status in kind.counts,
        "may_dispute": bool(seat.status) and not seat.disputed, "credits": kind.credits,
    }  # fmt: skip
