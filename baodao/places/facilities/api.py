"""Facilities over HTTP: what is near, one, and the verbs."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Missing
from baodao.kernel.http import Call, endpoint
from baodao.places.catalogue.ruling import End
from baodao.places.shapes import BOUNDS

from . import selectors
from .selectors import Near, Wish
from .services import NewFacility, change_facilities, end_facilities, register_facilities

_MANY = msgspec.Meta(min_length=1, max_length=2000)


class NearQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A WGS-84 point in China; ``open``: 1 for those that are open now."""

    lon: Annotated[float, msgspec.Meta(ge=BOUNDS[0], le=BOUNDS[2])]
    lat: Annotated[float, msgspec.Meta(ge=BOUNDS[1], le=BOUNDS[3])]
    kind: Annotated[str, msgspec.Meta(max_length=32)] = ""
    function: Annotated[str, msgspec.Meta(max_length=32)] = ""
    open: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0


class FacilityView(msgspec.Struct, frozen=True):
    """A facility as everybody may know it; moments local with offset, "" for unknown. ``keeper`` is a post."""

    code: str
    org: str
    kind: str
    name: str
    name_en: str
    address: str
    functions: list[str]
    hours: str
    phone: str
    keeper: str
    lon: float | None
    lat: float | None
    grid: str
    since: str
    until: str
    simulated: bool
    metres: int | None
    minutes: int | None
    open: bool | None
    closes: str
    opens: str
    provisional: bool


class FacilityRows(msgspec.Struct, frozen=True):
    """The nearest first."""

    rows: list[FacilityView]


class FacilitiesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Facilities, each whole."""

    facilities: Annotated[list[NewFacility], _MANY]


class FacilityEndsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Facilities that are given up."""

    ends: Annotated[list[End], _MANY]


class FacilityCodes(msgspec.Struct, frozen=True):
    """What was changed."""

    codes: list[str]


def _view(one: Near) -> FacilityView:
    row, opening = one.row, one.opening
    return FacilityView(
        code=row.code, org=str(row.org_id), kind=row.kind, name=row.name, name_en=row.name_en, address=row.address,
        functions=[name for name in row.functions.split(",") if name], hours=row.hours, phone=row.phone,
        keeper=row.keeper, lon=row.lon, lat=row.lat, grid=row.grid, since=row.since.isoformat(),
        until=row.until.isoformat() if row.until else "", simulated=row.origin == "simulated",
        metres=one.metres, minutes=one.minutes, open=None if opening is None else opening.open,
        closes=opening.until.isoformat() if opening and opening.until else "",
        opens=opening.opens.isoformat() if opening and opening.opens else "",
        provisional=bool(opening and opening.provisional),
    )  # fmt: skip


@endpoint(
    "GET", "facilities-near/", name="facility.near", summary=gettext_lazy("附近有什么、现在开不开"),
    query=NearQuery, result=FacilityRows, public=True,
)  # fmt: skip
def near(call: Call, query: NearQuery) -> FacilityRows:
    """What lies nearest to a point, with its opening now."""
    wish = Wish(kind=query.kind, function=query.function)
    found = selectors.near(call.by, query.lon, query.lat, call.by.noted, wish, open_now=bool(query.open))
    return FacilityRows([_view(one) for one in found])


@endpoint(
    "GET", "facilities/<str:code>/", name="facility.see", summary=gettext_lazy("看一个设施"),
    result=FacilityView, public=True, errors=(404,),
)  # fmt: skip
def see(call: Call, code: str) -> FacilityView:
    """One facility, given up or not."""
    row = selectors.facility(call.by, code)
    if row is None:
        raise Missing.of("code", _("没有这个设施"), _("请核对代码"))
    return _view(selectors.standing(row, call.by.noted))


@endpoint(
    "POST", "facilities/", name="facility.register", summary=gettext_lazy("登记设施"),
    body=FacilitiesBody, result=FacilityCodes, status=201, errors=(403,),
)  # fmt: skip
def register(call: Call, body: FacilitiesBody) -> FacilityCodes:
    """Register facilities."""
    return FacilityCodes(register_facilities(call.by, facilities=body.facilities))


@endpoint(
    "POST", "facility-changes/", name="facility.change", summary=gettext_lazy("修改设施"),
    body=FacilitiesBody, result=FacilityCodes, errors=(403, 409),
)  # fmt: skip
def change(call: Call, body: FacilitiesBody) -> FacilityCodes:
    """Tell facilities anew, each whole."""
    return FacilityCodes(change_facilities(call.by, facilities=body.facilities))


@endpoint(
    "POST", "facility-ends/", name="facility.end", summary=gettext_lazy("撤销设施"),
    body=FacilityEndsBody, result=FacilityCodes, errors=(403, 409),
)  # fmt: skip
def end(call: Call, body: FacilityEndsBody) -> FacilityCodes:
    """Give facilities up."""
    return FacilityCodes(end_facilities(call.by, ends=body.ends))
