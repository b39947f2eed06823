"""Joint checks: several departments, one visit, one record; the place rates it by the code on its paper."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather import facts as gather_facts
from baodao.gather import working
from baodao.gather.models import Slot
from baodao.gather.ruling import NewSlot, utc
from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Fault, Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.orgs import selectors as orgs
from baodao.people.services.identity import queue_token

from . import facts, selectors
from .models import Check, CheckUnit, Find
from .rows import check_row
from .services import Finding, matter_of

KIND = "joint_check"
#: Letters and digits that are not mistaken for one another.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH, UNITS = 10, 20


class NewCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A joint check to be: of which place (its name, address, grid), when, with which other departments."""

    org: str
    title: str
    address: str
    starts: datetime
    hours: int = 2
    place: str = ""
    with_orgs: tuple[str, ...] = ()


@verb("check.open")
def open_check(tx: Tx, by: Act, *, new: NewCheck) -> str:
    """One visit for all: raises Conflict when the same place is checked on that day already, which then is to be joined. Gives the slot."""
    tx.ask("check.open", selectors.of_org(new.org, "check:new"))
    _judge(new)
    day = timezone.localdate(new.starts)
    held = selectors.same_day(new.org, new.title, new.address, day)
    if held is not None:
        raise Conflict.of(
            "title", _("这个地方这一天已经有一次联合检查"), _("请加入那一次，不要再跑一趟"), slot=held.slot
        )
    starts = utc(new.starts)
    work = working.begin(
        tx,
        NewSlot(
            kind=KIND, org=new.org, starts=starts, ends=starts + timedelta(hours=new.hours), title=new.title.strip(),
            where=new.address.strip(), seats=0,
        ),
    )  # fmt: skip
    work.join(queue_token(tx, by.person, selectors.DOMAIN), "seat", "self")
    units = tuple(sorted({new.org, *new.with_orgs}))
    seal = seal_of(code_for_paper(work.code))
    data = facts.Opened(orgs=units, seal=seal, day=day.isoformat())
    texts = {"title": new.title.strip(), "address": new.address.strip()}
    tx.fact(
        data,
        subject=f"check:{work.code}",
        org=new.org,
        place=new.place,
        level=1,
        texts={k: v for k, v in texts.items() if v},
    )
    tx.insert(Check, **check_row(work.code, new.org, data, texts, place=new.place, origin=by.origin))
    for org in units:
        tx.insert(CheckUnit, visit_id=work.code, org_id=org)
    working.keep(tx)
    return work.code


def _judge(new: NewCheck) -> None:
    found, trees = [], orgs.forest()
    if not 1 <= len(new.title.strip()) <= 100:
        found.append(Fault("title", _("请写被查的是哪个地方"), _("写单位、店铺或工地的名称，不写人名")))
    if len(new.address) > 200:
        found.append(Fault("address", _("地址太长"), _("请写短一些")))
    if not 1 <= new.hours <= 12:
        found.append(Fault("hours", _("一次最多 12 小时"), ""))
    if len(new.with_orgs) > UNITS or any(org not in trees for org in new.with_orgs):
        found.append(Fault("with_orgs", _("没有这个单位，或者单位太多"), _("请从列表里选")))
    if found:
        raise Invalid(*found)


@verb("check.join")
def join_check(tx: Tx, by: Act, *, slot: str, org: str) -> str:
    """``org`` comes along in place of a visit of its own; I am there for it. Raises Conflict."""
    tx.ask("check.open", selectors.of_org(org, f"check:{slot}"))
    row = Check.objects.filter(slot=slot).first()
    work = working.load(tx, slot)
    if row is None or work.it.state != "open":
        raise Conflict.of("slot", _("这次检查已经结束"), _("请看记录"))
    if not CheckUnit.objects.filter(visit=slot, org=org).exists():
        tx.fact(facts.Joined(), subject=f"check:{slot}", org=org, level=1)
        tx.insert(CheckUnit, visit_id=slot, org_id=org)
    work.join(queue_token(tx, by.person, selectors.DOMAIN), "seat", "self")
    working.keep(tx)
    return slot


