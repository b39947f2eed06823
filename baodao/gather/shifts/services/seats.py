"""Seats of shifts: asking people, their answers, leaving, standing in. A person confirms everything; every way in keeps her limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.utils.translation import gettext as _

from baodao.gather import working
from baodao.gather.shifts import facts, selectors, telling
from baodao.gather.shifts.declare import Kind
from baodao.gather.shifts.limits import Duty, broken
from baodao.gather.shifts.models import CallOut, StandIn, Willing
from baodao.gather.shifts.rules import around, kind_of, rule_of
from baodao.gather.working import Working
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.models import Fact
from baodao.ledger.selectors import fact_rows

#: So many shifts one may leave late without a reason in one call-out.
REFUSALS = 1


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person to be asked for a shift."""

    slot: str
    token: str


@verb("callout.invite")
def invite_to_shifts(tx: Tx, by: Act, *, invites: list[Invite]) -> int:
    """Ask people for shifts, as suggested or otherwise; each answers herself. Raises Invalid naming each row that cannot be."""
    works = working.load_all(tx, {one.slot for one in invites}) if invites else {}
    for org in sorted({work.it.org for work in works.values()}) or [""]:
        tx.ask("callout.fill", selectors.of_area(org))
    kinds = {}
    for work in works.values():
        kinds[work.code] = kind_of(_call_of(work))
        work.must_be_open()
    found = []
    people = {one.token: one for one in selectors.willing({one.token for one in invites})}
    duties = selectors.duties(people, *_span(works.values())) if works else {}
    for at, one in enumerate(invites):
        work = works[one.slot]
        why = _unfit(work, kinds[one.slot], people.get(one.token), duties.get(one.token, []))
        if why:
            found.append(Fault(f"invites[{at}]", why, _("请换一位，或刷新建议")))
            continue
        work.join(one.token, "invited", "invited")
        duties[one.token] = [*duties[one.token], Duty(work.it.starts, work.it.ends, True)]
    if found:
        raise Invalid(*found)
    working.keep(tx)
    return len(invites)


@verb("callout.answer")
def answer_call(tx: Tx, by: Act, *, slot: str, yes: bool) -> str:
    """Answer an invitation. "No" needs no reason and is not counted. Raises Conflict. Gives the state."""
    tx.ask("willing.own", selectors.own_subject(by))
    work, token = _mine(tx, by, slot)
    row = work.seat(token)
    if row is None or row.state != "invited":
        raise Conflict.of("slot", _("没有等您答复的邀请"), _("请刷新页面"))
    if yes:
        _must_fit(work, token)
        work.join(token, "seat", "invited")
    else:
        work.leave(token, side="person", why="declined")
    working.keep(tx)
    return "seat" if yes else "left"


@verb("callout.leave")
def leave_shift(tx: Tx, by: Act, *, slot: str) -> str:
    """Give a shift back. Early: freely. Late: once in a call-out without a reason; then by a stand-in, or "not now", which is always
    free. Raises Conflict."""
    tx.ask("willing.own", selectors.own_subject(by))
    work, token = _mine(tx, by, slot)
    row, call = work.seat(token), _call_of(work)
    if row is None or row.state != "seat" or row.status:
        raise Conflict.of("slot", _("这一班没有您的名字，或者已经开始"), _("请刷新页面"))
    late = work.it.starts - by.noted < timedelta(minutes=work.kind.withdraw)
    if late and _refused(call, token) >= REFUSALS:
        raise Conflict.of(
            "slot", _("快开始了，这次应急里不说原因的退出已经用过一次"),
            _("可以点“请人替班”；身体或家里有事，点“现在不方便”，不用说原因"),
        )  # fmt: skip
    work.leave(token, side="person", why="released" if late else "withdrew")
    _close_stand_in(tx, call, slot, token)
    working.keep(tx)
    telling.keep(tx)
    return slot


@verb("callout.ask_stand_in")
def ask_stand_in(tx: Tx, by: Act, *, slot: str, open: bool = True) -> str:
    """Look for somebody to take one's shift, or no longer. One keeps it until somebody does."""
    tx.ask("willing.own", selectors.own_subject(by))
    work, token = _mine(tx, by, slot)
    row, call = work.seat(token), _call_of(work)
    work.must_be_open()
    if row is None or row.state != "seat" or row.status:
        raise Conflict.of("slot", _("这一班没有您的名字，或者已经开始"), _("请刷新页面"))
    if open == StandIn.objects.filter(slot=slot, token=token).exists():
        return slot
    _tell_stand_in(tx, call, slot, token, open)
    telling.keep(tx)
    return slot


