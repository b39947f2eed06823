"""Portal: what is on, near a place chosen by names. Works without scripts and without telling where one is."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.gather import selectors
from baodao.gather.declare import BOOKED
from baodao.gather.desk.common import line_of
from baodao.gather.kinds import kinds_of, titled
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render, who_of
from baodao.orgs import selectors as orgs
from baodao.people.door import clock
from baodao.places.catalogue.choosing import choose


@page(
    "portal",
    "gather/",
    name="gatherings",
    nav=(36, gettext_lazy("活动")),
    public=True,
    methods=("GET", "HEAD"),
)
def gatherings(request: HttpRequest) -> HttpResponse:
    """Open to everybody, from now on, at a place and below."""
    at, kind = request.GET.get("at", "")[:48], request.GET.get("kind", "")[:40]
    chosen = choose(at)
    if chosen is None:
        raise Missing.of("", _("没有这个地方"), _("请从名单里选"))
    where = chosen.code if chosen.code in orgs.forest() else ""
    now, who = clock(), who_of(request)
    rows = selectors.coming(where, now, kind)
    mine = selectors.for_me(who.person, now) if who.signed_in else []
    lines = [line_of(row) for row in rows]
    kinds = kinds_of(where) if where else {}
    return render(
        request,
        "gather/portal/what.html",
        chosen=chosen,
        kind=kind,
        kinds=[(code, titled(one)) for code, one in kinds.items() if one.level == 0],
        days=[(day, list(found)) for day, found in groupby(lines, key=lambda line: line["day"])],
        mine=[line_of(row) for row in mine],
        bookable=any(one.form in BOOKED for one in kinds.values()),
        below=[(code, name) for code, name in chosen.below if code in orgs.forest()],
    )
