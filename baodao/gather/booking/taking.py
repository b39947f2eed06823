"""One place: its coming days, what of them is free, and the form to take it; the same page for a resident and for an organization."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.gather.desk.common import number_typed
from baodao.gather.ruling import utc
from baodao.gather.times import hours_of
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Fault, Invalid, Missing, Problem
from baodao.kernel.jinja import day as day_words
from baodao.kernel.pages import render
from baodao.kernel.typed import day_in, moment_typed
from baodao.orgs import selectors as orgs
from baodao.places.facilities import selectors as facilities
from baodao.places.facilities.models import Facility

from . import selectors, services
from .declare import Booking, hinted, titled
from .free import Span

#: Days shown at once.
DAYS, PAGE, WORDS = 14, 30, 40


def _day_of(request: HttpRequest, first: date, last: date) -> date:
    asked = day_in(request.GET.get("day", "") or request.POST.get("day", ""))
    return min(max(asked or first, first), last)


def listed(request: HttpRequest, by: Act, org: str, mine: str) -> dict[str, Any]:
    """What a list of places shows: those at an organization and below; ``mine``: the page of one, by name."""
    q = request.GET.get("q", "").strip()[:WORDS]
    rows = selectors.listed(by, org, q, request.GET.get("after", "")[:48], PAGE + 1)
    shown = rows[:PAGE]
    here = f"?{urlencode({'at': request.GET.get('at', '')[:48], 'q': q})}"
    return {
        "q": q,
        "rows": [line_of(row) for row in shown],
        "mine_page": mine,
        "next_href": f"{here}&{urlencode({'after': shown[-1].code})}" if len(rows) > PAGE else "",
        "first_href": here if request.GET.get("after") else "",
    }


def line_of(row: Facility) -> dict[str, Any]:
    """A place as lists show it; ``since``: the day from which it is lent, where that is to come. No statement."""
    today = orgs.today()
    kinds, _functions = facilities.kinds_of(str(row.org_id), today)
    return {
        "code": row.code, "name": row.name, "kind": facilities.titled(kinds.get(row.kind), row.kind),
        "address": row.address, "org": orgs.name_of(str(row.org_id)), "simulated": row.origin == "simulated",
        "since": row.since if row.since > today else None,
    }  # fmt: skip


def take(request: HttpRequest, by: Act, code: str, org: str, done: Any) -> HttpResponse:
    """The page of one place; a POST takes it for the person, or for ``org``. ``done(slot)`` is where it leads then."""
    row = selectors.place(by, code[:48])
    ways = _ways(row, org) if row is not None else {}
    if row is None or not ways:
        raise Missing.of("", _("没有这个地方，或者它不接受预约"), _("请从列表里选"))
    typed = {name: str(value)[:400] for name, value in request.POST.items()}
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(
                done(services.book(by, wanted=_wanted(typed, row, ways, org))), status=303
            )
        except Problem as caught:
            problem = _plain(caught)
    return _page(request, by, (row, org), typed, problem)


def _ways(row: Facility, org: str) -> Mapping[str, Booking]:
    who = "org" if org else "person"
    return {name: one for name, one in selectors.ways(row, orgs.today()).items() if who in one.who}


def _wanted(typed: dict[str, str], row: Facility, ways: Mapping[str, Booking], org: str) -> services.Wanted:
    """The form as a wish. ``use`` is "<booking>.<use>". Raises Invalid."""
    day, (booking, _dot, use) = typed.get("day", ""), typed.get("use", "").partition(".")
    if booking not in ways:
        raise Invalid.of("use", _("要从清单里选用来做什么"), _("请选一样"))
    return services.Wanted(
        booking=booking, place=row.code, use=use, org=org, note=typed.get("note", ""),
        starts=utc(moment_typed(f"{day} {typed.get('from', '')}", "from")),
        ends=utc(moment_typed(f"{day} {typed.get('to', '')}", "to")),
        people=number_typed(typed.get("people", ""), "people", 0) or 0,
    )  # fmt: skip


def _cell(day: date, named: bool) -> tuple[str, str]:
    """The day of the week and of the month in the reader's language; ``named``: with the month, narrow enough for a phone."""
    words = day_words(day).split(" ")
    if translation.get_language() == "en":
        return words[0], f"{day.day} {day.strftime('%b')}" if named else str(day.day)
    return words[-1], f"{day.month}/{day.day}" if named else str(day.day)


def _plain(problem: Problem) -> Problem:
    """A time that is taken is shown beside the time."""
    moved = {"place": "from", "slot": "from"}
    return type(problem)(
        *(Fault(moved.get(one.field, one.field), one.reason, one.remedy) for one in problem.faults)
    )


def _page(
    request: HttpRequest, by: Act, here: tuple[Facility, str], typed: dict[str, str], problem: Problem | None
) -> HttpResponse:
    row, org = here
    ways = _ways(row, org)
    shown, start = _weeks(
        request, row, orgs.today() + timedelta(days=max(one.ahead for one in ways.values())), by
    )
    return render(
        request,
        "gather/booking/take.html",
        status=problem.status if problem else 200,
        **shown,
        it=line_of(row),
        known=bool(row.hours),
        uses=[(f"{name}.{use.name}", titled(use)) for name, one in ways.items() for use in one.use],
        typed={"from": hours_of(*start)[:5] if start else "", **typed},
        most=max(one.most for one in ways.values()),
        longest=max(one.longest for one in ways.values()),
        own=org,
        back="desk:booking-places" if org else "portal:booking",
        hints=[hinted(one) for one in ways.values() if hinted(one)],
        problem=problem,
        command=new_key("booking"),
    )


def _weeks(request: HttpRequest, row: Facility, last: date, by: Act) -> tuple[dict[str, Any], Span | None]:
    """Two whole weeks, which stand still while one looks at this day and that, with the day looked at; the first free time of it."""
    today = orgs.today()
    # A place that begins later is opened on its first day.
    may = min(max(today, row.since), last)
    day = _day_of(request, may, last)
    monday = today - timedelta(days=today.weekday())
    first = monday + timedelta(days=(day - monday).days // DAYS * DAYS)
    days = selectors.days(row, first, DAYS, by.noted)
    chosen = next(one for one in days if one.day == day)
    return {
        "days": [
            (
                one.day,
                *_cell(one.day, one.day == first or one.day.day == 1),
                may <= one.day <= last,
                bool(one.free),
                bool(one.opened),
            )
            for one in days
        ],
        "day": day,
        "opened": [hours_of(*span) for span in chosen.opened],
        "free": [hours_of(*span) for span in chosen.free],
        "before": max(may, first - timedelta(days=DAYS)).isoformat() if first > may else "",
        "behind": (first + timedelta(days=DAYS)).isoformat() if days[-1].day < last else "",
    }, chosen.free[0] if chosen.free else None
