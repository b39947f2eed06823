"""Portal page: who watches here. Place, owner, purpose and sign of each device of a community, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from
from baodao.places import selectors as places
from baodao.places.catalogue.choosing import choose

from . import selectors
from .words import SIGNS


@page("portal", "watching/", name="watching", public=True, methods=("GET", "HEAD"))
def top(request: HttpRequest) -> HttpResponse:
    """Choose a place."""
    return _at(request, "")


@page("portal", "watching/<str:code>/", name="watching-at", public=True, methods=("GET", "HEAD"))
def at(request: HttpRequest, code: str) -> HttpResponse:
    """What hangs in a grid, or in the grids of a community."""
    return _at(request, code)


def _at(request: HttpRequest, code: str) -> HttpResponse:
    chosen = choose(code)
    if chosen is None:
        raise Missing.of("", _("没有这个地方"), _("请从名单里选"))
    grids = [one.code for one in places.grids_of(code)] if code in orgs.forest() else [code] if code else []
    listed = bool(code) and not chosen.streets
    rows = selectors.watching(act_from(request, command="read"), grids) if listed else []
    return render(
        request,
        "places/devices/watching.html",
        chosen=chosen,
        listed=listed,
        rows=[(one, SIGNS[one.sign]) for one in rows],
        capped=len(rows) >= selectors.SHOWN,
    )
