"""Checks of what a command wants to record, before anything is written. Faults name the place in the list
(``buildings[3].grid``), the reason and the remedy; all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.report import suggest
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import POST_CODE, Faults
from baodao.orgs.tree import Forest
from baodao.places.selectors import GridRef, Plan
from baodao.places.shapes import BOUNDS

from .fold import BuildingRow, CompoundRow

#: More entrances or floors than this is a slip of the pen.
MOST_UNITS, MOST_STOREYS = 200, 200


class NewBuilding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a building stands from ``since`` on: a new one, or a new version of a known one. ``grid`` "" is found by the
    point; ``compound`` and ``team`` "" mean none; ``lon``/``lat`` in WGS-84."""

    code: str
    name: str
    since: date
    grid: str = ""
    address: str = ""
    compound: str = ""
    team: str = ""
    units: int | None = None
    storeys: int | None = None
    lon: float | None = None
    lat: float | None = None


class NewCompound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a compound stands from ``since`` on. ``org`` is its community; ``team``, ``property`` and ``owners`` are
    organizations of the tree, or "" for none."""

    code: str
    name: str
    org: str
    since: date
    address: str = ""
    team: str = ""
    property: str = ""
    owners: str = ""


class EndPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without it."""

    code: str
    until: date


def home(one: NewBuilding, plan: Plan) -> GridRef | None:
    """The grid that a building is to be in: the one named, else the one that its point lies in."""
    if one.grid:
        number = plan.by_code.get(one.grid)
        return None if number is None else plan.grids[number]
    if one.lon is None or one.lat is None or not _in_china(one.lon, one.lat):
        return None
    return plan.at(one.lon, one.lat, one.since)


def _in_china(lon: float, lat: float) -> bool:
    return BOUNDS[0] <= lon <= BOUNDS[2] and BOUNDS[1] <= lat <= BOUNDS[3]


def check_buildings(
    wanted: Sequence[NewBuilding],
    plan: Plan,
    held: Mapping[str, Sequence[BuildingRow]],
    compounds: Mapping[str, Sequence[CompoundRow]],
) -> None:
    """Raises Invalid."""
    faults = Faults("buildings")
    examine_buildings(faults, wanted, plan, held, compounds)
    faults.close()


def examine_buildings(
    faults: Faults,
    wanted: Sequence[NewBuilding],
    plan: Plan,
    held: Mapping[str, Sequence[BuildingRow]],
    compounds: Mapping[str, Sequence[CompoundRow]],
) -> None:
    """The same, collecting all faults."""
    seen = set[str]()
    for place, one in enumerate(wanted):
        _common(faults, place, one, held.get(one.code, ()), seen)
        _number(faults, place, "units", one.units, MOST_UNITS)
        _number(faults, place, "storeys", one.storeys, MOST_STOREYS)
        where = _grid(faults, place, one, plan)
        if where is None:
            continue
        _team(faults, place, one.team, where.org, one.since)
        if one.compound:
            found = _on(compounds.get(one.compound, ()), one.since)
            if found is None:
                reason = _("那一天没有小区 %(code)s") % {"code": one.compound}
                faults.add(
                    place, "compound", reason, suggest(one.compound, compounds)[1] or _("请先登记小区")
                )
            elif found.org != where.org:
                faults.add(
                    place,
                    "compound",
                    _("小区属于%(other)s，网格属于%(own)s")
                    % {"other": orgs.name_of(found.org), "own": orgs.name_of(where.org)},
                    _("楼栋的网格和小区要在同一个社区、村"),
                )


def _grid(faults: Faults, place: int, one: NewBuilding, plan: Plan) -> GridRef | None:
    """The grid, or None with its fault."""
    if (one.lon is None) != (one.lat is None):
        faults.add(place, "lon", _("经度和纬度要一起写"), _("或者都不写"))
        return None
    if one.lon is not None and one.lat is not None and not _in_china(one.lon, one.lat):
        faults.add(place, "lon", _("坐标不在中国范围内"), _("要 WGS-84 经纬度，先经度后纬度"))
        return None
    where = home(one, plan)
    if where is None or not where.at(one.since):
        if one.grid:
            reason = _("那一天没有网格 %(code)s") % {"code": one.grid}
            faults.add(place, "grid", reason, suggest(one.grid, plan.by_code)[1])
        else:
            faults.add(place, "grid", _("不知道在哪个网格"), _("写网格代码，或写落在网格里的经纬度"))
        return None
    if one.grid and one.lon is not None and one.lat is not None:
        lies = plan.at(one.lon, one.lat, one.since)
        if lies is not None and lies.code != one.grid:
            reason = _("坐标落在网格 %(other)s 里，不在 %(own)s") % {"other": lies.code, "own": one.grid}
            faults.add(place, "grid", reason, _("核对坐标（WGS-84），或改网格"))
    return where


