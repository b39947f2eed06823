"""Checks of what a command wants to draw, before anything is written. Faults name the place in the list
(``grids[3].polygon``), the reason and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db.models import Count
from django.utils.translation import gettext as _

from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import POST_CODE, Faults

from . import selectors
from .buildings.models import Building
from .fitting import Finding, fit, spot, words
from .selectors import Plan
from .shapes import outside, read_shape, rounded


class NewGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grid to be: ``polygon`` is GeoJSON in WGS-84, ``org`` the community that it belongs to, ``team`` the organization
    of the tree that answers for it ("" none)."""

    code: str
    org: str
    name: str
    polygon: str
    since: date
    team: str = ""


class ChangeGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grid's name and who answers for it, from now on; its polygon never changes (it is drawn anew)."""

    code: str
    name: str
    team: str = ""


class EndGrid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without it."""

    code: str
    until: date


def check_grids(grids: Sequence[NewGrid], plan: Plan, *, bordered: bool = True) -> list[Any]:
    """The polygons, when each grid for itself can be (``bordered``: and lies within its border). Raises Invalid with all
    faults; no statement."""
    faults = Faults("grids")
    shapes = examine_grids(faults, grids, plan, bordered=bordered)
    faults.close()
    return shapes


def examine_grids(
    faults: Faults, grids: Sequence[NewGrid], plan: Plan, *, bordered: bool = True
) -> list[Any]:
    """The same, collecting all faults; the polygons are those that can be read."""
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
        check_team(faults, place, grid.team, grid.org, grid.since)
        try:
            shapes.append(read_shape(grid.polygon))
        except Invalid as invalid:
            faults.add(place, "polygon", invalid.faults[0].reason, invalid.faults[0].remedy)
            continue
        border = selectors.border_of(grid.org, grid.since, plan) if bordered else None
        beyond = outside(shapes[-1], border[1]) if border else None
        if beyond:
            one = Finding("outside", place, -1, *beyond)
            faults.add(place, "polygon", words(one, ()), _("沿区界改画"), spot(one, grid.org))
    return shapes


def check_team(faults: Faults, place: int, team: str, org: str, day: date) -> None:
    """Who answers for a grid lies in its community."""
    trees = orgs.forest()
    if team and (team not in trees or not trees.nodes[team].at(day)):
        faults.add(
            place, "team", _("那一天没有组织 %(code)s") % {"code": team}, suggest(team, trees.nodes)[1]
        )
    elif team and org not in trees.chain(team, day):
        reason = _("%(name)s不在%(home)s下面") % {"name": orgs.name_of(team), "home": orgs.name_of(org)}
        faults.add(place, "team", reason, _("写本社区、村里的组织"))


def misfits(
    grids: Sequence[NewGrid], shapes: Sequence[Any], plan: Plan, gone: Mapping[str, date], covers: str
) -> tuple[list[Finding], list[str], list[Any], int]:
    """What does not fit: findings, codes and shapes that they number, and how many of these were there before."""
    start = min((grid.since for grid in grids), default=date.max)
    near = {_district(grid.org, start) for grid in grids}
    old = [
        n
        for n, ref in enumerate(plan.grids)
        if (ref.until is None or ref.until > start)
        and gone.get(ref.code, date.max) > start
        and _district(ref.org, start) in near
    ]
    codes = [plan.grids[n].code for n in old] + [grid.code for grid in grids]
    held = [*(plan.shapes[n] for n in old), *map(rounded, shapes)]
    return fit(held, len(old), plan.borders.get(covers) if covers else None), codes, held, len(old)


def _district(org: str, day: date) -> str:
    """The district of an organization, else the highest above it."""
    chain = orgs.forest().chain(org, day)
    return next(
        (code for code in chain if orgs.forest().nodes[code].level == "district"), (chain or ("",))[-1]
    )


def refuse_misfits(
    grids: Sequence[NewGrid], shapes: Sequence[Any], plan: Plan, gone: Mapping[str, date], covers: str
) -> None:
    """Raise Conflict with what does not fit, at the grid that is new."""
    found, codes, _held, old = misfits(grids, shapes, plan, gone, covers)
    if not found:
        return
    remedies = {"overlap": _("改画其中一个，或先撤销旧网格"), "gap": _("沿邻居的边画，不留空")}
    faults = []
    for one in found[:200]:
        mine = one.two if one.what == "overlap" else one.one
        field = f"grids[{mine - old}].polygon" if mine >= old else "grids"
        home = grids[max(mine - old, 0)].org
        faults.append(Fault(field, words(one, codes), remedies[one.what], href=spot(one, home)))
    raise Conflict(*faults)


def refuse_left(codes: Iterable[str], field: str) -> None:
    """Raise Conflict when buildings stand in grids that are to end. One statement."""
    found = buildings_in(list(codes))
    if found:
        faults = [
            Fault(field, _("%(code)s 还有%(what)s") % {"code": code, "what": what}, _("先把它们归到别的网格"))
            for code, what in sorted(found.items())
        ]
        raise Conflict(*faults[:200])


def buildings_in(codes: list[str]) -> dict[str, str]:
    """Grids in which buildings stand, with their number in words. One statement."""
    rows = Building.objects.filter(grid__in=codes, until__isnull=True).values("grid").annotate(n=Count("id"))
    return {code: _("%(n)d 栋楼") % {"n": n} for code, n in rows.values_list("grid", "n")}
