"""An order is packed into gatherings, each is recorded, and when all are over the order ends: the last by the system, which reads
what was recorded (see readers.py)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.models import Slot
from baodao.gather.ruling import NewSlot
from baodao.gather.working import begin, keep
from baodao.gather.working import load as load_slot
from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.jinja import moment
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.models import Fact
from baodao.matters.guards import SYSTEM
from baodao.matters.policies import subject_of
from baodao.matters.services.writing import Loaded, load, queue_facts, queue_rows, take
from baodao.matters.state import State
from baodao.orgs.ruling import UNREADABLE

from . import facts
from .declare import Lists, lists_of, titled
from .models import Offer, Order
from .selectors import heads as heads_of
from .services import met_columns

MOST_HEADS = 100_000


class Packing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an order takes place: from ``starts`` (aware), ``sessions`` times every ``every`` days, ``minutes`` each."""

    number: str
    form: str
    starts: datetime
    minutes: int
    sessions: int = 1
    every: int = 7
    where: str = ""
    place: str = ""
    seats: int | None = None


def takes_part(by: Act, state: State) -> bool:
    """Whether this post ordered it, or is the one that gives it: another lecturer of the same unit is neither."""
    lead = state.lead
    mine = lead is not None and by.post != "" and by.post == (lead.holder or lead.post)
    return mine or by.office == state.caller


def ours(tx: Tx, by: Act, number: str) -> tuple[Loaded, Order]:
    """An order of ours, locked. Raises Missing, Refused."""
    loaded = load(number, lock=True)
    order = Order.objects.filter(number=number).first()
    tx.ask(tx.name, subject_of(loaded.state))
    if order is None:
        raise Missing.of("number", _("没有这一单"), _("请从列表里选"))
    if by.kind != "system" and not takes_part(by, loaded.state):
        raise Refused.of("", _("这一单由点单的社区和接单的讲师排"), _("请由他们办理"))
    return loaded, order


@verb("order.pack")
def pack_order(tx: Tx, by: Act, *, packing: Packing) -> list[str]:
    """Open the gatherings of an accepted order; gives their codes. The lecturer is not in two places at once. Raises Invalid,
    Conflict."""
    loaded, order = ours(tx, by, packing.number)
    state, lists = loaded.state, lists_of(order.org, timezone.localdate(by.noted))
    if state.stage != "accepted" or state.lead is None:
        raise Conflict.of("", _("这一单现在不用排日子"), _("请刷新页面"))
    offer = Offer.objects.filter(code=order.offer).first()
    _judge(packing, lists, offer, by.noted)
    lecturer = state.lead.holder or state.lead.post
    spans = [
        (at, at + timedelta(minutes=packing.minutes))
        for at in (packing.starts + timedelta(days=packing.every * n) for n in range(packing.sessions))
    ]
    _free(lecturer, spans, lists)
    series = f"s-{packing.number.lower()}" if packing.sessions > 1 else ""
    codes = []
    for starts, ends in spans:
        new = NewSlot(
            kind=lists.forms[packing.form].gathering, org=order.org, starts=starts, ends=ends, seats=packing.seats,
            title=offer.title if offer else titled(lists.forms[packing.form], packing.form), where=packing.where,
            place=packing.place, about=f"matter:{packing.number}", series=series, post=lecturer,
        )  # fmt: skip
        codes.append(begin(tx, new).code)
    keep(tx)
    given = {
        "at": packing.starts.isoformat(),
        "sessions": packing.sessions,
        "form": lists.forms[packing.form].title,
    }
    _step(tx, by, loaded, "pack", given)  # fmt: skip
    return codes


def _judge(packing: Packing, lists: Lists, offer: Offer | None, now: datetime) -> None:
    form = lists.forms.get(packing.form)
    if form is None or (offer is not None and not lists.fits(offer.subject, packing.form)):
        raise Invalid.of("form", _("这个题目没有这种形式"), _("请从列出的形式里选"))
    if packing.starts < now - timedelta(days=31):
        raise Invalid.of("at", _("日子过去太久了"), _("一个月以内讲过的可以补排"))
    if not 1 <= packing.sessions <= form.sessions:
        raise Invalid.of("sessions", _("这种形式 1 到 %(most)d 次") % {"most": form.sessions})
    if not 10 <= packing.minutes <= 480:
        raise Invalid.of("minutes", _("一次 10 到 %(most)d 分钟") % {"most": 480})
    if not 1 <= packing.every <= 92:
        raise Invalid.of("every", _("隔 1 到 92 天"))
    if UNREADABLE.search(packing.where):
        raise Invalid.of("where", _("里面有看不见的字符"), _("请删掉后重新输入"))


