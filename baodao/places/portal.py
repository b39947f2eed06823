"""Portal page: the map of the district down to the grid, and whose grid a point is. Works without scripts."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs

from . import selectors
from .buildings.selectors import compounds_at
from .drawing import svg
from .maps import Shape, map_level


@page("portal", "map/", name="map", public=True, methods=("GET", "HEAD"))
def top(request: HttpRequest) -> HttpResponse:
    """The district's map."""
    day = orgs.today()
    root = next((code for code in orgs.forest().roots("admin", day) if map_level(code, day)), "")
    return _level(request, root)


@page("portal", "map/<str:code>/", name="map-level", public=True, methods=("GET", "HEAD"))
def level(request: HttpRequest, code: str) -> HttpResponse:
    """The map of a street or community; of a grid, its community with the grid marked."""
    found = selectors.grid(code)
    if found is not None and found.at(orgs.today()):
        return _level(request, found.org, chosen=code)
    return _level(request, code)


def _level(request: HttpRequest, org: str, chosen: str = "") -> HttpResponse:
    drawn = map_level(org) if org else None
    if drawn is None:
        raise Missing.of("", _("这里还没有地图"), _("网格划定以后就能看到"))

    def link(shape: Shape) -> str:
        return reverse("portal:map-level", kwargs={"code": shape.code})

    title = _("%(name)s地图") % {"name": drawn.name}
    grid = selectors.grid(chosen) if chosen else None
    return render(
        request,
        "places/map.html",
        drawn=drawn,
        picture=svg(drawn, link, title=title, chosen=chosen),
        title=title,
        grid=grid,
        links=[(link(shape), shape.name, shape.code == chosen) for shape in drawn.shapes],
        crumbs=drawn.crumbs[:-1],
        compounds=compounds_at(chosen) if chosen else [],
    )
