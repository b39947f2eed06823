"""Every write of branch life. The steps are gather's own (`working`); this room decides what an evening is made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.gather import working
from baodao.gather.facts import Attended
from baodao.gather.kinds import titled
from baodao.gather.ruling import NewSlot
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.matters.services.intake import Draft, open_one
from baodao.orgs import selectors as orgs

from . import asking, facts, selectors, sides
from .evening import Evening, Line, counted, judge, judge_lines, states_of, taking_part, traits_of
from .models import Handed, Paper
from .selectors import subject_of

MOST = 200


class Task(Struct, frozen=True, forbid_unknown_fields=True):
    """Decision ``n`` of an evening goes to an organization, or a post of it, to be done by a day."""

    slot: str
    n: int
    org: str
    by: date
    post: str = ""


class Plan(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An evening to come: what, when, where, the agenda, papers to read before; ``with_orgs`` are asked to hold it too."""

    org: str
    kinds: tuple[str, ...]
    starts: datetime
    ends: datetime
    items: tuple[str, ...] = ()
    where: str = ""
    agenda: str = ""
    with_orgs: tuple[str, ...] = ()


@verb("meeting.record")
def record_meetings(tx: Tx, by: Act, *, meetings: list[Evening], reason: str = "") -> list[str]:
    """Evenings that were, each with presence, agenda, minutes and the dues that it meets, in one command. One that has a ``slot``
    is the planned one, or corrects what was recorded (then ``reason`` is asked). Raises Invalid with every fault, Conflict
    when somebody was elsewhere at that time."""
    for org in sorted({one.org for one in meetings}) or [""]:
        tx.ask("meeting.record", subject_of(org))
    if not 1 <= len(meetings) <= MOST:
        raise Invalid.of("meetings", _("一次最多 %(most)d 次会") % {"most": MOST}, _("请分几次"))
    codes = [_record(tx, by, one, reason.strip()) for one in meetings]
    working.keep(tx)
    return codes


def _record(tx: Tx, by: Act, one: Evening, reason: str) -> str:
    day = timezone.localdate(one.starts)
    known = selectors.kinds_at(one.org, day)
    roll = selectors.roll_on(one.org, day)
    faults = judge(one, known, by.happened, roll)
    if faults:
        raise Invalid(*faults)
    roll = [token for token in roll if token not in one.spared]
    traits = traits_of(known, one.kinds, one.items)
    allowed = {proposal.key for proposal in selectors.proposals(one.org, day, traits, one.with_orgs)}
    if set(one.meets) - allowed:
        raise Invalid.of("meets", _("这次会不满足其中一项要求"), _("请刷新页面再确认"))
    if one.slot:
        asking.must_not_have_declined(one.slot, one.with_orgs)
    work = _slot(tx, by, one, reason)
    if any((seat := work.seat(token)) is not None and seat.status for token in one.spared):
        raise Conflict.of("lines", _("有人已经记过这次会，不能再改成“不用参加”"), _("请选请假或未到"))
    gone = _parted(one)
    if gone:
        reason_ = _("%(who)s已经记了自己的党员") % {"who": "、".join(gone)}
        raise Conflict.of("with_orgs", reason_, _("这次会照旧算一起开的"))
    _presence(work, one.lines, roll, states_of(known, one.kinds), selectors.own_dues(one.org, day, traits))
    texts = _texts(one) | ({"reason": reason} if reason else {})
    work.hold(
        heads=one.heads, traits=(*traits, *(f"item:{item}" for item in one.items)), meets=one.meets,
        with_orgs=one.with_orgs, papers=one.papers, texts=texts, exact=True,
        but=selectors.others(work.code, one.org),
    )  # fmt: skip
    kept = set(selectors.papers_of(work.code))
    for digest in sorted(set(one.papers) - kept):
        tx.insert(Paper, slot=work.code, digest=digest)
    for digest in sorted(kept - set(one.papers)):
        tx.delete(Paper, slot=work.code, digest=digest)
    return work.code


def _parted(one: Evening) -> list[str]:
    """Organizations that told of their members and that a correction would leave out."""
    told = selectors.told_all([one.slot])[:1] if one.slot else []
    return [orgs.name_of(org) for was in told for org in sorted(set(was.theirs) - set(one.with_orgs))]


def _slot(tx: Tx, by: Act, one: Evening, reason: str) -> working.Working:
    """A new slot, or the one that was planned or is corrected."""
    new = new_slot(one)
    if not one.slot:
        return working.begin(tx, new)
    work = working.load(tx, one.slot)
    if work.it.org != one.org:
        raise Conflict.of("slot", _("这是另一个支部的会"), _("请由那个支部记"))
    if work.it.state == "held":
        if not reason:
            raise Invalid.of("reason", _("更正要写理由"), _("例如：漏记了两个人"))
    elif (work.it.starts, work.it.ends, work.it.kind, work.it.where) != (
        new.starts, new.ends, new.kind, new.where,
    ):  # fmt: skip
        work.change(new)
    return work


