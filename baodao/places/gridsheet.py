"""Grids from a sheet and back: their names and who answers for them; with the border as GeoJSON also new ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Problem
from baodao.kernel.tables.columns import Column, as_day, as_text
from baodao.kernel.tables.template import Given, Template, Verdicts, register_template
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import in_office, reach_of
from baodao.orgs.ruling import Faults

from . import ruling, selectors
from .catalogue.sheets import entry_code, org_code
from .fitting import spot, words
from .models import Grid
from .ruling import ChangeGrid, NewGrid
from .selectors import GridRef, Plan
from .services import change_grids, draw_grids
from .shapes import read_shape, write_shape

_PLACE = re.compile(r"^grids\[(\d+)\]\.(\w+)$")


def columns(by: Act) -> Sequence[Column]:
    """What a sheet of grids may bring. A cell holds 32,767 signs: larger borders come as GeoJSON."""
    return (
        Column("code", _("网格编号"), entry_code, required=True, example="500102001001-01"),
        Column("name", _("名称"), as_text(80), required=True, example=_("第一网格")),
        Column("org", _("社区、村"), org_code, required=True, hint=_("代码，或不重名的全称")),
        Column("team", _("负责组织"), org_code, hint=_("要在本社区、村里")),
        Column("since", _("哪天起"), as_day(), required=True, example=date(2026, 1, 1)),
        Column("polygon", _("边界"), as_text(32_767), hint=_("GeoJSON，WGS-84；已经划定的网格不用写")),
    )


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """A grid that is there may be told who answers for it; a new one needs its border and must fit."""
    plan, fresh = selectors.plan(), list[tuple[int, NewGrid]]()
    seen = set[str]()
    for row in rows:
        given = NewGrid(**{"polygon": "", **row.values})
        right = "grid.change" if given.code in plan.by_code else "grid.draw"
        if given.code in seen:
            verdicts.wrong(row.row, "code", given.code, _("写了两次"))
        elif not allowed(by, right, Subject(ref=f"org:{given.org}", org=given.org)):
            verdicts.wrong(
                row.row, "org", given.org, _("%(name)s不归您登记") % {"name": orgs.name_of(given.org)}
            )
        elif given.code in plan.by_code:
            _known(row.row, given, plan.grids[plan.by_code[given.code]], plan, verdicts)
        else:
            fresh.append((row.row, given))
        seen.add(given.code)
    _new(fresh, plan, verdicts)


def _known(row: int, given: NewGrid, ref: GridRef, plan: Plan, verdicts: Verdicts) -> None:
    other = (given.name, given.org, given.since) != (ref.name, ref.org, ref.since)
    if other or not _same_border(given, plan) or (ref.team and given.team != ref.team):
        verdicts.wrong(row, "code", given.code, _("已经有了，内容不同"), _("请在它的页面上改"))
        return
    if given.team == ref.team:
        verdicts.known(row)
        return
    faults = Faults("grids")
    ruling.check_team(faults, 0, given.team, ref.org, orgs.today())
    for fault in faults.found:
        verdicts.wrong(row, "team", given.team, fault.reason, fault.remedy)
    if not faults.found:
        verdicts.good(row, given)


def _same_border(given: NewGrid, plan: Plan) -> bool:
    if not given.polygon:
        return True
    try:
        text = write_shape(read_shape(given.polygon))
    except Problem:
        return False
    return text == write_shape(plan.shapes[plan.by_code[given.code]])


def _new(fresh: Sequence[tuple[int, NewGrid]], plan: Plan, verdicts: Verdicts) -> None:
    grids, faults = [grid for _row, grid in fresh], Faults("grids")
    shapes = ruling.examine_grids(faults, grids, plan)
    for fault in faults.found:
        if at := _PLACE.match(fault.field):
            row, grid = fresh[int(at[1])]
            verdicts.wrong(
                row,
                at[2],
                getattr(grid, at[2])[:40] if at[2] != "since" else "",
                fault.reason,
                fault.remedy,
                href=fault.href,
            )
    if faults.found or not grids:
        return
    try:
        found, codes, _shapes, old = ruling.misfits(grids, shapes, plan, {}, "")
    except Problem as problem:
        verdicts.wrong(fresh[0][0], "polygon", "", problem.faults[0].reason, problem.faults[0].remedy)
        return
    for one in found:
        mine = one.two if one.what == "overlap" else one.one
        row, grid = fresh[max(mine - old, 0)]
        verdicts.wrong(
            row,
            "polygon",
            "",
            words(one, codes),
            _("网格要拼得拢：改好以前，这份表里的新网格都不收"),
            href=spot(one, grid.org),
        )
    if not found:
        for row, grid in fresh:
            verdicts.good(row, grid)


def load(by: Act, items: list[NewGrid]) -> object:
    """New ones are drawn together; those that are there are told who answers for them."""
    plan = selectors.plan()
    fresh = [one for one in items if one.code not in plan.by_code]
    known = [ChangeGrid(one.code, one.name, one.team) for one in items if one.code in plan.by_code]
    if fresh:
        draw_grids(by, grids=fresh)
    if known:
        change_grids(replace(by, command=f"{by.command}:teams"), grids=known)
    return len(items)


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """Those in force, as whoever is in office reads them, by code; a border too long for a cell is left out."""
    names = [column.field for column in columns(by)]
    held = Grid.objects.filter(orgs.in_force(orgs.today())).order_by("code").values(*names)
    for row in held.iterator(chunk_size=500) if in_office(by) else ():
        yield row | {"polygon": row["polygon"] if len(row["polygon"]) <= 32_767 else ""}


register_template(
    Template(
        name="grids",
        title=gettext_lazy("网格"),
        about=gettext_lazy(
            "一行一个网格：名称、社区、谁负责；边界另用 GeoJSON 导入，也可以写在表里。新网格一起收：有一行错，新网格都不收"
        ),
        order=50,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: bool(reach_of(by, "grid.draw")),
        may_see=in_office,
        count=lambda by: Grid.objects.filter(orgs.in_force(orgs.today())).count() if in_office(by) else 0,
        # Grids must fit together: they come in one command.
        chunk=2000,
    )
)
