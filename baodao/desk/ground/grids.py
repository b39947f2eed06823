"""Grids on the desk: the list with who answers, and one grid with its people, buildings, open matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Missing
from baodao.kernel.finders import among
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.text import fold
from baodao.kernel.verbs import allowed
from baodao.matters.here import Ground, counts, open_here
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.door import act_from
from baodao.places import selectors as places
from baodao.places.buildings import selectors as buildings
from baodao.places.drawing import svg
from baodao.places.fitting import size_words
from baodao.places.households.selectors import at_place
from baodao.places.maps import Map, Shape, label_of, map_level
from baodao.places.selectors import GridRef
from baodao.places.shapes import BOUNDS

from .days import Shown, shown
from .people import may_name, named, staff_of, way_to

PAGE, LISTED, OPEN = 60, 100, 50
#: Farther beside a drawing of 1,000 than this a pin is not drawn.
FAR = 1500


@page("desk", "grids/", name="grids", nav=(72, gettext_lazy("网格")), methods=("GET", "HEAD"))
def grids(request: HttpRequest) -> HttpResponse:
    """The grids of an organization on a day: who answers, buildings, open matters. Four statements; two more for another day."""
    by, at = act_from(request, command=new_key()), shown(request)
    day, org = at.day, _scope(request, at.day)
    words = request.GET.get("q", "").strip()[:40]
    refs = places.as_told_on(places.grids_of(org, day), day)
    if words:
        known = {ref.code: ref for ref in refs}
        refs = [
            known[code] for code in among([(ref.code, fold(f"{ref.name} {ref.code}")) for ref in refs], words)
        ]
    after = request.GET.get("after", "")[:40]
    listed = [ref for ref in refs if ref.code > after][: PAGE + 1]
    more, listed = len(listed) > PAGE, listed[:PAGE]
    codes = [ref.code for ref in listed]
    query = urlencode({"org": org, "q": words, **at.query})
    spot = _spot(request)
    near = _around(spot, org, day) if spot else None
    drawn, spot = (near, spot) if near else (_drawn(org, refs, day), None)
    return render(
        request,
        "desk/grids.html",
        org=org,
        name=orgs.name_of(org),
        way=[(code, orgs.name_of(code)) for code in way_to(org, day)[:-1]],
        below=_below(org, day),
        at=at,
        words=words,
        refs=listed,
        total=len(refs),
        staff=staff_of([one for ref in listed for one in (ref.team, ref.org)], day, by.lang),
        built=buildings.counts(codes, day),
        open=counts(by, codes) if at.now else {},
        name_of=orgs.name_of,
        simulated=any(ref.origin == "simulated" for ref in refs),
        picture=svg(drawn, _link(at), title=_("%(name)s地图") % {"name": drawn.name}, mark=spot)
        if drawn
        else "",
        spot=spot,
        spot_on=drawn.name if drawn else "",
        next_href=f"?{query}&{urlencode({'after': codes[-1]})}" if more else "",
        first_href=f"?{query}" if after else "",
        may_draw=bool(reach_of(by, "grid.draw")),
        batch=request.GET.get("batch", "")[:100],
        taken=request.GET.get("taken", "")[:6],
        may_undo=bool(reach_of(by, "ledger.takeback")),
    )


def _scope(request: HttpRequest, day: date) -> str:
    """The organization asked for; else the reader's own where it has grids, else the district it lies in."""
    trees = orgs.forest()
    asked = request.GET.get("org", "")[:32]
    if asked:
        if asked not in trees:
            raise Missing.of("org", _("没有这个组织"), _("请从组织目录里选"))
        return asked
    post = who_of(request).post
    for code in trees.chain(post.org, day) if post is not None else ():
        if places.grids_of(code, day):
            return code
    return next((code for code in trees.roots("admin", day) if places.grids_of(code, day)), "")


def _below(org: str, day: date) -> list[tuple[str, str, int]]:
    """(code, name, grids) of the organizations right below that have grids. No statement."""
    trees = orgs.forest()
    if org not in trees:
        return []
    found = ((code, orgs.name_of(code), len(places.grids_of(code, day))) for code in trees.children(org, day))
    return [row for row in found if row[2]]