def new_slot(one: Evening | Plan) -> NewSlot:
    """What gather opens for it: named by its kinds."""
    known = selectors.kinds_at(one.org, timezone.localdate(one.starts))
    title = "、".join(titled(known[name], "zh") for name in one.kinds)
    return NewSlot(
        kind=one.kinds[0], org=one.org, starts=one.starts, ends=one.ends, title=title, where=one.where.strip(),
        notes=one.agenda.strip() if isinstance(one, Plan) else "",
        traits=tuple(sorted({f"kind:{name}" for name in one.kinds} | {f"item:{item}" for item in one.items})),
    )  # fmt: skip


def _presence(
    work: working.Working, lines: Sequence[Line], roll: Sequence[str], states: Collection[str], dues: Sequence[str]
) -> None:  # fmt: skip
    """Everybody on the roll of the day: as told, else absent. Why somebody is excused goes to an erasable text of the fact."""
    told = {line.token: line for line in lines}
    reasons = [line for line in lines if line.status == "excused" and line.reason.strip()]
    plain = [(token, told[token].status if token in told else "absent") for token in roll]
    special = {line.token for line in reasons}
    came = [(t, s) for t, s in plain if s in states and t not in special]
    rest = [(t, s) for t, s in plain if s not in states and t not in special]
    work.attend_all(came, "record", meets=dues)
    work.attend_all(rest, "record")
    for line in reasons:
        _excuse(work, line)


def _excuse(work: working.Working, line: Line) -> None:
    row = work.seat(line.token)
    earlier = selectors.attended_before(work.code, line.token) if row is not None else None
    if row is None or row.state == "left":
        work.enter([line.token], {line.token: "excused"})
    work.tell(
        Attended(status="excused", how="record"), person=line.token, value=0,
        texts={"reason": line.reason.strip()}, supersedes=earlier,
    )  # fmt: skip


def _texts(one: Evening) -> dict[str, str]:
    texts = {"minutes": one.minutes.strip(), "inner": one.inner.strip()}
    texts |= {f"decision.{n}": text.strip() for n, text in enumerate(one.decisions, 1)}
    return {slot: text for slot, text in texts.items() if text}


@verb("meeting.together")
def record_together(
    tx: Tx, by: Act, *, code: str, org: str, lines: list[Line], reason: str = ""
) -> dict[str, int]:
    """An organization that held an evening too, which another one recorded, tells who of its own members was there: each side has its
    own names. Their minutes go to their own study hours. Gives how many of each state. A second time corrects, with a ``reason``."""
    tx.ask("meeting.record", subject_of(org))
    one = selectors.told(code)
    if org not in one.with_orgs:
        raise Conflict.of("code", _("这次会不是和本组织一起开的"), _("请从列表里选"))
    if org in one.theirs and not reason.strip():
        raise Invalid.of("reason", _("更正要写理由"), _("例如：漏记了两个人"))
    roll = selectors.side_roll(one, org)
    faults = judge_lines(lines, roll)
    if faults:
        raise Invalid(*faults)
    day = timezone.localdate(one.starts)
    states = states_of(selectors.kinds_at(one.org, day), one.kinds)
    work = working.load(tx, code)
    work.of = org
    _presence(work, lines, roll, states, selectors.own_dues(org, day, one.traits))
    counts = counted(lines, len(roll))
    before = selectors.together_before(code, org)
    work.tell(
        facts.Together(**counts), value=taking_part(counts, states), level=1, columns={"org": org},
        texts={"reason": reason.strip()} if reason.strip() else {}, supersedes=before,
    )  # fmt: skip
    working.keep(tx)
    return counts


@verb("meeting.plan")
def plan_meetings(tx: Tx, by: Act, *, plans: list[Plan]) -> list[str]:
    """Evenings to come are announced: members read them, and they are recorded from what stands here."""
    for org in sorted({one.org for one in plans}) or [""]:
        tx.ask("meeting.record", subject_of(org))
    codes = []
    for one in plans:
        known = selectors.kinds_at(one.org, timezone.localdate(one.starts))
        if not one.kinds or set(one.kinds) - set(known):
            raise Invalid.of("kinds", _("这个组织不开这种会"), _("请从列表里选"))
        if one.ends <= one.starts:
            raise Invalid.of("ends", _("结束要晚于开始"), _("请改时间"))
        if one.starts <= by.happened:
            raise Invalid.of("day", _("这个时间已经过了"), _("已经开过的会，请直接记录"))
        work = working.begin(tx, new_slot(one))
        asking.ask(work, one.with_orgs)
        codes.append(work.code)
    working.keep(tx)
    return codes


@verb("meeting.ask_side")
def ask_sides(tx: Tx, by: Act, *, code: str, orgs_: list[str]) -> list[str]:
    """Who is asked to hold an announced evening too, the list as it shall be: who is not on it any more is let go. Those asked decide for
    themselves and tell their own members. Gives what changed. Conflict when it is called off or recorded."""
    work = working.load(tx, code, shared=True)
    tx.ask("meeting.record", subject_of(work.it.org))
    work.must_be_open()
    return asking.ask(work, orgs_)


