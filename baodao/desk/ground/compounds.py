"""Compounds and buildings on the desk: the list, three nets on one page, one building with its five levels."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render, who_of
from baodao.matters.here import Ground, open_here
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.door import act_from
from baodao.places import selectors as places
from baodao.places.buildings import selectors as buildings
from baodao.places.households.selectors import at_place

from .days import shown
from .grids import may_at
from .nets import Nets, alliances_over, ground_of, teams_of
from .people import may_name, named, staff_of, way_to

PAGE, LISTED, OPEN = 60, 200, 100


@page("desk", "compounds/", name="compounds", nav=(73, gettext_lazy("小区")), methods=("GET", "HEAD"))
def listed(request: HttpRequest) -> HttpResponse:
    """The compounds of an organization and below on a day. Four statements."""
    by, at = act_from(request, command=new_key()), shown(request)
    day, org = at.day, _scope(request, at.day)
    words = request.GET.get("q", "").strip()[:40]
    after = request.GET.get("after", "")[:40]
    rows = buildings.compounds_of(org, day, after, PAGE + 1, words)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    query = urlencode({"org": org, "q": words, **at.query})
    return render(
        request,
        "desk/compounds.html",
        at=at,
        org=org,
        name=orgs.name_of(org),
        way=[(code, orgs.name_of(code)) for code in way_to(org, day)[:-1]],
        below=[
            (code, orgs.name_of(code))
            for code in orgs.forest().children(org, day)
            if orgs.forest().nodes[code].level in ("street", "community")
        ],
        words=words,
        rows=rows,
        built=buildings.counts_of([row.code for row in rows], day),
        staff=staff_of(
            [one for row in rows for one in (row.team or row.org, row.property, row.owners)], day, by.lang
        ),
        name_of=orgs.name_of,
        may_record=at.now and bool(reach_of(by, "compound.record")),
        next_href=f"?{query}&{urlencode({'after': rows[-1].code})}" if more else "",
        first_href=f"?{query}" if after else "",
    )


def _scope(request: HttpRequest, day: date) -> str:
    trees = orgs.forest()
    asked = request.GET.get("org", "")[:32]
    if asked:
        if asked not in trees:
            raise Missing.of("org", _("没有这个组织"), _("请从组织目录里选"))
        return asked
    post = who_of(request).post
    chain = trees.chain(post.org, day) if post is not None else ()
    land = ("community", "street", "district")
    return next((code for code in chain if trees.nodes[code].level in land), chain[-1] if chain else "")


@page("desk", "compounds/<str:code>/", name="compound", methods=("GET", "HEAD", "POST"))
def compound(request: HttpRequest, code: str) -> HttpResponse:
    """Three nets over one place, each with who answers, and every open matter of all three that the reader may see."""
    by, at = act_from(request, command=new_key()), shown(request)
    day = at.day
    versions = buildings.compounds([code]).get(code, [])
    row = buildings.on_day(versions, day)
    if row is None:
        raise Missing.of("code", _("没有这个小区"), _("请从小区列表里选"))
    built = buildings.buildings_of(compound=code, day=day, most=LISTED + 1)
    ground = ground_of(row, built)
    alliances, teams = alliances_over(row, day, by), teams_of(ground)
    units = [member.org for one in alliances for member in one.members]
    bodies = [row.team, row.org, *teams, row.property, row.owners]
    people = staff_of([*bodies, *units], day, by.lang)
    close = [one for one in dict.fromkeys(bodies) if one in people.bodies]
    names = named(request, close, day) if request.method == "POST" else {}
    rows, more = open_here(by, ground, OPEN) if at.now else ([], False)
    homes = [row.org, *teams, *([row.team] if row.team else [])]
    nets = Nets(frozenset(ground.shared), people.quiet_posts(homes))
    return render(
        request,
        "desk/compound.html",
        at=at,
        row=row,
        there=row.since <= day and (row.until is None or day < row.until),
        way=[(one, orgs.name_of(one)) for one in way_to(row.org, day)],
        own=[
            people.bodies[one]
            for one in dict.fromkeys([row.team or row.org, row.org, *teams])
            if one in people.bodies
        ],
        alliances=alliances,
        people=people,
        quiet=people.counted(homes),
        firm=people.of(row.property),
        committee=people.of(row.owners),
        grids=_grids(ground, day),
        buildings=built[:LISTED],
        more_buildings=len(built) > LISTED,
        rows=[(one, nets.of(one)) for one in rows],
        more=more,
        names=names,
        may_name=bool(may_name(by, close)),
        name_of=orgs.name_of,
        day=day,
        may_change=at.now and may_at(by, "compound.record", row.org),
        homes=at_place(by, row.org, buildings=[one.code for one in built]) if at.now else None,
        versions=versions,
    )


def _grids(ground: Ground, day: date) -> list[tuple[str, str, str]]:
    refs = [ref for one in ground.grids if (ref := places.grid(one)) is not None]
    return [(ref.code, ref.name, ref.origin) for ref in places.as_told_on(refs, day)]


@page("desk", "buildings/<str:code>/", name="building", methods=("GET", "HEAD", "POST"))
def building(request: HttpRequest, code: str) -> HttpResponse:
    """One building: the five levels above and below it with who answers, its versions, what is open in its grid."""
    by, at = act_from(request, command=new_key()), shown(request)
    day = at.day
    versions = buildings.buildings([code]).get(code, [])
    row = buildings.on_day(versions, day)
    if row is None:
        raise Missing.of("code", _("没有这栋楼"), _("请从网格或小区的页面里选"))
    ref = places.grid_on(row.grid, day)
    home = ref.org if ref is not None else ""
    team = row.team or (ref.team if ref is not None else "") or home
    way = way_to(team, day)
    under = orgs.forest().children(row.team, day) if row.team else ()
    people = staff_of([*way, *under], day, by.lang)
    names = named(request, way, day) if request.method == "POST" else {}
    ground = Ground((), tuple({row.team} - {""})) if row.team else Ground((row.grid,))
    rows, more = open_here(by, ground, OPEN) if at.now else ([], False)
    return render(
        request,
        "desk/building.html",
        at=at,
        row=row,
        there=row.since <= day and (row.until is None or day < row.until),
        grid=ref,
        compound=buildings.compound(row.compound, day) if row.compound else None,
        way=[people.bodies[one] for one in way],
        under=[people.bodies[one] for one in under],
        versions=versions,
        names=names,
        may_name=bool(may_name(by, way)),
        rows=rows,
        more=more,
        name_of=orgs.name_of,
        day=day,
        may_change=at.now and bool(home) and may_at(by, "building.record", home),
        homes=at_place(by, home, buildings=[code]) if home and at.now else None,
    )
