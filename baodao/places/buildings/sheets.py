"""Compounds and buildings from a sheet and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, Subject
from baodao.kernel.tables.columns import Column, as_day, as_integer, as_text
from baodao.kernel.tables.template import Given, Template, Verdicts, register_template
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import in_office, reach_of
from baodao.orgs.ruling import Faults
from baodao.places import selectors as places
from baodao.places.catalogue.sheets import as_degrees, entry_code, org_code

from . import ruling, selectors
from .models import Building, Compound
from .ruling import MOST_STOREYS, MOST_UNITS, NewBuilding, NewCompound
from .services import record_buildings, record_compounds

_PLACE = re.compile(r"^\w+\[(\d+)\]\.(\w+)$")


def compound_columns(by: Act) -> Sequence[Column]:
    """What a sheet of compounds may bring."""
    return (
        Column("code", _("小区代码"), entry_code, required=True, example="xq-001"),
        Column("name", _("名称"), as_text(80), required=True, example=_("某某小区")),
        Column("org", _("社区、村"), org_code, required=True, hint=_("代码，或不重名的全称")),
        Column("address", _("地址"), as_text(120)),
        Column("team", _("负责组织"), org_code, hint=_("要在本社区、村里")),
        Column("property", _("物业"), org_code, hint=_("先在组织里设立")),
        Column("owners", _("业主委员会"), org_code, hint=_("先在组织里设立")),
        Column("since", _("哪天起"), as_day(), required=True, example=date(2026, 1, 1)),
    )


def building_columns(by: Act) -> Sequence[Column]:
    """What a sheet of buildings may bring."""
    return (
        Column("code", _("楼栋代码"), entry_code, required=True, example="xq-001-1"),
        Column("name", _("名称"), as_text(80), required=True, example=_("1 栋")),
        Column("grid", _("网格编号"), entry_code, hint=_("不写的话，按经纬度找")),
        Column("compound", _("小区代码"), entry_code, hint=_("先导入小区")),
        Column("address", _("地址"), as_text(120)),
        Column("units", _("单元数"), as_integer(1, MOST_UNITS)),
        Column("storeys", _("层数"), as_integer(1, MOST_STOREYS)),
        Column("team", _("负责组织"), org_code, hint=_("要在本社区、村里")),
        Column("lon", _("经度"), as_degrees, hint="WGS-84"),
        Column("lat", _("纬度"), as_degrees, hint="WGS-84"),
        Column("since", _("哪天起"), as_day(), required=True, example=date(2026, 1, 1)),
    )


def judge_compounds(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """New ones are good, those that stand so are known, others are faults."""
    items = [(row.row, NewCompound(**row.values)) for row in rows]
    held = selectors.compounds(one.code for _row, one in items)
    faults = Faults("compounds")
    ruling.examine_compounds(faults, [one for _row, one in items], orgs.forest(), held)
    homes = {one.code: one.org for _row, one in items}
    _judged(by, items, verdicts, faults=faults, held=held, right="compound.record", homes=homes)


def judge_buildings(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """The same; a building without a grid is looked for by its point."""
    items = [(row.row, NewBuilding(**row.values)) for row in rows]
    plan, held = places.plan(), selectors.buildings(one.code for _row, one in items)
    compounds = selectors.compounds(one.compound for _row, one in items if one.compound)
    faults = Faults("buildings")
    ruling.examine_buildings(faults, [one for _row, one in items], plan, held, compounds)
    found = {one.code: ruling.home(one, plan) for _row, one in items}
    items = [
        (row, msgspec.structs.replace(one, grid=ref.code) if (ref := found[one.code]) is not None else one)
        for row, one in items
    ]
    homes = {code: ref.org if ref is not None else "" for code, ref in found.items()}
    _judged(by, items, verdicts, faults=faults, held=held, right="building.record", homes=homes)


def _judged(
    by: Act,
    items: Sequence[tuple[int, Any]],
    verdicts: Verdicts,
    *,
    faults: Faults,
    held: Mapping[str, Sequence[Any]],
    right: str,
    homes: Mapping[str, str],
) -> None:
    wrong: dict[int, list[tuple[str, str, str]]] = {}
    for fault in faults.found:
        if at := _PLACE.match(fault.field):
            wrong.setdefault(int(at[1]), []).append((at[2], fault.reason, fault.remedy))
    may: dict[str, bool] = {}
    for place, (row, one) in enumerate(items):
        home = homes[one.code]
        if home and home not in may:
            may[home] = allowed(by, right, Subject(ref=f"org:{home}", org=home))
        if home and not may[home]:
            verdicts.wrong(row, "code", one.code, _("%(name)s不归您登记") % {"name": orgs.name_of(home)})
        elif place in wrong:
            for field, reason, remedy in wrong[place]:
                verdicts.wrong(row, field, getattr(one, field, "") or "", reason, remedy)
        elif one.code not in held:
            verdicts.good(row, one)
        elif _stands(one, held[one.code][-1]):
            verdicts.known(row)
        else:
            verdicts.wrong(row, "code", one.code, _("已经有了，内容不同"), _("请在它的页面上改"))


def _stands(one: NewBuilding | NewCompound, last: Any) -> bool:
    """Whether the last version says just that; the first day of a version is no news."""
    said = {name: value for name, value in msgspec.structs.asdict(one).items() if name != "since"}
    return last.until is None and all(getattr(last, name) == value for name, value in said.items())


def _listed(by: Act, model: Any) -> Any:
    """Those in force, by code, as whoever is in office reads them: on the pages, through the interface, in a sheet."""
    rows = model.objects.filter(orgs.in_force(orgs.today())).order_by("code")
    return rows if in_office(by) else rows.none()


def compound_rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """Those in force that the actor reads, by code."""
    names = [column.field for column in compound_columns(by)]
    found: Iterable[Mapping[str, Any]] = _listed(by, Compound).values(*names).iterator(chunk_size=2000)
    return found


def building_rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """Those in force that the actor reads, by code."""
    names = [column.field for column in building_columns(by)]
    found: Iterable[Mapping[str, Any]] = _listed(by, Building).values(*names).iterator(chunk_size=2000)
    return found


register_template(
    Template(
        name="compounds",
        title=gettext_lazy("小区"),
        about=gettext_lazy("一行一个小区：在哪个社区、村，谁负责，物业和业主委员会是哪家"),
        order=55,
        columns=compound_columns,
        judge=judge_compounds,
        load=lambda by, items: record_compounds(by, compounds=items),
        rows=compound_rows,
        may_load=lambda by: bool(reach_of(by, "compound.record")),
        may_see=in_office,
        count=lambda by: _listed(by, Compound).count(),
    )
)
register_template(
    Template(
        name="buildings",
        title=gettext_lazy("楼栋"),
        about=gettext_lazy("一行一栋楼：在哪个网格、哪个小区，几个单元，几层"),
        order=60,
        columns=building_columns,
        judge=judge_buildings,
        load=lambda by, items: record_buildings(by, buildings=items),
        rows=building_rows,
        may_load=lambda by: bool(reach_of(by, "building.record")),
        may_see=in_office,
        count=lambda by: _listed(by, Building).count(),
        chunk=1000,
    )
)