@verb("meeting.answer_side")
def answer_side(tx: Tx, by: Act, *, code: str, org: str, joins: bool, note: str = "") -> str:
    """An organization that was asked says whether it holds the evening too; no reason is asked, and until the evening is recorded it may say
    otherwise. Its members are told by this, and read ``note``. Conflict when nobody asked it, when it is called off or recorded."""
    tx.ask("meeting.record", subject_of(org))
    work = working.load(tx, code, shared=True)
    work.must_be_open()
    return asking.answer(work, org, joins, note)


@verb("meeting.remind")
def remind(tx: Tx, by: Act, *, codes: list[str]) -> int:
    """Announced evenings that are near: a fact for each side that holds one, which its members are told of, once. Gives how many."""
    due = [(slot, org) for slot, org in selectors.to_remind(by.happened) if slot.code in set(codes)]
    for org in sorted({org for _slot, org in due}) or [""]:
        tx.ask("meeting.remind", subject_of(org))
    for slot, org in due:
        tx.fact(facts.Reminded(before=selectors.BEFORE), subject=f"gather:{slot.code}", org=org, level=1)
    return len(due)


@verb("meeting.remind_own")
def remind_own(tx: Tx, by: Act, *, code: str, org: str) -> str:
    """A side of an announced evening reminds its own members by hand, once; the worker then does not do it again. Conflict when it was done,
    when the side does not hold it, or when it is called off or recorded."""
    tx.ask("meeting.record", subject_of(org))
    work = working.load(tx, code, shared=True)
    work.must_be_open()
    if org not in (work.it.org, *sides.joined(code)):
        raise Conflict.of("code", _("本支部没有答应一起开这次会"), _("请先答复"))
    if org in sides.reminded(code):
        raise Conflict.of("code", _("已经提醒过本支部的党员"), _("一次会只提醒一次"))
    if work.it.starts <= by.happened:
        raise Conflict.of("code", _("会已经开始了"), _("开完请记下来"))
    tx.fact(facts.Reminded(before=0), subject=f"gather:{code}", org=org, level=1)
    return code


@verb("meeting.call_off")
def call_off(tx: Tx, by: Act, *, code: str, reason: str) -> str:
    """A planned evening does not take place."""
    work = working.load(tx, code)
    tx.ask("meeting.record", subject_of(work.it.org))
    work.call_off("other", reason.strip()[:200])
    working.keep(tx)
    return code


@verb("meeting.hand_on")
def hand_on(tx: Tx, by: Act, *, tasks: list[Task]) -> list[str]:
    """Decisions become matters of the procedure that the kind names; gives their numbers. Raises Conflict for one that is a matter
    already, Invalid when there is no such decision."""
    numbers = []
    for task in tasks:
        evening = selectors.told(task.slot)
        tx.ask("meeting.record", subject_of(evening.org))
        if not 1 <= task.n <= len(evening.decisions):
            raise Invalid.of("n", _("没有这条决定"), _("请刷新页面"))
        if task.n in evening.handed_on:
            raise Conflict.of(
                "n", _("这条决定已经是事项"), _("请打开 %(number)s") % {"number": evening.handed_on[task.n]}
            )
        if not evening.procedure:
            raise Invalid.of("n", _("这种会的决定不生成事项"), _("请另行登记"))
        fields = {"org": task.org, "text": evening.decisions[task.n - 1], "by": task.by.isoformat()}
        if task.post:
            fields["post"] = task.post
        state = open_one(tx, by, Draft(procedure=evening.procedure, org=evening.org, fields=fields))
        tx.fact(
            facts.HandedOn(n=task.n, number=state.number), subject=f"gather:{task.slot}",
            about=f"matter:{state.number}", org=evening.org, level=1,
        )  # fmt: skip
        tx.insert(Handed, number=state.number, slot=task.slot, n=task.n)
        numbers.append(state.number)
    return numbers


@verb("meeting.object")
def object_to(tx: Tx, by: Act, *, code: str, status: str, reply: str) -> str:
    """A member says that her presence is told wrongly; her branch reads it and corrects. Her own act only."""
    token = selectors.own_token(by)
    work = working.load(tx, code)
    tx.ask("meeting.own", subject_of(work.it.org, (token,) if token else ()))
    work.dispute(token, status, reply)
    working.keep(tx)
    return code


@verb("meeting.close_year")
def close_year(tx: Tx, by: Act, *, org: str, year: int) -> int:
    """The register of a year that is over is closed at the ledger's position; gives how many evenings it holds. Later corrections
    are shown beside the copy. Conflict when it is closed already."""
    tx.ask("meeting.record", subject_of(org))
    if year >= timezone.localdate(by.happened).year:
        raise Invalid.of("year", _("这一年还没有过完"), _("过完年再结"))
    if selectors.closed_year(org, year) is not None:
        raise Conflict.of("year", _("这一年已经结过"), _("后来的更正会印在旁边"))
    stands, at = selectors.year_now(org, year)
    tx.fact(
        facts.YearClosed(year=year, position=at, evenings=stands), subject=f"register:{org}", org=org, level=1,
        value=None,
    )  # fmt: skip
    return stands
