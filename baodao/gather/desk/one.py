"""Desk: one slot; its list, presence, what was held."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.dues import selectors as dues
from baodao.gather import enclosing, selectors, services
from baodao.gather.credits import day_of
from baodao.gather.declare import Gathering
from baodao.gather.elsewhere import claims_of, page_of
from baodao.gather.kinds import kind_of, titled
from baodao.gather.models import Seat, Slot
from baodao.gather.policies import LIST, body_of, joined_words, of_slot, people_of
from baodao.gather.rows import traits_of
from baodao.gather.services import Asked, Came
from baodao.gather.serving import served
from baodao.gather.words import PRESENCE, READERS, REASONS, SEATS, WHYS
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.matters.desk.opinions import address_of
from baodao.orgs import selectors as orgs

from . import files
from .common import act_of, line_of, number_typed, plain

MANAGING = ("change", "call_off", "hold")


@page("desk", "gather/<str:code>/", name="gathering")
def gathering(request: HttpRequest, code: str) -> HttpResponse:
    """One slot. A POST does one of: names (opens them for a purpose), attend, add, invite, release, hold, call_off,
    enclose (a paper), list (the photo of a list on paper), out (one of them)."""
    by = act_of(request)
    row = selectors.slot(by, code)
    if row is None:
        raise Missing.of("code", _("没有这一场，或者不对您开放"), _("请从列表里选"))
    if there := page_of(row):
        return HttpResponseRedirect(there)
    do, problem, opened = request.POST.get("do", ""), None, False
    if request.method == "POST":
        try:
            if do == "names":
                opened = True
            else:
                _do(by, row, do, request)
                return HttpResponseRedirect(reverse("desk:gathering", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = plain(caught)
    return _page(request, by, row, opened, problem)


def _do(by: Act, row: Slot, do: str, request: HttpRequest) -> None:
    typed = {name: str(value)[:10_000] for name, value in request.POST.items()}
    if do == "attend":
        services.attend(by, slot=row.code, came=_told(row, typed), how=typed.get("how", "list"))
    elif do == "add":
        line = Came(typed.get("status", "present"), name=typed.get("name", ""), phone=typed.get("phone", ""))
        services.attend(by, slot=row.code, came=[line], how="list")
    elif do == "invite":
        people = [Asked(name=typed.get("name", ""), phone=typed.get("phone", ""))]
        services.invite(by, slot=row.code, people=people)
    elif do == "hold":
        services.hold(
            by, slot=row.code, heads=number_typed(typed.get("heads", ""), "heads", 0) or 0,
            traits=request.POST.getlist("traits")[:40], meets=request.POST.getlist("meets")[:40],
            minutes=typed.get("minutes", ""),
        )  # fmt: skip
    elif do == "call_off":
        services.call_off(by, codes=[row.code], why=typed.get("why", ""), reason=typed.get("reason", ""))
    elif do in ("enclose", "list"):
        files.enclose(by, row, request, listed=do == "list")
    elif do.startswith("out-"):
        services.take_out(by, slot=row.code, digests=[do.partition("-")[2][:64]])
    elif do.startswith("release-"):
        seat = next((one for one in selectors.seats_of(row) if str(one.n) == do.partition("-")[2]), None)
        if seat is None:
            raise Missing.of("", _("名单上没有这个人"), _("请刷新页面"))
        services.leave(by, slot=row.code, tokens=[seat.token])
    else:
        raise Invalid.of("", _("没有选要做什么"), _("请按页面上的按钮"))


def _told(row: Slot, typed: dict[str, str]) -> list[Came]:
    """The lines of the list that were chosen; persons by their place in the row, no token leaves the server."""
    seats = {str(seat.n): seat.token for seat in selectors.seats_of(row)}
    chosen = {
        name.removeprefix("s-"): value for name, value in typed.items() if name.startswith("s-") and value
    }
    minutes = {n: number_typed(typed.get(f"m-{n}", ""), f"m-{n}") for n in chosen}
    return [Came(value, seats[n], minutes=minutes[n]) for n, value in chosen.items() if n in seats]


def _page(request: HttpRequest, by: Act, row: Slot, opened: bool, problem: Problem | None) -> HttpResponse:
    kind = kind_of(str(row.org_id), row.kind, day_of(row.starts))
    listing = kind.people == "list" and allowed(by, LIST, people_of(row))
    may = {verb: allowed(by, f"gather.{verb}", of_slot(row)) for verb in MANAGING}
    may |= {verb: listing and allowed(by, f"gather.{verb}", people_of(row)) for verb in ("attend", "invite")}
    begun = row.starts <= by.noted
    return render(
        request,
        "gather/one.html",
        status=problem.status if problem else 200,
        **line_of(row),
        who_may=joined_words(kind),
        place=selectors.place_words(row.place),
        serves=served(by, row),
        whose=orgs.name_of(body_of(row.about)),
        texts=selectors.texts_here(row),
        may=may,
        begun=begun,
        listing=listing,
        opened=opened,
        seats=_seats(by, row, opened) if listing else [],
        counts=selectors.counts_of([row.code])[row.code],
        presence=_presence(kind),
        credits=kind.credits and claims_of(row) is None,
        two_words=kind.credits and claims_of(row) is not None,
        rated=_rated(row, kind),
        reasons=list(REASONS.items()),
        traits=_traits(kind, row) if may["hold"] else [],
        proposals=_proposals(row, kind) if may["hold"] and begun else [],
        enclosed=enclosing.readable(by, row, None, seen=True),
        readers=READERS,
        codes="code" in kind.sign_in and kind.people == "list",
        opinions=address_of(kind.decides, day_of(row.starts), row.heads) if may["hold"] else "",
        why=WHYS.get(row.why, ""),
        problem=problem,
        command=new_key("gather"),
    )


def _seats(by: Act, row: Slot, opened: bool) -> list[dict[str, Any]]:
    """The list, for those who keep it; names and what somebody said against it once it was opened."""
    seats = selectors.seats_of(row)
    names = selectors.names(by, row, [seat.token for seat in seats]) if opened else {}
    said = selectors.replies(row) if opened and any(seat.disputed for seat in seats) else {}
    return [_seat(seat, names, said) for seat in seats]


def _presence(kind: Gathering) -> list[tuple[str, Any]]:
    """What can be said of somebody's coming: always these three, and what else the kind counts."""
    told = {"present", "excused", "absent", *kind.counts}
    return [(name, words) for name, words in PRESENCE.items() if name in told]


def _rated(row: Slot, kind: Gathering) -> selectors.Rated | None:
    """Ratings of those who came where the kind asks them; of organizations wherever there are any."""
    found = selectors.rated(row.code) if kind.rated or row.state == "held" else None
    return found if found is not None and (kind.rated or found.orgs) else None


def _seat(seat: Seat, names: Any, said: dict[str, str]) -> dict[str, Any]:
    return {
        "seat": seat, "name": names.get(seat.token, ""), "state": SEATS[seat.state],
        "presence": PRESENCE.get(seat.status, ""), "reply": said.get(seat.token, ""),
    }  # fmt: skip


def _traits(kind: Gathering, row: Slot) -> list[tuple[str, str, bool]]:
    """What the recorder may tick: the kind's usual items."""
    held = set(traits_of(row))
    return [
        (item.trait, titled(item), item.trait in held or item.required) for item in kind.item if item.trait
    ]


def _proposals(row: Slot, kind: Gathering) -> list[Any]:
    """Dues that it meets with all that its kind usually is; the recorder confirms."""
    usual = {*traits_of(row), *kind.traits, *(item.trait for item in kind.item if item.trait)}
    return list(dues.proposals(str(row.org_id), day_of(row.starts), frozenset(usual)))
