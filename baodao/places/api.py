"""Places over HTTP: whose grid a point is."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Missing
from baodao.kernel.http import Call, endpoint
from baodao.orgs import selectors as orgs

from . import selectors
from .services import EndGrid, NewGrid, draw_grids, end_grids
from .shapes import BOUNDS


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A WGS-84 point in China."""

    lon: Annotated[float, msgspec.Meta(ge=BOUNDS[0], le=BOUNDS[2])]
    lat: Annotated[float, msgspec.Meta(ge=BOUNDS[1], le=BOUNDS[3])]


class Located(msgspec.Struct, frozen=True):
    """The grid and its community; ``simulated`` when the line was drawn by chance."""

    grid: str
    name: str
    org: str
    org_name: str
    simulated: bool


@endpoint(
    "GET",
    "places/at/",
    name="places.at",
    summary=gettext_lazy("一个点在哪个网格"),
    query=Point,
    result=Located,
    public=True,
    errors=(404,),
)
def at(call: Call, query: Point) -> Located:
    """The grid in force today at a point."""
    found = selectors.grid_at(query.lon, query.lat)
    if found is None:
        raise Missing.of("", _("这个点不在任何网格里"), _("请核对经纬度（WGS-84）"))
    return Located(found.code, found.name, found.org, orgs.name_of(found.org), found.origin == "simulated")


class GridsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grids to be; ``polygon`` is GeoJSON text in WGS-84."""

    grids: Annotated[list[NewGrid], msgspec.Meta(min_length=1, max_length=2000)]


class EndGridsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grids that are given up."""

    grids: Annotated[list[EndGrid], msgspec.Meta(min_length=1, max_length=2000)]


class Codes(msgspec.Struct, frozen=True):
    """What was changed."""

    codes: list[str]


@endpoint(
    "POST",
    "grids/",
    name="grid.draw",
    summary=gettext_lazy("划定网格"),
    body=GridsBody,
    result=Codes,
    status=201,
    errors=(403, 409),
)
def draw(call: Call, body: GridsBody) -> Codes:
    """Draw grids; an overlap is a conflict with its size and place."""
    return Codes(draw_grids(call.by, grids=body.grids))


@endpoint(
    "POST",
    "grid-ends/",
    name="grid.end",
    summary=gettext_lazy("撤销网格"),
    body=EndGridsBody,
    result=Codes,
    errors=(403, 409),
)
def end(call: Call, body: EndGridsBody) -> Codes:
    """Give grids up."""
    return Codes(end_grids(call.by, grids=body.grids))
