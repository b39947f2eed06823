"""Places over HTTP: whose grid a point is."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Missing
from baodao.kernel.http import Call, endpoint
from baodao.orgs import selectors as orgs

from . import selectors
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
