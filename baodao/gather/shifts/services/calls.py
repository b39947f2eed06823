"""An emergency is declared on, ended, reviewed; rosters stand ready for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather import working
from baodao.gather.fold import span_of
from baodao.gather.kinds import known_kind
from baodao.gather.models import Seat, Slot
from baodao.gather.ruling import NewSlot
from baodao.gather.shifts import facts, selectors, telling
from baodao.gather.shifts.declare import Kind, kinds_at, titled
from baodao.gather.shifts.limits import Duty, broken
from baodao.gather.shifts.models import CallOut, StandIn
from baodao.gather.shifts.rules import around, rule_of, turn_times
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault, Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.orgs import selectors as orgs

#: Shifts of one declaration, people of one turn's roster.
MOST, LONGEST = 1_000, 200
#: So long before it begins it is declared at the earliest.
AHEAD = timedelta(days=62)


class NewCallOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An emergency to be declared by ``org``. ``areas``: organizations in or under it that have posts; ``turns``: which of the
    kind's, by number, () for all; ``need`` people in each shift; ``insurance``: the reference of the policy that covers them."""

    kind: str
    org: str
    areas: tuple[str, ...]
    since: date
    days: int
    need: int
    turns: tuple[int, ...] = ()
    skill: str = ""
    title: str = ""
    notes: str = ""
    insurance: str = ""


@verb("callout.declare")
def declare_callout(tx: Tx, by: Act, *, new: NewCallOut) -> str:
    """Declare it on: shifts open for every area, day and turn that is still to come, and the rosters take their seats as far as
    rest, hours and "not now" allow. Raises Invalid. Gives the code."""
    tx.ask("callout.declare", selectors.of_area(new.org))
    kind = _judged(new)
    times = _times(new, kind, by.noted)
    code = f"c-{tx.number('callout'):06}"
    title = new.title.strip() or titled(kind, new.kind)
    rosters = selectors.rosters_of(new.areas, new.kind)
    made = [
        (area, turn, working.begin(tx, _slot(new, kind, code, title, (area, starts, ends))))
        for area in new.areas
        for turn, starts, ends in times
    ]
    _seat(made, rosters, kind)
    data = facts.Declared(
        kind=new.kind, areas=tuple(sorted(new.areas)), slots=len(made),
        span=span_of(min(s for _t, s, _e in times), max(e for _t, _s, e in times)),
    )  # fmt: skip
    texts = {"title": title, "about": new.notes.strip(), "insurance": new.insurance.strip()}
    telling.state(tx, f"call:{code}", new=True)
    telling.tell(tx, f"call:{code}", data, org=new.org, texts={k: v for k, v in texts.items() if v})
    telling.keep(tx)
    working.keep(tx)
    return code


def _judged(new: NewCallOut) -> Kind:
    kinds, found = kinds_at(new.org, new.since), []
    kind = kinds.get(new.kind)
    if kind is None:
        raise Invalid.of("kind", _("没有这一种应急"), _("请从列表里选"))
    below = set(orgs.forest().below(new.org, new.since))
    if not new.areas or set(new.areas) - below:
        found.append(Fault("areas", _("请至少选一个本单位或下级的单位"), _("值守点设在哪里，就选哪里")))
    if not 1 <= new.days <= 31:
        found.append(Fault("days", _("一次最多一个月"), _("到期可以再启动")))
    if not 1 <= new.need <= 500:
        found.append(Fault("need", _("每班 1 到 500 人"), ""))
    if set(new.turns) - set(range(len(kind.turns))):
        found.append(Fault("turns", _("没有这个班次"), _("请从列表里选")))
    if new.skill and new.skill not in kind.skills:
        found.append(Fault("skill", _("这一种应急没有列这项本领"), _("请从列表里选，或不选")))
    if len(new.title) > 100 or len(new.notes) > 2000 or len(new.insurance) > 120:
        found.append(Fault("title", _("文字太长"), _("请写短一些")))
    shift = known_kind(new.areas[0], kind.shift, new.since, "kind") if new.areas and not found else None
    if shift is not None and shift.insured and not new.insurance.strip():
        found.append(Fault("insurance", _("还没有写保险"), _("写保险单号或文件号；没有保险就先不要派人")))
    if found:
        raise Invalid(*found)
    return kind


