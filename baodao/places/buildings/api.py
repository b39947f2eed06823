"""Buildings and compounds over HTTP: lists for staff, and the verbs. Households have no interface: each reading of one asks a purpose,
which a machine cannot have."""

from datetime import date
from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Invalid, Refused
from baodao.kernel.http import Call, Paged, endpoint
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import in_office

from . import selectors
from .ruling import EndPlace, NewBuilding, NewCompound
from .services import end_buildings, end_compounds, record_buildings, record_compounds

_MANY = msgspec.Meta(min_length=1, max_length=2000)
_CODE = msgspec.Meta(max_length=40)
#: Rows of a page.
PAGE = 200


class BuildingsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The buildings of a ``grid`` or of a ``compound``, from behind the code ``after``."""

    grid: Annotated[str, _CODE] = ""
    compound: Annotated[str, _CODE] = ""
    after: Annotated[str, _CODE] = ""


class CompoundsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The compounds of an organization and all below it, from behind the code ``after``."""

    org: Annotated[str, msgspec.Meta(max_length=32)]
    after: Annotated[str, _CODE] = ""


class BuildingView(msgspec.Struct, frozen=True):
    """A building as it stands today; "" and null for unknown or none."""

    code: str
    since: date
    name: str
    address: str
    grid: str
    compound: str
    team: str
    units: int | None
    storeys: int | None
    lon: float | None
    lat: float | None
    simulated: bool


class CompoundView(msgspec.Struct, frozen=True):
    """A compound as it stands today, with who answers for it: team, property firm, owners' committee."""

    code: str
    since: date
    name: str
    address: str
    org: str
    team: str
    property: str
    owners: str
    simulated: bool


class BuildingsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Buildings, each as it stands from its day on."""

    buildings: Annotated[list[NewBuilding], _MANY]


class CompoundsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Compounds, each as it stands from its day on."""

    compounds: Annotated[list[NewCompound], _MANY]


class PlaceEndsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is there no longer, from its day on."""

    ends: Annotated[list[EndPlace], _MANY]


class PlacesWritten(msgspec.Struct, frozen=True):
    """Codes that were written, and those that stood so already."""

    recorded: list[str]
    same: list[str]


class PlaceCodes(msgspec.Struct, frozen=True):
    """What was changed."""

    codes: list[str]


def _staff(call: Call) -> None:
    # As on the desk: whoever holds a post sees where houses stand; who lives there is not told.
    if not in_office(call.by):
        raise Refused.of("", _("只有有岗位的人能看楼栋和小区"), _("小区公开的内容在居民门户"))


@endpoint(
    "GET", "buildings/", name="building.list", summary=gettext_lazy("一个网格或小区的楼栋"),
    query=BuildingsQuery, result=Paged[BuildingView], errors=(403,),
)  # fmt: skip
def buildings(call: Call, query: BuildingsQuery) -> Paged[BuildingView]:
    """A page of buildings. Raises Invalid where neither a grid nor a compound is named."""
    if bool(query.grid) == bool(query.compound):
        raise Invalid.of("grid", _("要写一个网格或一个小区"), _("写 grid 或 compound 中的一个"))
    _staff(call)
    rows = selectors.buildings_of(
        grids=[query.grid], compound=query.compound, day=orgs.today(), after=query.after, most=PAGE + 1
    )
    shown = [
        BuildingView(
            row.code, row.since, row.name, row.address, row.grid, row.compound, row.team, row.units, row.storeys,
            row.lon, row.lat, row.origin == "simulated",
        )
        for row in rows[:PAGE]
    ]  # fmt: skip
    return Paged(shown, shown[-1].code if len(rows) > PAGE else "")


@endpoint(
    "GET", "compounds/", name="compound.list", summary=gettext_lazy("一个单位和下面的小区"),
    query=CompoundsQuery, result=Paged[CompoundView], errors=(403,),
)  # fmt: skip
def compounds(call: Call, query: CompoundsQuery) -> Paged[CompoundView]:
    """A page of compounds."""
    _staff(call)
    rows = selectors.compounds_of(query.org, orgs.today(), query.after, PAGE + 1)
    shown = [
        CompoundView(
            row.code, row.since, row.name, row.address, row.org, row.team, row.property, row.owners,
            row.origin == "simulated",
        )
        for row in rows[:PAGE]
    ]  # fmt: skip
    return Paged(shown, shown[-1].code if len(rows) > PAGE else "")


@endpoint(
    "POST", "buildings/", name="building.record", summary=gettext_lazy("登记楼栋"),
    body=BuildingsBody, result=PlacesWritten, status=201, errors=(403, 409),
)  # fmt: skip
def record_building(call: Call, body: BuildingsBody) -> PlacesWritten:
    """Record buildings; what stands so already is named and writes nothing."""
    done = record_buildings(call.by, buildings=body.buildings)
    return PlacesWritten(done.recorded, done.same)


@endpoint(
    "POST", "building-ends/", name="building.end", summary=gettext_lazy("撤销楼栋"),
    body=PlaceEndsBody, result=PlaceCodes, errors=(403, 409),
)  # fmt: skip
def end_building(call: Call, body: PlaceEndsBody) -> PlaceCodes:
    """Buildings are gone."""
    return PlaceCodes(end_buildings(call.by, buildings=body.ends))


@endpoint(
    "POST", "compounds/", name="compound.record", summary=gettext_lazy("登记小区"),
    body=CompoundsBody, result=PlacesWritten, status=201, errors=(403, 409),
)  # fmt: skip
def record_compound(call: Call, body: CompoundsBody) -> PlacesWritten:
    """Record compounds."""
    done = record_compounds(call.by, compounds=body.compounds)
    return PlacesWritten(done.recorded, done.same)


@endpoint(
    "POST", "compound-ends/", name="compound.end", summary=gettext_lazy("撤销小区"),
    body=PlaceEndsBody, result=PlaceCodes, errors=(403, 409),
)  # fmt: skip
def end_compound(call: Call, body: PlaceEndsBody) -> PlaceCodes:
    """Compounds are gone."""
    return PlaceCodes(end_compounds(call.by, compounds=body.ends))
