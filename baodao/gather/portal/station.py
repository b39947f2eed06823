"""Portal: a station (a facility where shifts take place): what one can do there, when it is open, who is on today as numbers, how
many people came today. Nobody's name, and of visitors only how many."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather import selectors
from baodao.gather.desk.common import line_of
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from, clock
from baodao.places.facilities import hours
from baodao.places.facilities import selectors as facilities
from baodao.places.facilities.portal import standing_words


@page("portal", "stations/<str:code>/", name="station", public=True, methods=("GET", "HEAD"))
def station(request: HttpRequest, code: str) -> HttpResponse:
    """One station today, and its shifts of the next seven days."""
    row = facilities.facility(act_from(request, command="read"), code[:48])
    today = orgs.today()
    if row is None or (row.until is not None and row.until <= today):
        raise Missing.of("", _("没有这个站点，或者已经撤销"), _("请看看附近别的"))
    now = clock()
    slots = selectors.at_place(row.code, today)
    counts = selectors.counts_of([slot.code for slot in slots])
    here = [slot for slot in slots if timezone.localdate(slot.starts) == today and slot.state != "called_off"]
    kinds, functions = facilities.kinds_of(str(row.org_id), today)
    return render(
        request,
        "gather/portal/station.html",
        row=row,
        kind=facilities.titled(kinds.get(row.kind), row.kind),
        functions=[facilities.titled(functions.get(name), name) for name in row.functions.split(",") if name],
        hours=hours.words(hours.parse(row.hours)),
        standing=standing_words(facilities.standing(row, now).opening, now),
        org=orgs.name_of(str(row.org_id)),
        today=[line_of(slot) for slot in here],
        coming=[line_of(slot) for slot in slots if slot not in here and slot.state == "open"],
        on=sum(counts[slot.code]["present"] for slot in here),
        planned=sum(slot.taken for slot in here),
        came=sum(slot.heads - counts[slot.code]["present"] for slot in here if slot.state == "held"),
        counted=any(slot.state == "held" for slot in here),
    )