def _times(new: NewCallOut, kind: Kind, now: datetime) -> list[tuple[int, datetime, datetime]]:
    turns = new.turns or tuple(range(len(kind.turns)))
    days = [new.since + timedelta(days=n) for n in range(new.days)]
    found = [(turn, *turn_times(kind.turns[turn], day)) for day in days for turn in sorted(set(turns))]
    coming = [one for one in found if one[2] > now]
    if new.since > timezone.localdate(now) + AHEAD:
        raise Invalid.of("since", _("最多提前两个月启动"), _("再早的，先排预备名单"))
    if not coming:
        raise Invalid.of("since", _("这些班次都已经过去"), _("请改日期"))
    if len(coming) * len(new.areas) > MOST:
        raise Invalid.of("days", _("一次最多 %(n)d 个班次") % {"n": MOST}, _("请减少天数或单位"))
    return coming


def _slot(
    new: NewCallOut, kind: Kind, code: str, title: str, where: tuple[str, datetime, datetime]
) -> NewSlot:
    area, starts, ends = where
    traits = (f"{selectors.SKILL}{new.skill}",) if new.skill else ()
    return NewSlot(
        kind=kind.shift, org=area, starts=starts, ends=ends, title=title, about=f"call:{code}", seats=new.need,
        traits=traits, where=orgs.name_of(area), insurance=new.insurance.strip(),
    )  # fmt: skip


def _seat(
    made: Sequence[tuple[str, int, working.Working]], rosters: dict[tuple[str, int], list[str]], kind: Kind
) -> None:
    """Rosters take their seats: in order, and every day beginning with another, so that nobody has all the nights."""
    wanted = {token for tokens in rosters.values() for token in tokens}
    people = {one.token: one for one in selectors.willing(wanted)} if wanted else {}
    if not people:
        return
    span = around(min(w.it.starts for _a, _t, w in made), max(w.it.ends for _a, _t, w in made))
    duties = selectors.duties(people, *span)
    turns: dict[tuple[str, int], int] = {}
    for area, turn, work in sorted(made, key=lambda one: (one[2].it.starts, one[2].code)):
        order = [token for token in rosters.get((area, turn), ()) if token in people]
        n = turns.get((area, turn), 0)
        turns[(area, turn)] = n + work.it.seats
        skill = selectors.skill_of(work.it.traits)
        chosen: list[str] = []
        for token in order[n % len(order) :] + order[: n % len(order)] if order else []:
            able = not skill or skill in selectors.words(people[token].skills)
            if len(chosen) == work.it.seats or not able:
                continue
            if not broken(work.it.starts, work.it.ends, duties[token], rule_of(work, kind)):
                duties[token].append(Duty(work.it.starts, work.it.ends, True))
                chosen.append(token)
        if chosen:
            work.join_all(chosen, "seat", "roster")


@verb("callout.end")
def end_callout(tx: Tx, by: Act, *, code: str) -> int:
    """Declare it off: shifts to come are called off and everybody on them is released; those under way end by themselves. Gives
    how many people."""
    call = _loaded(tx, "callout.end", code)
    if call.state != "on":
        raise Conflict.of("code", _("这次应急已经解除"), _("请刷新页面"))
    rows = Slot.objects.filter(about=f"call:{code}", state="open", starts__gt=by.noted)
    works = working.load_all(tx, rows.values_list("code", flat=True))
    people: set[str] = set()
    for work in works.values():
        people |= {token for token, row in work.all().items() if row.holds}
        work.call_off("other")
    subject = f"call:{code}"
    for slot, token in list(_asked(tx, subject)):
        telling.tell(
            tx, subject, facts.StandIn(open=False), org=str(call.org_id), person=token, about=f"gather:{slot}", level=2
        )  # fmt: skip
    telling.tell(tx, subject, facts.Ended(slots=len(works), people=len(people)), org=str(call.org_id))
    working.keep(tx)
    telling.keep(tx)
    return len(people)


