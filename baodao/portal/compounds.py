"""The residents' copy of a compound: three nets with the posts that answer, and what staff released. No names, no persons,
nothing of a level above 0."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.matters.here import Ground, released_here
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.selectors import public_of
from baodao.orgs.seats import heads_of
from baodao.people.door import act_from
from baodao.places import selectors as places
from baodao.places.buildings import selectors as buildings

PAGE, LISTED = 30, 200


@page("portal", "compounds/", name="compounds", public=True, methods=("GET", "HEAD"))
def listed(request: HttpRequest) -> HttpResponse:
    """Find one's compound by its name or address. One statement."""
    words, day = request.GET.get("q", "").strip()[:40], orgs.today()
    after = request.GET.get("after", "")[:40]
    rows = buildings.compounds_named(words, day, after, PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return render(
        request,
        "portal/compounds.html",
        words=words,
        rows=rows,
        name_of=orgs.name_of,
        next_href=f"?{urlencode({'q': words, 'after': rows[-1].code})}" if more else "",
        first_href=f"?{urlencode({'q': words})}" if after else "",
    )


@page("portal", "compounds/<str:code>/", name="compound", public=True, methods=("GET", "HEAD"))
def compound(request: HttpRequest, code: str) -> HttpResponse:
    """One compound. Six statements at most."""
    by, day = act_from(request, command=new_key()), orgs.today()
    row = buildings.compound(code, day)
    if row is None or not (row.since <= day and (row.until is None or day < row.until)):
        raise Missing.of("code", _("没有这个小区"), _("请从小区名单里选"))
    built = buildings.buildings_of(compound=code, day=day, most=LISTED)
    grids = sorted({one.grid for one in built})
    own = tuple(sorted({row.team, *(one.team for one in built)} - {"", row.org}))
    ground = Ground(tuple(grids), own, tuple(sorted({row.property, row.owners} - {""})), row.org)
    rows, more = released_here(by.lang, ground)
    refs = [ref for one in grids if (ref := places.grid(one)) is not None]
    teams = [row.team, row.org, *(ref.team for ref in refs)]
    bodies = [one for one in dict.fromkeys(teams) if one in orgs.forest()]
    return render(
        request,
        "portal/compound.html",
        row=row,
        home=orgs.name_of(row.org),
        grids=refs,
        bodies=bodies,
        heads=heads_of([*bodies, row.property, row.owners], day, by.lang),
        alliances=public_of([row.team, row.org], day),
        buildings=built,
        rows=rows,
        more=more,
        name_of=orgs.name_of,
        simulated=row.origin == "simulated" or any(ref.origin == "simulated" for ref in refs),
    )