def _free(lecturer: str, spans: list[tuple[datetime, datetime]], lists: Lists) -> None:
    """Raises Conflict where the lecturer gives something else then. One statement."""
    kinds = [form.gathering for form in lists.forms.values()]
    first, last = min(s for s, _e in spans), max(e for _s, e in spans)
    rows = Slot.objects.filter(kind__in=kinds, starts__lt=last, starts__gt=first - timedelta(days=1))
    taken = list(
        rows.filter(post=lecturer, ends__gt=first).exclude(state="called_off").values_list("starts", "ends")
    )
    for starts, ends in spans:
        if any(begins < ends and over > starts for begins, over in taken):
            when = {"when": moment(starts)}
            raise Conflict.of("at", _("讲师 %(when)s 在别处讲") % when, _("请换个时间"))


def _step(tx: Tx, by: Act, loaded: Loaded, action: str, fields: dict[str, Any]) -> State:
    """What the matter waited for has come: the system's act, in this command."""
    lapses, decision = take(loaded, by, SYSTEM, action, fields=fields)
    queue_facts(tx, loaded.state.subject, [*lapses, *decision.emits])
    queue_rows(tx, loaded, decision.state)
    return decision.state


@verb("order.record")
def record_session(
    tx: Tx, by: Act, *, number: str, slot: str, heads: int, texts: dict[str, str] | None = None
) -> str:
    """One gathering of an order took place and so many came: heads, never who. A second time corrects the first."""
    _loaded, _order = ours(tx, by, number)
    work = load_slot(tx, slot)
    if work.it.about != f"matter:{number}":
        raise Missing.of("slot", _("没有这一场"), _("请从列表里选"))
    if not 0 <= heads <= MOST_HEADS:
        raise Invalid.of("heads", _("人数不对"), _("请填来了多少人"))
    if work.it.starts > by.happened:
        raise Conflict.of("heads", _("这一场还没有开始"), _("讲完再记"))
    work.hold(heads=heads, texts=texts or {})
    keep(tx)
    return slot


@verb("order.call_off")
def call_off_session(tx: Tx, by: Act, *, number: str, slot: str, why: str = "other") -> str:
    """One gathering of an order does not take place; no reason is asked."""
    ours(tx, by, number)
    work = load_slot(tx, slot)
    if work.it.about != f"matter:{number}":
        raise Missing.of("slot", _("没有这一场"), _("请从列表里选"))
    work.call_off(why)
    keep(tx)
    return slot


@verb("order.meet")
def meet(tx: Tx, by: Act, *, number: str) -> bool:
    """The system's: once every gathering of an order is over, the order ends with what came of it; were all called off, days are to be
    set anew. A correction afterwards corrects what came of it. Safe to repeat; gives whether anything changed."""
    tx.ask("order.meet", Subject(ref=f"matter:{number}"))
    order = Order.objects.select_for_update().filter(number=number).first()
    if order is None:
        return False
    slots = list(Slot.objects.filter(about=f"matter:{number}").order_by("starts", "code"))
    held = [slot for slot in slots if slot.state == "held"]
    loaded = load(number, lock=True)
    if not slots or any(slot.state == "open" for slot in slots):
        return False
    if not held:
        if loaded.state.stage != "packed":
            return False
        _step(tx, by, loaded, "undone", {})
        return True
    if loaded.state.stage == "packed":
        _step(tx, by, loaded, "held", {})
    return _tell(tx, by, order, held)


def _tell(tx: Tx, by: Act, order: Order, held: list[Slot]) -> bool:
    offer = Offer.objects.filter(code=order.offer).first()
    day = timezone.localdate(held[0].starts)
    others = Order.objects.filter(offer=order.offer, org=order.org, first=True).exclude(number=order.number)
    data = facts.OrderMet(
        offer=order.offer, subject=offer.subject if offer else "", form=order.form, day=day.isoformat(),
        sessions=len(held), days=(day - offer.since).days if offer else 0, first=not others.exists(),
    )  # fmt: skip
    came = sum(heads_of([slot.code for slot in held]).values())
    fresh = met_columns(data, came)
    if all(getattr(order, name) == value for name, value in fresh.items()):
        return False
    before = None
    if order.held is not None:
        rows = Fact.objects.filter(subject=f"matter:{order.number}", kind="order.met")
        before = rows.order_by("-id").values_list("id", flat=True).first()
    tx.fact(
        data, subject=f"matter:{order.number}", about=f"offer:{order.offer}", org=order.org, level=1, value=came,
        supersedes=before,
    )  # fmt: skip
    kept = {field.attname: getattr(order, field.attname) for field in Order._meta.concrete_fields}
    tx.upsert(Order, ("number",), **{**kept, **fresh})
    return True