def _drawn(org: str, refs: Sequence[GridRef], day: date) -> Map | None:
    """The map of a day; the grids on it are called as they were then."""
    drawn = map_level(org, day)
    if drawn is None or day >= orgs.today():
        return drawn
    names = {ref.code: ref.name for ref in places.as_told_on(refs, day)}
    shapes = [
        replace(one, name=names.get(one.code, one.name), label=label_of(names.get(one.code, one.name)))
        for one in drawn.shapes
    ]
    return replace(drawn, shapes=tuple(shapes))


def _spot(request: HttpRequest) -> tuple[float, float] | None:
    """``?spot=107.3,29.6``: a place to look at, where something does not fit; None for anything else."""
    lon, _comma, lat = request.GET.get("spot", "")[:40].partition(",")
    try:
        point = float(lon), float(lat)
    except ValueError:
        return None
    return point if BOUNDS[0] <= point[0] <= BOUNDS[2] and BOUNDS[1] <= point[1] <= BOUNDS[3] else None


def _around(spot: tuple[float, float], org: str, day: date) -> Map | None:
    """The nearest map on which a place lies: of the organization, of the community it lies in, of those above, else the largest; None
    where it lies far from all of them."""
    home, drawn = places.org_of_place(*spot, day), None
    for code in dict.fromkeys([org, *([home] if home else []), *orgs.forest().chain(org, day)]):
        drawn = _drawn(code, places.grids_of(code, day), day) or drawn
        if drawn is not None and _off(drawn, spot) == 0:
            return drawn
    return drawn if drawn is not None and _off(drawn, spot) < FAR else None


def _off(drawn: Map, spot: tuple[float, float]) -> float:
    """How far a place lies beside a drawing, in its own units."""
    x, y = drawn.xy(*spot)
    return max(-x, x - drawn.width, -y, y - drawn.height, 0.0)


def _link(at: Shown) -> Callable[[Shape], str]:
    def link(shape: Shape) -> str:
        if shape.kind == "grid":
            return reverse("desk:grid", kwargs={"code": shape.code}) + at.only
        return f"{reverse('desk:grids')}?{urlencode({'org': shape.code, **at.query})}"

    return link


@page("desk", "grids/<str:code>/", name="grid", methods=("GET", "HEAD", "POST"))
def grid(request: HttpRequest, code: str) -> HttpResponse:
    """One grid on a day. Names of those who answer are opened by a POST, and logged. Ten statements at most."""
    by, at = act_from(request, command=new_key()), shown(request)
    day, ref = at.day, _known(code, at.day)
    way = way_to(ref.team or ref.org, day)
    people = staff_of(way, day, by.lang)
    names = named(request, way, day) if request.method == "POST" else {}
    ground = Ground((code,), tuple({ref.team} - {"", ref.org}))
    rows, more = open_here(by, ground, OPEN) if at.now else ([], False)
    built = buildings.buildings_of(grids=[code], day=day, most=LISTED + 1)
    drawn = _drawn(ref.org, places.grids_of(ref.org, day), day)
    title = _("%(name)s在%(home)s的位置") % {"name": ref.name, "home": orgs.name_of(ref.org)}
    return render(
        request,
        "desk/grid.html",
        at=at,
        ref=ref,
        size=size_words(ref.area),
        there=ref.at(day),
        home=orgs.name_of(ref.org),
        way=[people.bodies[one] for one in way],
        seats=people.seats.get(ref.team, []) if ref.team else [],
        home_seats=people.seats.get(ref.org, []),
        quiet=people.counted([ref.team, ref.org]),
        names=names,
        may_name=bool(may_name(by, way)),
        rows=rows,
        more=more,
        buildings=built[:LISTED],
        more_buildings=len(built) > LISTED,
        compounds=buildings.compounds_at(code, day),
        homes=at_place(by, ref.org, grid=code) if at.now else None,
        picture=svg(drawn, _link(at), title=title, chosen=code) if drawn else "",
        name_of=orgs.name_of,
        day=day,
        may_change=at.now and may_at(by, "grid.change", ref.org),
        may_build=at.now and may_at(by, "building.record", ref.org),
    )


def may_at(by: Act, right: str, org: str) -> bool:
    """Whether this actor has a right at an organization."""
    return allowed(by, right, Subject(ref=f"org:{org}", org=org))


def _known(code: str, day: date) -> GridRef:
    ref = places.grid_on(code, day)
    if ref is None:
        raise Missing.of("code", _("没有这个网格"), _("请从网格列表里选"))
    return ref
