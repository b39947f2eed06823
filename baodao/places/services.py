"""Every write of places. Verbs take lists; a page passes a list of one."""

import hashlib
import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import POST_CODE, UNREADABLE, Faults

from . import facts, selectors
from .models import Border, Grid
from .selectors import GridRef, Plan
from .shapes import outside, overlaps, read_shape, rounded, square_metres, write_shape
from .split import split_border

_LOCK = 0x47524944  # "GRID"


class NewGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grid to be: ``polygon`` is GeoJSON in WGS-84, ``org`` the community that it belongs to."""

    code: str
    org: str
    name: str
    polygon: str
    since: date


class EndGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without it."""

    code: str
    until: date


@verb("border.set")
def set_border(tx: Tx, by: Act, *, org: str, polygon: str, since: date, source: str) -> int:
    """The outer border of an organization; gives its area in square metres. Raises Invalid."""
    tx.ask("border.set", Subject(ref=f"org:{org}", org=org))
    trees = orgs.forest()
    if org not in trees:
        raise Invalid.of("org", _("没有组织 %(code)s") % {"code": org}, suggest(org, trees.nodes)[1])
    if not 1 <= len(source.strip()) <= 200 or UNREADABLE.search(source):
        raise Invalid.of("source", _("请写明界线的来源"), _("最多 200 个字"))
    shape = read_shape(polygon)
    text, area = write_shape(shape), round(square_metres(shape))
    tx.upsert(
        Border, ("org_id",), org_id=org, polygon=text, source=source.strip(), origin=by.origin, since=since
    )
    data = facts.BorderSet(since=since.isoformat(), digest=_digest(text))
    tx.fact(
        data, subject=f"org:{org}", org=org, value=area, texts={"polygon": text, "source": source.strip()}
    )
    tx.bump(selectors.EPOCH)
    return area


@verb("grid.draw")
def draw_grids(tx: Tx, by: Act, *, grids: list[NewGrid]) -> list[str]:
    """Draw grids; gives their codes.

    :raises Invalid: faults by place (``grids[3].polygon``), among them what lies beyond the border.
    :raises Conflict: overlaps above the tolerance, with size and place; nothing is written.
    """
    for org in {grid.org for grid in grids} or {""}:
        tx.ask("grid.draw", Subject(ref=f"org:{org}" if org else "org:", org=org))
    plan = _locked()
    shapes = _check(grids, plan)
    _refuse_overlaps(grids, shapes, plan)
    for grid, shape in zip(grids, shapes, strict=True):
        text, area, point = write_shape(shape), round(square_metres(shape)), shape.representative_point()
        tx.insert(
            Grid, code=grid.code, org_id=grid.org, name=grid.name.strip(), polygon=text, lon=round(point.x, 6),
            lat=round(point.y, 6), area=area, origin=by.origin, since=grid.since, until=None,
        )  # fmt: skip
        tx.fact(
            facts.Drawn(since=grid.since.isoformat(), digest=_digest(text)),
            subject=f"grid:{grid.code}", org=grid.org, place=grid.code, value=area,
            texts={"name": grid.name.strip(), "polygon": text},
        )  # fmt: skip
    tx.bump(selectors.EPOCH)
    return [grid.code for grid in grids]


@verb("grid.end")
def end_grids(tx: Tx, by: Act, *, grids: list[EndGrid]) -> list[str]:
    """Grids are given up; what happened in them keeps their code."""
    plan = _locked()
    faults = Faults("grids")
    held: dict[str, GridRef] = {}
    for place, end in enumerate(grids):
        faults.day(place, "until", end.until)
        number = plan.by_code.get(end.code)
        if number is None:
            faults.add(
                place, "code", _("没有网格 %(code)s") % {"code": end.code}, suggest(end.code, plan.by_code)[1]
            )
        elif end.code in held:
            faults.add(place, "code", _("写了两次"))
        elif plan.grids[number].until is not None:
            raise Conflict.of(
                f"grids[{place}].code", _("这个网格已经在 %(day)s 撤销") % {"day": plan.grids[number].until}
            )
        elif end.until <= plan.grids[number].since:
            faults.add(place, "until", _("撤销日要在划定日之后"), plan.grids[number].since.isoformat())
        else:
            held[end.code] = plan.grids[number]
    faults.close()
    for org in {ref.org for ref in held.values()} or {""}:
        tx.ask("grid.end", Subject(ref=f"org:{org}", org=org))
    polygons = dict(Grid.objects.filter(code__in=list(held)).values_list("code", "polygon"))
    for end in grids:
        ref = held[end.code]
        tx.upsert(
            Grid, ("code",), code=ref.code, org_id=ref.org, name=ref.name, polygon=polygons[ref.code], lon=ref.lon,
            lat=ref.lat, area=ref.area, origin=ref.origin, since=ref.since, until=end.until,
        )  # fmt: skip
        data = facts.Ended(until=end.until.isoformat())
        tx.fact(data, subject=f"grid:{ref.code}", org=ref.org, place=ref.code)
    tx.bump(selectors.EPOCH)
    return list(held)


