"""Every write to the catalogue of devices. Verbs take lists; a page passes a list of one."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Conflict
from baodao.kernel.verbs import Tx, verb
from baodao.orgs.ruling import Faults
from baodao.places.catalogue.caches import keep
from baodao.places.catalogue.folding import Catalogue, Told, told_of
from baodao.places.catalogue.ruling import (
    check_codes,
    check_entry,
    degrees,
    grid_of,
    millionths,
    numbered,
    posts_named,
)

from . import facts
from .models import SIGNS, STATES, Device
from .selectors import kinds_of

State = Literal["working", "broken", "muted", "removed"]
#: A stream's address, or somebody's key to it, has no place in a catalogue.
_STREAM = re.compile(r"(?i)\b(rtsp|rtmp|https?|onvif|gb28181)\s*[:：]/?/?|密码|口令|password")  # data


class NewDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device as its owner tells it, whole: ``code`` "" takes the next number; ``basis`` is what allows it."""

    org: str
    kind: str
    purpose: str
    name: str
    since: date
    code: str = ""
    sign: str = "missing"
    state: str = "working"
    address: str = ""
    basis: str = ""
    keeper: str = ""
    lon: float | None = None
    lat: float | None = None


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In which state a device is from now on."""

    code: str
    state: State


@verb("device.register")
def register_devices(tx: Tx, by: Act, *, devices: list[NewDevice]) -> list[str]:
    """Devices that are not known yet; gives their codes. Raises Invalid with the place of each fault."""
    _ask(tx, "device.register", {one.org for one in devices})
    named = [one.code for one in devices]
    taken = set(
        Device.objects.filter(code__in=[code for code in named if code]).values_list("code", flat=True)
    )
    _check(devices, taken, known=False)
    codes = numbered(tx, "device", "dv", named, Device)
    for code, one in zip(codes, devices, strict=True):
        _tell(tx, code, one, facts.Registered, by.origin)
    return codes


@verb("device.change")
def change_devices(tx: Tx, by: Act, *, devices: list[NewDevice]) -> list[str]:
    """Tell known devices anew, whole; one that is told as it is already leaves no fact. Gives the codes changed."""
    held = {d.code: d for d in Device.objects.filter(code__in=[one.code for one in devices])}
    _ask(tx, "device.change", {one.org for one in devices} | {str(row.org_id) for row in held.values()})
    _check(devices, set(held), known=True)
    told = told_of(CATALOGUE, held)
    changed = []
    for one in devices:
        if not same(one, told[one.code]):
            _tell(tx, one.code, one, facts.Changed, told[one.code].origin)
            changed.append(one.code)
    return changed


@verb("device.mark")
def mark_devices(tx: Tx, by: Act, *, marks: list[Mark]) -> list[str]:
    """It works again, is broken, muted for all, or was taken down. Conflict when it is so already."""
    held = {d.code: d for d in Device.objects.filter(code__in=[mark.code for mark in marks])}
    _ask(tx, "device.mark", {str(row.org_id) for row in held.values()})
    faults = Faults("marks")
    for place, mark in enumerate(marks):
        row = held.get(mark.code)
        if row is None:
            faults.add(place, "code", _("没有这个设备"))
        elif row.state == mark.state:
            raise Conflict.of("state", _("%(name)s 已经是这个状态") % {"name": row.name}, _("请刷新页面"))
        if [one.code for one in marks].count(mark.code) > 1:
            faults.add(place, "code", _("写了两次"))
    faults.close()
    told = told_of(CATALOGUE, held)
    for mark in marks:
        row, one = held[mark.code], told[mark.code]
        one.state = mark.state
        tx.fact(
            facts.Marked(state=mark.state),
            subject=CATALOGUE.subject(mark.code), org=str(row.org_id), place=row.grid, level=1,
        )  # fmt: skip
        CATALOGUE.put(tx, mark.code, one)
    return sorted(held)


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def of_org(code: str, org: str) -> Subject:
    """What a right on devices of an organization is asked about."""
    return Subject(ref=f"device:{code}" if code else f"org:{org}", org=org, level=1)


def _ask(tx: Tx, right: str, reached: set[str]) -> None:
    for org in sorted(reached) or [""]:
        tx.ask(right, of_org("", org))


def examine(faults: Faults, devices: Sequence[NewDevice]) -> None:
    """All that can be wrong with what is told, whatever is known already. At most one statement."""
    posts = posts_named([one.keeper for one in devices])
    for place, one in enumerate(devices):
        kinds, purposes = kinds_of(one.org, one.since)
        check_entry(faults, place, one, kinds, posts)
        faults.text(place, "basis", one.basis, 0, 200)
        if one.purpose not in purposes:
            titles = "、".join(purpose.title for purpose in purposes.values())
            faults.add(place, "purpose", _("没有叫 %(name)s 的用途") % {"name": one.purpose}, titles)
        if one.state not in STATES:
            faults.add(place, "state", _("没有这个状态"), suggest(one.state, STATES)[1])
        _check_sign(faults, place, one, kinds.get(one.kind))
        for field in ("name", "address", "basis"):
            if _STREAM.search(getattr(one, field)):
                faults.add(
                    place, field, _("目录里不写视频流地址和密码"), _("请删掉，只写在哪里、谁的、做什么用")
                )


def _check(devices: Sequence[NewDevice], codes: set[str], *, known: bool) -> None:
    faults = Faults("devices")
    examine(faults, devices)
    check_codes(faults, [one.code for one in devices], codes, known=known)
    faults.close()


def _check_sign(faults: Faults, place: int, one: NewDevice, kind: Any) -> None:
    if one.sign not in SIGNS:
        faults.add(place, "sign", _("提示标识写“有”、“没有”或“不需要”"))
    elif one.sign == "not_needed" and kind is not None and kind.pictures:
        faults.add(
            place,
            "sign",
            _("拍得到人的设备必须有显著的提示标识"),
            _("个人信息保护法第二十六条：写“有”或“没有”"),
        )


def _telling(one: NewDevice) -> tuple[dict[str, Any], dict[str, str]]:
    """Codes for the fact, texts for its content."""
    data = {
        "org": one.org, "kind": one.kind, "purpose": one.purpose, "sign": one.sign, "state": one.state,
        "since": one.since.isoformat(), "keeper": one.keeper,
        "lon": millionths(one.lon), "lat": millionths(one.lat),
    }  # fmt: skip
    slots = {"name": one.name, "address": one.address, "basis": one.basis}
    return data, {slot: text.strip() for slot, text in slots.items() if text.strip()}


def same(one: NewDevice, told: Told) -> bool:
    """Whether it is told as it is already."""
    data, texts = _telling(one)
    held = {name: getattr(told.data, name) for name in told.data.__struct_fields__} | {"state": told.state}
    return texts == dict(told.texts) and data == held


def _tell(tx: Tx, code: str, one: NewDevice, struct: Any, origin: str) -> None:
    data, texts = _telling(one)
    place, fact = grid_of(one.lon, one.lat), struct(**data)
    tx.fact(fact, subject=CATALOGUE.subject(code), org=one.org, place=place, level=1, texts=texts)
    CATALOGUE.put(tx, code, Told(fact, texts, place, origin, "", one.state))


def _columns(code: str, told: Told) -> dict[str, Any]:
    data, texts = told.data, told.texts
    return {
        "code": code, "org_id": data.org, "kind": data.kind, "purpose": data.purpose, "sign": data.sign,
        "state": told.state, "name": texts.get("name", ""), "address": texts.get("address", ""),
        "basis": texts.get("basis", ""), "keeper": data.keeper, "lon": degrees(data.lon),
        "lat": degrees(data.lat), "grid": told.place, "level": 1, "origin": told.origin,
        "since": date.fromisoformat(data.since),
    }  # fmt: skip


CATALOGUE = keep(Catalogue("device", Device, (facts.Registered, facts.Changed), _columns))

__all__ = [
    "CATALOGUE",
    "Mark",
    "NewDevice",
    "change_devices",
    "examine",
    "mark_devices",
    "of_org",
    "register_devices",
    "same",
]
