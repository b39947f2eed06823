"""Grids out of a GeoJSON file: read within limits, every fault at its place in the file, then judged as a whole.

All or none: grids must fit together, so a file with one fault is not loaded in part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict, Fault, Invalid, Problem, TooLarge
from baodao.kernel.geometry import Area, Datum, convert, parse_geojson
from baodao.orgs import selectors as orgs

from . import ruling, selectors
from .fitting import Finding, union
from .ruling import EndGrid, NewGrid
from .selectors import Plan
from .shapes import BOUNDS, outside, rounded, square_metres, write_shape

#: What one file may hold. Half a thousand grids of 200 points each are 100,000 points.
MOST_BYTES, MOST_GRIDS, MOST_POINTS, MOST_OF_ONE = 8 << 20, 2_000, 100_000, 2_000
#: Names of properties that are understood, by field.
NAMES: dict[str, tuple[str, ...]] = {
    "code": ("code", "编号", "代码", "网格编号", "网格代码", "grid_code"),  # data
    "name": ("name", "名称", "网格名称", "网格", "grid_name"),  # data
    "org": ("org", "社区代码", "社区", "所属社区", "村", "community"),  # data
    "team": ("team", "负责组织", "负责组织代码"),  # data
}
#: A file in another datum lies a few hundred metres off: the hint comes when moving it back mends most of it.
MENDED = 0.4


class Wish(msgspec.Struct, frozen=True):
    """How a file is meant: ``org`` under which its grids lie, ``since`` their first day, ``datum`` of its coordinates,
    ``replace`` the grids that its communities have now, ``covers`` the border of ``org`` wholly."""

    org: str
    since: date
    datum: Datum = "wgs84"
    replace: bool = False
    covers: bool = False


class Judged(msgspec.Struct):
    """A file as judged. ``codes`` and ``shapes`` are numbered by the findings; the first ``old`` of them were there
    before. ``hint`` says that the datum may be another one."""

    grids: list[NewGrid]
    ends: list[EndGrid]
    faults: list[Fault]
    findings: list[Finding]
    codes: list[str]
    shapes: list[Any]
    old: int
    hint: str = ""

    @property
    def good(self) -> bool:
        """Whether it may be loaded."""
        return bool(self.grids) and not self.faults and not self.findings


def judge(raw: bytes, wish: Wish) -> Judged:
    """Read and judge a file against what is drawn already. Raises Invalid or TooLarge for a file that cannot be read; what
    is wrong with the grids is told, not raised."""
    areas = _areas(raw)
    faults: list[Fault] = []
    grids, shapes = [], []
    for place, area in enumerate(areas):
        shape = rounded(_moved(area.shape, wish.datum))
        found = _grid(area, place, wish, faults)
        if found is None or not _usable(shape, place, faults):
            continue
        grids.append(msgspec.structs.replace(found, polygon=write_shape(shape)))
        shapes.append(shape)
    plan = selectors.plan()
    ends = _ends(grids, wish, plan) if wish.replace else []
    judged = Judged(grids, ends, faults, [], [], [], 0)
    if grids and not faults:
        _check(judged, shapes, plan, wish)
    return judged


def _check(judged: Judged, shapes: Sequence[Any], plan: Plan, wish: Wish) -> None:
    try:
        ruling.check_grids(judged.grids, plan, bordered=False)
    except Invalid as invalid:
        judged.faults.extend(at_features(invalid))
        return
    gone = {end.code: end.until for end in judged.ends}
    covers = wish.org if wish.covers and wish.org in plan.borders else ""
    try:
        found, judged.codes, judged.shapes, judged.old = ruling.misfits(
            judged.grids, shapes, plan, gone, covers
        )
    except Problem as problem:
        judged.faults.extend(problem.faults)
        return
    beyond = _beyond(judged, plan, wish.since)
    judged.findings = [*found, *beyond]
    if beyond and wish.datum == "wgs84":
        judged.hint = _hint(judged, plan, wish)


def at_features(problem: Problem) -> list[Fault]:
    """A verb's faults (``grids[3].polygon``) at the features of the file."""
    return [
        Fault(fault.field.replace("grids[", "features["), fault.reason, fault.remedy)
        for fault in problem.faults
    ]


def _areas(raw: bytes) -> list[Area]:
    if len(raw) > MOST_BYTES:
        raise TooLarge.of("file", _("文件超过 %(most)d MB") % {"most": MOST_BYTES >> 20}, _("请先简化边界"))
    if raw[:2] == b"PK" or raw[:4] == b"\x00\x00\x27\x0a":
        raise Invalid.of("file", _("不是 GeoJSON"), _("shp、kmz 和压缩包请先在制图软件里另存为 GeoJSON"))
    areas = parse_geojson(raw.removeprefix(b"\xef\xbb\xbf"), most_points=MOST_POINTS, most_areas=MOST_GRIDS)
    import shapely

    points = [int(shapely.get_num_coordinates(area.shape)) for area in areas]
    if len(areas) > MOST_GRIDS:
        reason = _("一次最多 %(most)d 个网格，文件里有 %(n)d 个") % {"most": MOST_GRIDS, "n": len(areas)}
        raise TooLarge.of("file", reason, _("请按街道分成几个文件"))
    if sum(points) > MOST_POINTS:
        reason = _("一共 %(n)d 个点，最多 %(most)d 个") % {"n": sum(points), "most": MOST_POINTS}
        raise TooLarge.of("file", reason, _("请先简化边界（容差 1 米就够），或按街道分成几个文件"))
    faults = [
        Fault(
            f"features[{place}].geometry",
            _("有 %(n)d 个点，最多 %(most)d 个") % {"n": n, "most": MOST_OF_ONE},
        )
        for place, n in enumerate(points)
        if n > MOST_OF_ONE
    ]
    if faults:
        raise Invalid(*faults[:50])
    return areas


