"""A report in two taps for people on the road: the place once, then what is wrong. No account; the place stands in the one report that
is sent, and is kept nowhere before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.matters.portal.standing import REPORTS, as_resident, keep_slip
from baodao.matters.portal.where import Where, choose, responsible
from baodao.matters.services import Draft, open_
from baodao.orgs import selectors as orgs
from baodao.people.door import address_of, clock
from baodao.people.services.throttle import take
from baodao.places.facilities import selectors as facilities

from .declare import Quick, quick_reports

STATION, WATER, CHARGING = "rest_station", "water", "charging"


@page("portal", "quick/", name="quick", nav=(12, gettext_lazy("路上报")), public=True)
def quick(request: HttpRequest) -> HttpResponse:
    """Tiles; with a place known each is one tap. Beside them the nearest stations with water and charging."""
    source = request.POST if request.method == "POST" else request.GET
    asked = {name: str(source.get(name, "")).strip()[:40] for name in ("at", "lon", "lat")}
    where = choose(
        {"place": asked["at"], "lon": asked["lon"], "lat": asked["lat"], "go": "here" if asked["lon"] else ""}
    )
    tiles = quick_reports(get_pack(orgs.home_pack()))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _send(request, tiles.get(request.POST.get("what", "")), where)
        except Problem as caught:
            problem = caught
    english = (get_language() or "").startswith("en")
    return render(
        request,
        "gather/homes/quick.html",
        status=problem.status if problem else 200,
        tiles=[(name, (one.title_en if english else "") or one.title) for name, one in tiles.items()],
        asked=asked,
        where=where.words if where.grid else "",
        below=where.children if not where.grid else (),
        stations=_stations(request, where),
        problem=problem,
        command=new_key("quick"),
    )


def _send(request: HttpRequest, what: Quick | None, where: Where) -> HttpResponse:
    by = as_resident(request, request.POST.get("command", "")[:200])
    if what is None:
        raise Invalid.of("what", _("请点是哪一样"), _("点一下图块就行"))
    if not where.grid:
        raise Invalid.of("at", _("还不知道在哪里"), _("请先点“用我现在的位置”，或选社区和网格"))
    take(REPORTS, address_of(request), by.noted)
    draft = Draft(
        procedure="request", org=responsible(where), place=where.grid, kind=what.kind, fields={"text": what.text},
        point=f"{where.lon},{where.lat}" if where.lon and where.lat else "",
    )  # fmt: skip
    number = open_(by, matters=[draft]).numbers[0]
    response = HttpResponseRedirect(reverse("portal:receipt", kwargs={"number": number}), status=303)
    keep_slip(request, response, number)
    return response


def _stations(request: HttpRequest, where: Where) -> list[tuple[str, str, str]]:
    """(code, name, how far) of the nearest rest stations that have both water and charging. Nothing is written."""
    if not (where.lon and where.lat):
        return []
    by = as_resident(request, "read")
    wish = facilities.Wish(kind=STATION, function=WATER)
    found = facilities.near(by, float(where.lon), float(where.lat), clock(), wish)
    both = [one for one in found if f",{CHARGING}," in f",{one.row.functions.strip(',')},"]
    return [(one.row.code, one.row.name, f"{one.metres or 0} m") for one in both[:3]]