@verb("check.record")
def record_check(
    tx: Tx, by: Act, *, slot: str, came: list[str], minutes: str, findings: Sequence[Finding] = ()
) -> list[str]:
    """The one record of the visit: which departments came, what was seen, each find a matter. Gives the matters' numbers."""
    row = Check.objects.filter(slot=slot).first()
    units = selectors.units([slot]).get(slot, [])
    tx.ask("check.record", selectors.of_check(row, units) if row else Subject(ref=f"check:{slot}", level=1))
    if row is None:
        raise Missing.of("slot", _("没有这次检查"), _("请从列表里选"))
    work = working.load(tx, slot)
    if work.it.state != "open":
        raise Conflict.of("slot", _("这次检查已经有记录"), _("一次上门只记一次"))
    if by.happened < work.it.starts:
        raise Conflict.of("slot", _("还没有开始，不能记"), _("请上门以后再记"))
    if not came or set(came) - set(units):
        raise Invalid.of("came", _("请勾选到场的单位"), _("只能选说好一起去的单位"))
    if not 2 <= len(minutes.strip()) <= 4000:
        raise Invalid.of("minutes", _("请写看了什么、说了什么（2 到 4000 字）"), _("写事情，不写人"))
    org, numbers = str(row.org_id), []
    for n, finding in enumerate(findings, 1):
        where = (row.place, "", row.address or row.title)
        with named(n):
            number = matter_of(tx, by, finding, org=org, gathering=KIND, where=where)
        tx.fact(facts.CheckFound(), subject=f"check:{slot}", about=f"matter:{number}", org=org, level=1)
        tx.insert(Find, number=number, slot=slot, n=0)
        numbers.append(number)
    seats = [token for token, one in work.all().items() if one.state == "seat"]
    work.attend_all([(token, "present") for token in seats], "record")
    work.hold(with_orgs=tuple(sorted(set(came))), texts={"minutes": minutes.strip()})
    working.keep(tx)
    return numbers


@contextmanager
def named(n: int) -> Iterator[None]:
    """Faults of the n-th find name its own fields ("text-2"); the tick about pictures is one for all."""
    try:
        yield
    except Invalid as caught:
        told = [
            Fault(
                f"{one.field}-{n}" if n > 1 and one.field != "of_place" else one.field, one.reason, one.remedy
            )
            for one in caught.faults
        ]
        raise Invalid(*told) from None


@verb("check.rate")
def rate_check(tx: Tx, by: Act, *, code: str, stars: int) -> None:
    """The place says how the visit was, 1 to 5, once, by the code on its paper; shown as counts from ten on, to nobody singly."""
    tx.ask("check.rate", Subject(ref="check:rate", level=0))
    if not 1 <= stars <= 5:
        raise Invalid.of("stars", _("一到五颗星"), "")
    row = Check.objects.select_for_update().filter(seal=seal_of(code)).first()
    state = (
        Slot.objects.filter(code=row.slot).values_list("state", flat=True).first() if row is not None else ""
    )
    if row is None or state != "held":
        raise Missing.of("code", _("没有这个评价码，或者检查还没有记完"), _("请核对纸上的码"))
    if row.rated:
        raise Conflict.of("code", _("这个码已经用过"), _("一次检查评价一次"))
    work = working.load(tx, row.slot)
    work.tell(gather_facts.Rated(side="place"), value=stars, level=3)
    tx.fact(facts.Rated(), subject=f"check:{row.slot}", org=str(row.org_id), level=1)
    columns = {field.attname: getattr(row, field.attname) for field in Check._meta.concrete_fields}
    tx.upsert(Check, ("slot",), **(columns | {"rated": True}))
    working.keep(tx)


# ── the code of the place ───────────────────────────────────────────────────────────────────────────────


def code_for_paper(slot: str) -> str:
    """The code printed for the place: made from the installation's key, so that it is stored nowhere."""
    found = hmac.digest(settings.SECRET_KEY.encode(), f"check:{slot}".encode(), hashlib.sha256)
    return "".join(_SIGNS[byte % len(_SIGNS)] for byte in found[:LENGTH])


def seal_of(code: str) -> str:
    """What is stored of a code."""
    clean = "".join(sign for sign in code.upper() if sign in _SIGNS)
    return hashlib.sha256(f"check-code:{clean}".encode()).hexdigest()
