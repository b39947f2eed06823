"""What was served: she says so, the community says yes or otherwise, and rates the service, never her."""

from __future__ import annotations

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.rating import rate_event
from baodao.gather.service.fold import Member
from baodao.gather.service.selectors import members, of_community, of_self, of_servers, own, rules
from baodao.gather.working import Working, keep, load, load_all
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, lock, verb
from baodao.ledger.models import Fact

from .writing import LOCK, day_of, facts, tell_fact


class Confirm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The community's word on one time of service; ``minutes`` 0: as she said. ``yes = False`` asks a ``reply``."""

    slot: str
    token: str
    yes: bool
    minutes: int = 0
    reply: str = ""


@verb("service.tell")
def tell(tx: Tx, by: Act, *, slot: str, minutes: int, text: str) -> str:
    """She says that she served, for how long and what was done. Again until the community has confirmed."""
    tx.ask("service.own", of_self(by))
    lock(LOCK)
    token, member = own(by.person)
    work = load(tx, slot)
    row = work.seat(token) if token else None
    if row is None or row.state != "seat":
        raise Conflict.of("slot", _("您没有认领这个岗"), _("去过却没有认领的，请社区把您补到名单上"))
    if work.it.starts > by.noted:
        raise Conflict.of("slot", _("还没有开始"), _("做完以后再记"))
    most = int((work.it.ends - work.it.starts).total_seconds() // 60)
    if not 1 <= minutes <= most:
        raise Invalid.of("minutes", _("要在 1 到 %(most)d 分钟之间") % {"most": most})
    if not 2 <= len(text.strip()) <= 300:
        raise Invalid.of("text", _("请用 2 到 300 个字说做了什么"))
    if find_private(text):
        raise Invalid.of("text", _("里面有电话或证件号码"), _("请删掉，也不要写居民的名字"))
    held = member.records.get(slot)
    if held is not None and held.state == "confirmed":
        raise Conflict.of("slot", _("社区已经确认"), _("不对的话请提异议"))
    day = timezone.localdate(work.it.starts).isoformat()
    data = facts.Told(kind=work.it.kind, day=day)
    tell_fact(
        tx,
        token,
        member,
        data,
        org=work.it.org,
        about=f"gather:{slot}",
        value=minutes,
        texts={"text": text.strip()},
    )
    keep(tx)
    return slot


@verb("service.confirm")
def confirm(tx: Tx, by: Act, *, confirms: list[Confirm]) -> list[str]:
    """A community's word on times of service: yes, with the minutes that are credited once for the same clock time, or otherwise
    with a reply. Said again it corrects. Nobody confirms her own service."""
    lock(LOCK)
    works = load_all(tx, {one.slot for one in confirms})
    for org in sorted({work.it.org for work in works.values()}) or [""]:
        tx.ask("service.confirm", of_servers(org))
    mine = own(by.person)[0] if by.person else ""
    held = members({one.token for one in confirms})
    for one in confirms:
        if one.token == mine:
            raise Conflict.of("token", _("自己的服务由别人确认"), _("请社区另一个岗位确认"))
        _confirm(tx, works[one.slot], one, held[one.token])
    keep(tx)
    return [one.slot for one in confirms]


def _confirm(tx: Tx, work: Working, one: Confirm, member: Member) -> None:
    record = member.records.get(one.slot)
    row = work.seat(one.token)
    if record is None or row is None:
        raise Conflict.of("token", _("本人还没有说服务过"), _("请等本人先记"))
    if not one.yes and not 2 <= len(one.reply.strip()) <= 300:
        raise Invalid.of("reply", _("说不是这样，要写明怎么回事，本人看得到"), _("2 到 300 个字"))
    if find_private(one.reply):
        raise Invalid.of("reply", _("里面有电话或证件号码"), _("请删掉"))
    wanted = one.minutes or record.told
    work.attend_all(
        [(one.token, "present" if one.yes else "absent")], "list", {one.token: wanted if one.yes else 0}
    )
    minutes = work.it.rows[one.token].minutes if one.yes else 0
    data = facts.Confirmed(kind=record.kind, day=record.day.isoformat(), yes=one.yes)
    about = f"gather:{one.slot}"
    tell_fact(
        tx, one.token, member, data, org=work.it.org, about=about, value=minutes,
        texts={"reply": one.reply.strip()} if one.reply.strip() else {}, supersedes=_before(one.token, about),
    )  # fmt: skip


def _before(token: str, about: str) -> int | None:
    rows = Fact.objects.filter(subject=f"service:{token}", kind="service.confirmed", about=about)
    found: int | None = rows.order_by("-id").values_list("id", flat=True).first()
    return found


@verb("service.rate")
def rate(tx: Tx, by: Act, *, slot: str, stars: int, text: str = "") -> int:
    """The community rates the service of an opening that is over (工作评价): the work of all who came, never a person. Once."""
    work = load(tx, slot)
    tx.ask("service.confirm", of_community(work.it.org))
    found = rules(work.it.org, day_of(by))
    if found is None or work.it.kind not in found.opening:
        raise Conflict.of("slot", _("这不是服务岗"), _("请从列表里选"))
    rate_event(work, "convener", stars, text=text)
    keep(tx)
    return stars