@verb("callout.take")
def take_over(tx: Tx, by: Act, *, slot: str) -> str:
    """Take the shift of somebody who looks for a stand-in: one command, the seat is never empty nor doubled. Raises Conflict."""
    tx.ask("willing.own", selectors.own_subject(by))
    work, token = _mine(tx, by, slot)
    call = _call_of(work)
    row = StandIn.objects.filter(slot=slot).exclude(token=token).order_by("id").first()
    other = work.seat(row.token) if row is not None else None
    if row is None or other is None or other.state != "seat":
        raise Conflict.of("slot", _("已经有人替了，或者不再找人"), _("请刷新页面"))
    work.must_be_open()
    _must_fit(work, token)
    work.leave(row.token, side="person", why="stand_in")
    work.join(token, "seat", "stand_in")
    _tell_stand_in(tx, call, slot, row.token, False)
    working.keep(tx)
    telling.keep(tx)
    return slot


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def _mine(tx: Tx, by: Act, slot: str) -> tuple[Working, str]:
    token, _offer = selectors.own(by.person)
    return working.load(tx, slot), token


def _call_of(work: Working) -> CallOut:
    """The call-out of a shift that is on. Raises Conflict."""
    row = CallOut.objects.filter(code=work.it.about.removeprefix("call:")).first()
    if row is None or not work.it.about.startswith("call:"):
        raise Conflict.of("slot", _("这不是应急值守的班次"), _("请从应急值守里选"))
    if row.state != "on":
        raise Conflict.of("slot", _("这次应急已经解除"), _("谢谢，您不用去了"))
    return row


def _span(works: Iterable[Working]) -> tuple[datetime, datetime]:
    moments = [(work.it.starts, work.it.ends) for work in works]
    return around(min(s for s, _e in moments), max(e for _s, e in moments))


def _unfit(work: Working, kind: Kind | None, who: Willing | None, duties: Iterable[Duty]) -> str:
    """Why somebody may not be asked for a shift; "" when she may."""
    if who is None:
        return _("这个人没有登记愿意，或者现在不方便")
    skill = selectors.skill_of(work.it.traits)
    if skill and skill not in selectors.words(who.skills):
        return _("这一班要的本领，这个人没有登记")
    return told_limit(broken(work.it.starts, work.it.ends, duties, rule_of(work, kind)))


def told_limit(code: str) -> str:
    """A limit in words."""
    return {
        "": "",
        "place": _("这段时间已经有安排"),
        "rest": _("离另一班太近，休息不够"),
        "week": _("七天里的值守时长会超过上限"),
        "half": _("半年里的值守时长会超过上限"),
    }[code]


def _must_fit(work: Working, token: str) -> None:
    found = selectors.willing([token])
    row = work.seat(token)
    mine = (work.it.starts, work.it.ends) if row is not None and row.state == "invited" else None
    duties = selectors.duties([token], *_span([work])).get(token, [])
    others = [one for one in duties if (one.starts, one.ends) != mine]
    why = _unfit(work, kind_of(_call_of(work)), found[0] if found else None, others)
    if why:
        raise Conflict.of("slot", why, _("请换一班；登记的情况有变化，先改登记"))


def _refused(call: CallOut, token: str) -> int:
    """How many shifts of a call-out she has left late. Two statements."""
    ids = (
        Fact.objects.filter(kind="gather.left", person=token)
        .order_by("-id")
        .values_list("id", flat=True)[:200]
    )
    rows = [row for row in fact_rows(list(ids)) if (row.data.side, row.data.why) == ("person", "released")]
    from baodao.gather.models import Slot

    codes = [row.subject.partition(":")[2] for row in rows]
    return Slot.objects.filter(code__in=codes, about=f"call:{call.code}").count() if codes else 0


def _close_stand_in(tx: Tx, call: CallOut, slot: str, token: str) -> None:
    if StandIn.objects.filter(slot=slot, token=token).exists():
        _tell_stand_in(tx, call, slot, token, False)


def _tell_stand_in(tx: Tx, call: CallOut, slot: str, token: str, open_: bool) -> None:
    telling.tell(
        tx, f"call:{call.code}", facts.StandIn(open=open_), org=str(call.org_id), person=token,
        about=f"gather:{slot}", level=2,
    )  # fmt: skip