def _asked(tx: Tx, subject: str) -> list[tuple[str, str]]:
    return [(key[0], key[1]) for model, key in telling.state(tx, subject).rows if model is StandIn]


@verb("callout.review")
def review_callout(tx: Tx, by: Act, *, code: str, good: str, better: str) -> int:
    """What was and what to do better, once, after it is off; the numbers come from the shifts. Gives minutes served."""
    call = _loaded(tx, "callout.review", code)
    if call.state != "off" or call.reviewed:
        raise Conflict.of("code", _("解除以后复盘，只写一次"), _("请刷新页面"))
    if not good.strip() or not better.strip() or max(len(good), len(better)) > 4000:
        raise Invalid.of("better", _("两栏都要写，每栏不超过 4000 字"), _("没有要改的，就写“没有”"))
    slots = Slot.objects.filter(about=f"call:{code}").exclude(state="called_off")
    sums = slots.aggregate(wanted=Sum("seats"), taken=Sum("taken"))
    came = Seat.objects.filter(slot__in=slots.values("code"), state="seat", status__in=["present", "made_up"])
    minutes = came.aggregate(sum=Sum("minutes"))["sum"] or 0
    data = facts.Reviewed(
        slots=slots.count(), wanted=sums["wanted"] or 0, taken=sums["taken"] or 0, came=came.count(), minutes=minutes
    )  # fmt: skip
    telling.tell(
        tx, f"call:{code}", data, org=str(call.org_id), texts={"good": good.strip(), "better": better.strip()}
    )
    telling.keep(tx)
    return int(minutes)


def _loaded(tx: Tx, right: str, code: str) -> CallOut:
    call = CallOut.objects.select_for_update().filter(code=code).first()
    tx.ask(right, selectors.of_area(str(call.org_id) if call else "", code))
    if call is None:
        raise Missing.of("code", _("没有这次应急"), _("请从列表里选"))
    return call


@verb("callout.roster")
def set_roster(tx: Tx, by: Act, *, org: str, kind: str, turn: int, tokens: list[str]) -> int:
    """The roster of one turn, whole and in order: who comes when it is declared on. Only those who offered themselves. Raises Invalid."""
    tx.ask("callout.fill", selectors.of_area(org))
    declared = kinds_at(org).get(kind)
    if declared is None or not 0 <= turn < len(declared.turns):
        raise Invalid.of("turn", _("没有这个班次"), _("请从列表里选"))
    if len(set(tokens)) < len(tokens) or len(tokens) > LONGEST:
        raise Invalid.of("tokens", _("一个人只列一次，最多 %(n)d 人") % {"n": LONGEST}, "")
    missing = set(tokens) - {one.token for one in selectors.willing(tokens)}
    if missing:
        raise Invalid.of(
            "tokens", _("有 %(n)d 个人没有登记愿意，或者现在不方便") % {"n": len(missing)}, _("请去掉")
        )
    subject, held = (
        f"roster:{org}/{kind}",
        {r.token: r.n for r in selectors.rosters(org, kind) if r.turn == turn},
    )
    for token in sorted(set(held) - set(tokens)):
        data = facts.Rostered(turn=turn, n=held[token], on=False)
        telling.tell(tx, subject, data, org=org, person=token, level=2)
    for n, token in enumerate(tokens):
        if held.get(token) != n:
            telling.tell(tx, subject, facts.Rostered(turn=turn, n=n), org=org, person=token, level=2)
    telling.keep(tx)
    return len(tokens)
