"""A community's page of service: what waits for its word, its openings, "we need nobody now", the units that come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.dues.selectors import proposals
from baodao.gather import services as gather
from baodao.gather.service import selectors, services, slots
from baodao.gather.service.asking import kind_words
from baodao.gather.service.halves import half_of
from baodao.gather.service.pages import (
    act_of,
    home_of,
    number_from,
    plain,
    purposes_of,
    typed_of,
    weekdays,
)
from baodao.gather.service.selectors import CONFIRM, OFFER, of_community, of_servers
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed, hour_typed, whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.selectors import body_of

SHOWN = 30


@page("desk", "service/", name="service", nav=(40, gettext_lazy("双报到")), right=OFFER)
def service(request: HttpRequest) -> HttpResponse:
    """Everything a community's secretary does for members' service on one page."""
    by, org, day = act_of(request), home_of(request), orgs.today()
    if not (allowed(by, OFFER, of_community(org)) or allowed(by, CONFIRM, of_servers(org))):
        raise Refused.of("", _("设岗和确认由社区自己办"), _("请换岗位；单位的名单在“在职党员”"))
    problem: Problem | None = None
    typed, over, names = typed_of(request), request.GET.get("over", "")[:4], {}
    waits = selectors.told_at(org, limit=SHOWN + 1)
    if request.method == "POST":
        try:
            if typed.get("do") == "names":
                names = dict(selectors.shown_names(by, org, [row.token for row in waits[:SHOWN]]))
            else:
                more = _do(by, org, typed, request.POST.getlist("weekdays"))
                return HttpResponseRedirect(reverse("desk:service") + more, status=303)
        except Problem as caught:
            problem = plain(caught)
    half = half_of(day)
    seen = slots.seen_at(org, day, half.first, [row.slot for row in waits[:SHOWN]], SHOWN + 1)
    context = _openings(org, seen, day) | _waiting(org, waits, names, seen.titles) | {
        "org": orgs.name_of(org),
        "enough": selectors.enough(org, day),
        "units": [orgs.name_of(code) for code in selectors.linked(org, day, as_helper=False)],
        "half": half,
        "weekdays": weekdays(request.POST.getlist("weekdays") or ["5", "6"]),
        "purposes": purposes_of(request),
        "typed": _defaults(day) | typed,
        "over": over if whole_number(over) is not None else "",
        "problem": problem,
        "command": new_key("service"),
    }  # fmt: skip
    return render(
        request, "gather/service/community.html", status=problem.status if problem else 200, **context
    )


def _defaults(day: date) -> dict[str, str]:
    half = half_of(day)
    return {
        "since": (day + timedelta(days=1)).isoformat(), "until": (half.end - timedelta(days=1)).isoformat(),
        "starts": "09:00", "minutes": "120", "wanted": "10", "most": "",
    }  # fmt: skip


def _openings(org: str, seen: slots.Seen, day: date) -> dict[str, Any]:
    """Openings to come and over, units' collective check-ins, each with the community's stars."""
    found, words, past = selectors.rules(org, day), kind_words(org, day), seen.past[:SHOWN]
    stars = slots.stars_by(org, [slot.code for slot in (*past, *seen.together)])
    return {
        "rows": seen.openings[:SHOWN],
        "more": len(seen.openings) > SHOWN,
        "past": [(slot, stars.get(slot.code)) for slot in past],
        "together": [
            {
                "slot": slot, "unit": orgs.name_of(str(slot.org_id)), "over": timezone.localdate(slot.ends) <= day,
                "stars": stars.get(slot.code, 0),
            }
            for slot in seen.together
        ],
        "kinds": [(code, words.get(code, code)) for code in (found.opening if found else ())],
        "a_day": found.a_day if found else 0,
    }  # fmt: skip


def _waiting(org: str, waits: list[Any], names: dict[str, str], titles: dict[str, str]) -> dict[str, Any]:
    shown, half = waits[:SHOWN], half_of(orgs.today())
    tokens = [row.token for row in shown]
    beside = selectors.beside(org, tokens, half.first, half.end, at=org) if shown else {}
    said = selectors.said_at([row.token for row in shown]) if shown else {}
    return {
        "waits": [
            {
                "row": row, "title": titles.get(row.slot, row.slot), "name": names.get(row.token, ""),
                "beside": beside.get(row.token),
                "text": said.get((row.token, row.slot), ("", ""))[0],
            }
            for row in shown
        ],
        "waits_more": len(waits) > SHOWN,
        "opened": bool(names),
    }  # fmt: skip


def _do(by: Act, org: str, typed: dict[str, str], chosen: list[str]) -> str:
    do, what = typed.get("do", "").partition("-")[::2]
    if do == "offer":
        made = services.offer(by, offer=_offer(org, typed, chosen))
        return f"?over={made.over}" if made.over else ""
    if do == "enough":
        since, until = day_typed(typed.get("from", ""), "from"), day_typed(typed.get("to", ""), "to")
        services.needs_nobody(
            by, org=org, since=since, until=until + timedelta(days=1), reason=typed.get("reason", "")
        )
    elif do == "need":
        today = orgs.today()
        services.needs_nobody(by, org=org, since=today, until=today)
    elif do in {"yes", "no"}:
        slot, _mark, token = what.partition("~")
        minutes = number_from(typed.get(f"minutes-{slot}-{token}", ""), "minutes")
        reply = typed.get(f"reply-{slot}-{token}", "")
        one = services.Confirm(slot, token, do == "yes", minutes, reply)
        services.confirm(by, confirms=[one])
    elif do == "rate":
        services.rate(by, slot=what, stars=number_from(typed.get(f"stars-{what}", ""), "stars"))
    elif do == "event":
        stars = number_from(typed.get(f"event-{what}", ""), "stars")
        gather.rate_for(by, slot=what, org=org, stars=stars)
    elif do == "held":
        hold_together(by, what, number_from(typed.get(f"heads-{what}", ""), "heads"))
    return ""


def hold_together(by: Act, slot: str, heads: int) -> None:
    """The unit's dues that a collective check-in meets are those of its pack; the slot's traits say which."""
    row = slots.slot_of(slot)
    meets: list[str] = []
    if row is not None:
        unit, day = str(row.org_id), timezone.localdate(row.starts)
        traits = frozenset(one for one in row.traits.split(",") if one) | {f"kind:{row.kind}"}
        # The link, and the due with it, may name the unit or its Party organization.
        for half in body_of(unit, day):
            found = proposals(half, day, traits)
            meets += [f"{one.requirement}/{one.subject}" for one in found if one.subject == f"org:{half}"]
    services.hold_together(by, slot=slot, heads=heads, meets=meets)


def _offer(org: str, typed: dict[str, str], chosen: list[str]) -> services.Offer:
    return services.Offer(
        org=org,
        kind=typed.get("kind", ""),
        title=typed.get("title", ""),
        about=typed.get("about", ""),
        where=typed.get("where", ""),
        since=day_typed(typed.get("since", ""), "since"),
        until=day_typed(typed.get("until", ""), "until") + timedelta(days=1),
        starts=hour_typed(typed.get("starts", ""), "starts"),
        minutes=number_from(typed.get("minutes", ""), "minutes"),
        wanted=number_from(typed.get("wanted", ""), "wanted"),
        most=number_from(typed.get("most", ""), "most"),
        weekdays=tuple(sorted({n for one in chosen if (n := whole_number(one)) is not None and n < 10})),
    )
