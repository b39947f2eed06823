"""The catalogue of devices from a sheet and back (Y11: 1,275 cameras and 184 sensors)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.tables.columns import Column, as_day, as_text
from baodao.kernel.tables.template import Given, Template, Verdicts, choice, register_template
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.places.catalogue.sheets import as_degrees, entry_code, judged, org_code

from . import selectors
from .declare import DeviceKind, DevicePurpose
from .models import Device
from .selectors import Wish, titled
from .services import CATALOGUE, NewDevice, examine, of_org, register_devices, same
from .words import SIGNS, STATES


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring: nothing that shows or names anybody. Kinds are those of the installation's district."""
    kinds, purposes = _lists()
    return (
        Column(
            "code", _("编号"), entry_code, hint=_("权属单位自己的编号，不写就自动编号"), example="cam-0001"
        ),
        Column("org", _("权属单位代码"), org_code, required=True, hint=_("组织页上的代码")),
        choice("kind", _("类别"), kinds, required=True, example=next(iter(kinds), "")),
        choice("purpose", _("用途"), purposes, required=True, example=next(iter(purposes), "")),
        Column("name", _("名称"), as_text(80), required=True, example=_("东门口")),
        Column("address", _("安装位置"), as_text(200), example=_("某某路 8 号东门口")),
        choice("sign", _("提示标识"), _words(SIGNS), hint=_("个人信息保护法第二十六条"), example="posted"),
        choice("state", _("状态"), _words(STATES), example="working"),
        Column("basis", _("依据"), as_text(200)),
        Column("keeper", _("联系岗位代码"), as_text(48), hint=_("写岗位，不写人；组织页上能看到代码")),
        Column("lon", _("经度"), as_degrees, hint="WGS-84"),
        Column("lat", _("纬度"), as_degrees, hint="WGS-84"),
        Column("since", _("启用日期"), as_day(), required=True, example=date(2026, 1, 1)),
    )


def _words(words: Mapping[str, Any]) -> dict[str, str]:
    return {code: str(word) for code, word in words.items()}


def _lists() -> tuple[dict[str, str], dict[str, str]]:
    try:
        pack = get_pack(orgs.home_pack())
    except BadPack:
        return {}, {}
    kinds = {code: titled(kind, code) for code, kind in pack.many(DeviceKind).items()}
    return kinds, {code: titled(one, code) for code, one in pack.many(DevicePurpose).items()}


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """New ones are good, told-as-known ones are the same, others are faults."""
    items = [(row.row, NewDevice(**row.values)) for row in rows]
    judged(
        by, items, verdicts, CATALOGUE,
        check=examine, same=same, right="device.register", of_org=of_org,
    )  # fmt: skip


def load(by: Act, items: list[NewDevice]) -> object:
    """One command."""
    return register_devices(by, devices=items)


def cells(row: Device) -> Mapping[str, Any]:
    """One device by column."""
    names = (
        "code",
        "kind",
        "purpose",
        "name",
        "address",
        "sign",
        "state",
        "basis",
        "keeper",
        "lon",
        "lat",
        "since",
    )
    return {name: getattr(row, name) for name in names} | {"org": str(row.org_id)}


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """All that hang and that the actor may see, by code."""
    found = selectors.narrowed(by, Wish(), orgs.today()).order_by("code")
    return (cells(row) for row in found.iterator(chunk_size=2000))


register_template(
    Template(
        name="devices",
        title=gettext_lazy("监控和感知设备"),
        about=gettext_lazy("一行一台：在哪里、谁的、做什么用、有没有提示标识；不写画面、账号、密码和任何人"),
        order=90,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: bool(reach_of(by, "device.register")),
        may_see=lambda by: bool(reach_of(by, selectors.READ)),
        count=lambda by: selectors.narrowed(by, Wish(), orgs.today()).count(),
    )
)
