"""Facilities from a sheet and back."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.tables.columns import Column, as_day, as_text
from baodao.kernel.tables.template import Given, Template, Verdicts, choice, register_template
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.places.catalogue.sheets import as_degrees, entry_code, functions_typed, judged, org_code

from . import selectors
from .models import Facility
from .selectors import Wish, home_kinds, titled
from .services import CATALOGUE, NewFacility, examine, of_org, register_facilities, same


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring. Kinds are those of the installation's district."""
    kinds, functions = home_kinds()
    example = next(iter(kinds), "")
    known = "、".join(titled(one, code) for code, one in functions.items())
    return (
        Column("code", _("编号"), entry_code, hint=_("不写就自动编号"), example="fa-hall-1"),
        Column("org", _("所属单位代码"), org_code, required=True, hint=_("组织页上的代码")),
        choice(
            "kind", _("类别"), {c: titled(k, c) for c, k in kinds.items()}, required=True, example=example
        ),
        Column("name", _("名称"), as_text(80), required=True, example=_("某某社区党群服务中心")),
        Column("name_en", _("英文名称"), as_text(120)),
        Column("address", _("地址"), as_text(200)),
        Column(
            "functions", _("功能"), as_text(400), hint=_("几个就用顿号隔开：%(known)s") % {"known": known}
        ),
        Column(
            "hours", _("开放时间"), as_text(300), example=_("工作日 09:00-12:00 14:00-18:00；节假日 不开")
        ),
        Column("phone", _("电话"), as_text(40)),
        Column("keeper", _("负责岗位代码"), as_text(48), hint=_("写岗位，不写人；组织页上能看到代码")),
        Column("lon", _("经度"), as_degrees, hint="WGS-84"),
        Column("lat", _("纬度"), as_degrees, hint="WGS-84"),
        Column("since", _("启用日期"), as_day(), required=True, example=date(2026, 1, 1)),
    )


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """New ones are good, told-as-known ones are the same, others are faults."""
    _kinds, functions = home_kinds()
    items: list[tuple[int, NewFacility]] = []
    for row in rows:
        try:
            chosen = functions_typed(row.text("functions"), {c: titled(f, c) for c, f in functions.items()})
        except Invalid as wrong:
            fault = wrong.faults[0]
            verdicts.wrong(row.row, "functions", row.text("functions"), fault.reason, fault.remedy)
            continue
        items.append((row.row, NewFacility(**row.values | {"functions": chosen})))
    judged(
        by, items, verdicts, CATALOGUE,
        check=examine, same=same, right="facility.register", of_org=of_org,
    )  # fmt: skip


def load(by: Act, items: list[NewFacility]) -> object:
    """One command."""
    return register_facilities(by, facilities=items)


def cells(row: Facility) -> Mapping[str, Any]:
    """One facility by column."""
    day = orgs.today()
    _kinds, functions = selectors.kinds_of(str(row.org_id), day)
    chosen = [titled(functions.get(name), name) for name in row.functions.split(",") if name]
    return {
        "code": row.code, "org": str(row.org_id), "kind": row.kind, "name": row.name, "name_en": row.name_en,
        "address": row.address, "functions": "、".join(chosen), "hours": row.hours, "phone": row.phone,
        "keeper": row.keeper, "lon": row.lon, "lat": row.lat, "since": row.since,
    }  # fmt: skip


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """All in use that the actor may see, by code."""
    found = selectors.narrowed(by, Wish(), orgs.today()).order_by("code")
    return (cells(row) for row in found.iterator(chunk_size=2000))


register_template(
    Template(
        name="facilities",
        title=gettext_lazy("阵地和设施"),
        about=gettext_lazy("一行一处：哪个单位的、能做什么、什么时候开、哪个岗位负责"),
        order=80,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: bool(reach_of(by, "facility.register")),
        may_see=lambda by: bool(reach_of(by, selectors.READ)),
        count=lambda by: selectors.narrowed(by, Wish(), orgs.today()).count(),
    )
)