def _moved(shape: Any, datum: Datum) -> Any:
    import shapely

    plain = shapely.force_2d(shape)
    if datum == "wgs84":
        return plain
    # A list times nothing of an array is an array again: no library is imported for it.
    return shapely.transform(
        plain, lambda points: points * 0 + [convert(x, y, datum, "wgs84") for x, y in points]
    )


def _usable(shape: Any, place: int, faults: list[Fault]) -> bool:
    where = f"features[{place}].geometry"
    if shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        faults.append(Fault(where, _("面太小，舍到 0.1 米就没有了"), _("请删去这个面")))
        return False
    west, south, east, north = shape.bounds
    if west < BOUNDS[0] or south < BOUNDS[1] or east > BOUNDS[2] or north > BOUNDS[3]:
        faults.append(Fault(where, _("坐标不在中国范围内"), _("要经纬度，先经度后纬度")))
        return False
    return True


def _grid(area: Area, place: int, wish: Wish, faults: list[Fault]) -> NewGrid | None:
    """The grid that a feature describes, its polygon still missing."""
    held = {field: _property(area.properties, names) for field, names in NAMES.items()}
    where = f"features[{place}].properties"
    if not held["code"]:
        faults.append(Fault(f"{where}.code", _("没有网格代码"), _("属性里写 code 或 网格编号")))
    if not held["name"]:
        faults.append(Fault(f"{where}.name", _("没有网格名称"), _("属性里写 name 或 网格名称")))
    org = _home(held["org"], wish, f"{where}.org", faults)
    if not (held["code"] and held["name"] and org):
        return None
    return NewGrid(held["code"], org, held["name"], "", wish.since, held["team"])


def _property(properties: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = properties.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()[:120]
    return ""


def _home(typed: str, wish: Wish, where: str, faults: list[Fault]) -> str:
    """Code of the community, given by code, by name, or by the choice of the page."""
    trees = orgs.forest()
    under = trees.below(wish.org, wish.since)
    homes = [code for code in under if trees.nodes[code].level == "community"]
    if not typed:
        if homes == [wish.org]:
            return wish.org
        faults.append(
            Fault(where, _("没有写社区、村"), _("属性里写 社区 或 社区代码，或先选定一个社区再导入"))
        )
        return ""
    if typed in homes:
        return typed
    named = [code for code in homes if _short(trees.nodes[code].name) == _short(typed)]
    if len(named) == 1:
        return named[0]
    name = orgs.name_of(wish.org)
    reason = (
        _("%(name)s下面叫“%(typed)s”的不止一个") if named else _("%(name)s下面没有社区、村“%(typed)s”")
    ) % {"name": name, "typed": typed[:40]}
    faults.append(Fault(where, reason, _("写社区的代码")))
    return ""


def _short(name: str) -> str:
    for tail in ("居民委员会", "村民委员会", "居委会", "村委会"):  # data
        name = name.removesuffix(tail)
    return name.removesuffix("社区").removesuffix("村")  # data


def _ends(grids: Sequence[NewGrid], wish: Wish, plan: Plan) -> list[EndGrid]:
    """The grids that the file takes the place of: those in force in its communities."""
    homes = {grid.org for grid in grids}
    return [
        EndGrid(ref.code, wish.since)
        for ref in plan.grids
        if ref.org in homes and ref.until is None and ref.since < wish.since
    ]


def _beyond(judged: Judged, plan: Plan, since: date) -> list[Finding]:
    import shapely

    found = []
    for place, grid in enumerate(judged.grids, judged.old):
        edge = selectors.border_of(grid.org, since, plan)
        beyond = outside(judged.shapes[place], edge[1]) if edge else None
        if beyond and edge:
            shape = shapely.difference(judged.shapes[place], edge[1])
            found.append(Finding("outside", place, -1, *beyond, shape=shape))
    return sorted(found, key=lambda one: -one.square_metres)


def _hint(judged: Judged, plan: Plan, wish: Wish) -> str:
    """Whether taking the coordinates for GCJ-02 or BD-09 would bring them home."""
    import shapely.affinity

    edge = selectors.border_of(judged.grids[0].org, wish.since, plan)
    if edge is None:
        return ""
    whole = union(judged.shapes[judged.old :])
    now = square_metres(whole.difference(edge[1]))
    middle = whole.centroid
    datums: tuple[tuple[Datum, str], ...] = (
        ("gcj02", _("GCJ-02（高德、腾讯）")),
        ("bd09", _("BD-09（百度）")),
    )
    for datum, name in datums:
        lon, lat = convert(middle.x, middle.y, datum, "wgs84")
        moved = shapely.affinity.translate(whole, lon - middle.x, lat - middle.y)
        if square_metres(moved.difference(edge[1])) < now * MENDED:
            return _("坐标像是 %(datum)s 的：按它换算以后，区界外的面积会少一大半。请换一个坐标系再看") % {
                "datum": name
            }
    return ""


def conflict_of(judged: Judged) -> Problem:
    """What the page says on top when a file does not fit."""
    return Conflict.of(
        "file",
        _("有 %(n)d 处不合，一个网格也没有导入") % {"n": len(judged.faults) + len(judged.findings)},
        _("改好整份文件再传：网格要拼得拢，不能只收一部分"),
    )