def simulated_grids(district: str, border: str, since: date, seed: int = 1) -> list[NewGrid]:
    """Two to four grids for each community of a district, drawn by chance inside a real border (GeoJSON).

    Reads only; hand the list to ``draw_grids`` under an act of origin ``simulated``.
    """
    rng = random.Random(seed)  # noqa: S311  # a drawn world wants a seeded chance
    trees = orgs.forest()
    counts = {
        street: {
            code: rng.randint(2, 4)
            for code in trees.children(street, since)
            if trees.nodes[code].level == "community"
        }
        for street in trees.children(district, since)
    }
    found = split_border(read_shape(border), {s: inner for s, inner in counts.items() if inner}, seed)
    return [
        NewGrid(
            code=f"{community}-{number:02}",
            org=community,
            name=f"第{number}网格",  # data
            polygon=write_shape(shape),
            since=since,
        )
        for community, shapes in sorted(found.items())
        for number, shape in enumerate(sorted(shapes, key=_north_to_south), 1)
    ]


def _north_to_south(shape: Any) -> tuple[float, float]:
    west, _south, _east, north = shape.bounds
    return -north, west


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _locked() -> Plan:
    """The grids as committed, while nobody else can draw."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return selectors.read_plan()


def _check(grids: Sequence[NewGrid], plan: Plan) -> list[Any]:
    faults = Faults("grids")
    trees = orgs.forest()
    seen = set(plan.by_code)
    shapes = []
    for place, grid in enumerate(grids):
        if not POST_CODE.match(grid.code) or len(grid.code) > 40:
            faults.add(place, "code", _("代码写法不对"), _("2 到 40 个小写字母、数字、点、- 或 _"))
        if grid.code in seen:
            faults.add(
                place, "code", _("代码 %(code)s 已经有了") % {"code": grid.code}, _("重划的网格用新代码")
            )
        seen.add(grid.code)
        faults.text(place, "name", grid.name, 1, 80)
        faults.day(place, "since", grid.since)
        node = trees.nodes.get(grid.org)
        if node is None or not node.at(grid.since) or node.level != "community":
            faults.add(
                place,
                "org",
                _("%(code)s 那一天不是社区或村") % {"code": grid.org},
                suggest(grid.org, trees.nodes)[1],
            )
            continue
        try:
            shapes.append(read_shape(grid.polygon))
        except Invalid as invalid:
            faults.add(place, "polygon", invalid.faults[0].reason, invalid.faults[0].remedy)
            continue
        border = selectors.border_of(grid.org, grid.since, plan)
        beyond = outside(shapes[-1], border[1]) if border else None
        if beyond:
            size, lon, lat = beyond
            where = {"size": size, "lon": lon, "lat": lat}
            faults.add(
                place,
                "polygon",
                _("有 %(size)s 平方米在区界之外，在 %(lon)s, %(lat)s 一带") % where,
                _("沿区界改画"),
            )
    faults.close()
    return shapes


def _refuse_overlaps(grids: Sequence[NewGrid], shapes: Sequence[Any], plan: Plan) -> None:
    start = min((grid.since for grid in grids), default=date.max)
    old = [n for n, ref in enumerate(plan.grids) if ref.until is None or ref.until > start]
    names = [plan.grids[n].code for n in old] + [grid.code for grid in grids]
    found = overlaps([*(plan.shapes[n] for n in old), *map(rounded, shapes)], fresh=len(old))
    if found:
        raise Conflict(
            *(
                Fault(
                    f"grids[{one.two - len(old)}].polygon",
                    _("与网格 %(other)s 重叠 %(size)s 平方米，在 %(lon)s, %(lat)s 一带")
                    % {"other": names[one.one], "size": one.square_metres, "lon": one.lon, "lat": one.lat},
                    _("改画其中一个，或先撤销旧网格"),
                )
                for one in found[:200]
            )
        )