def check_compounds(
    wanted: Sequence[NewCompound], trees: Forest, held: Mapping[str, Sequence[CompoundRow]]
) -> None:
    """Raises Invalid."""
    faults = Faults("compounds")
    examine_compounds(faults, wanted, trees, held)
    faults.close()


def examine_compounds(
    faults: Faults,
    wanted: Sequence[NewCompound],
    trees: Forest,
    held: Mapping[str, Sequence[CompoundRow]],
) -> None:
    """The same, collecting all faults."""
    seen = set[str]()
    for place, one in enumerate(wanted):
        _common(faults, place, one, held.get(one.code, ()), seen)
        node = trees.nodes.get(one.org)
        if node is None or not node.at(one.since) or node.level != "community":
            reason = _("%(code)s 那一天不是社区或村") % {"code": one.org}
            faults.add(place, "org", reason, suggest(one.org, trees.nodes)[1])
            continue
        _team(faults, place, one.team, one.org, one.since)
        for key, code in (("property", one.property), ("owners", one.owners)):
            other = trees.nodes.get(code)
            if code and (other is None or not other.at(one.since)):
                reason = _("那一天没有组织 %(code)s") % {"code": code}
                faults.add(place, key, reason, _("先在组织里设立，再写它的代码"))


def _common(faults: Faults, place: int, one: Any, versions: Sequence[Any], seen: set[str]) -> None:
    """Code, name, address, day, and the order of versions."""
    if not POST_CODE.match(one.code) or len(one.code) > 40:
        faults.add(place, "code", _("代码写法不对"), _("2 到 40 个小写字母、数字、点、- 或 _"))
    if one.code in seen:
        faults.add(place, "code", _("写了两次"), _("一份表里一个代码写一行"))
    seen.add(one.code)
    faults.text(place, "name", one.name, 1, 80)
    faults.text(place, "address", one.address, 0, 120)
    faults.day(place, "since", one.since)
    if versions and one.since < versions[-1].since:
        day = versions[-1].since.isoformat()
        faults.add(place, "since", _("%(day)s 起已有更晚的登记") % {"day": day}, _("从那一天或以后改"))


def _team(faults: Faults, place: int, code: str, org: str, day: date) -> None:
    """Who answers for it lies in its community, or is the community itself."""
    trees = orgs.forest()
    if not code:
        return
    node = trees.nodes.get(code)
    if node is None or not node.at(day):
        faults.add(
            place, "team", _("那一天没有组织 %(code)s") % {"code": code}, suggest(code, trees.nodes)[1]
        )
    elif org not in trees.chain(code, day):
        reason = _("%(name)s不在%(home)s下面") % {"name": orgs.name_of(code), "home": orgs.name_of(org)}
        faults.add(place, "team", reason, _("写本社区、村里的组织"))


def _number(faults: Faults, place: int, key: str, value: int | None, most: int) -> None:
    if value is not None and not 1 <= value <= most:
        faults.add(place, key, _("要在 1 到 %(most)d 之间") % {"most": most}, _("不知道就空着"))


def _on(versions: Sequence[CompoundRow], day: date) -> CompoundRow | None:
    held = [row for row in versions if row.since <= day and (row.until is None or day < row.until)]
    return held[-1] if held else None


def check_ends(wanted: Sequence[EndPlace], held: Mapping[str, Sequence[Any]], name: str) -> None:
    """Only what is there can end, once, after it began. Raises Invalid."""
    faults, seen = Faults(name), set[str]()
    for place, one in enumerate(wanted):
        faults.day(place, "until", one.until)
        versions = held.get(one.code, ())
        if not versions:
            faults.add(place, "code", _("没有 %(code)s") % {"code": one.code}, suggest(one.code, held)[1])
        elif one.code in seen:
            faults.add(place, "code", _("写了两次"))
        elif versions[-1].until is not None:
            faults.add(place, "code", _("已经在 %(day)s 撤销") % {"day": versions[-1].until.isoformat()})
        elif one.until <= versions[-1].since:
            faults.add(place, "until", _("撤销日要在 %(day)s 之后") % {"day": versions[-1].since.isoformat()})
        seen.add(one.code)
    faults.close()
