"""Openings: offered by a community, paced; claimed by members; the collective check-in of a unit; "we need nobody now"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.matching.terms import Suggestion
from baodao.gather.models import Slot
from baodao.gather.ruling import NewSlot
from baodao.gather.service import planning
from baodao.gather.service.declare import Service
from baodao.gather.service.models import ServiceEnough, ServiceSuggested
from baodao.gather.service.pacing import days_between, spread
from baodao.gather.service.selectors import (
    enough,
    enough_at,
    linked,
    of_community,
    of_self,
    of_unit,
    own,
    rules,
    seats_by_day,
    where_to,
)
from baodao.gather.working import begin, keep, load
from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Fault, Invalid, Refused
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, lock, verb
from baodao.orgs import selectors as orgs

from .writing import LOCK, day_of, facts

MOST_SEATS, MOST_DAYS, MOST_MINUTES = 500, 200, 720
#: Days after which a unit may itself note that its collective check-in took place.
WAIT = 7


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Openings of one kind in [since, until), on these weekdays (Monday is 0) from ``starts`` on: ``wanted`` seats in all, ``most``
    for one day (0: as the pack says)."""

    org: str
    kind: str
    title: str
    since: date
    until: date
    starts: time
    minutes: int
    wanted: int
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    most: int = 0
    about: str = ""
    where: str = ""
    place: str = ""


class Planned(msgspec.Struct, frozen=True):
    """Slots in order of their days, and for how many of the wanted seats there was no room."""

    codes: list[str]
    over: int


@verb("service.offer")
def offer(tx: Tx, by: Act, *, offer: Offer) -> Planned:
    """A community publishes openings, spread over the days; never more a day than it can look after, and none on days for which it
    said that it needs nobody."""
    tx.ask("service.offer", of_community(offer.org))
    lock(LOCK)
    day = day_of(by)
    found = rules(offer.org, day)
    if found is None or offer.kind not in found.opening:
        raise Invalid.of("kind", _("本区没有这一类服务岗"), _("请从列表里选"))
    _judge(offer, day)
    days = _days(offer, day)
    taken = seats_by_day(offer.org, found.opening, offer.since, offer.until)
    seats = spread(days, offer.wanted, offer.most or found.a_day, taken)
    if not seats:
        raise Conflict.of(
            "since", _("这些日子都已经排满，或者您说过不需要人"), _("请换日子，或把每天最多的人数提高")
        )
    series = f"s-{tx.number('service'):07}"
    codes = [_open(tx, offer, when, count, series=series) for when, count in seats.items()]
    keep(tx)
    return Planned(codes, offer.wanted - sum(seats.values()))


def _judge(offer: Offer, day: date) -> None:
    faults = []
    if not 2 <= len(offer.title.strip()) <= 60:
        faults.append(Fault("title", _("请用 2 到 60 个字说要人做什么")))
    if not 1 <= offer.wanted <= MOST_SEATS:
        faults.append(Fault("wanted", _("人数要在 1 到 %(most)d 之间") % {"most": MOST_SEATS}))
    if not 15 <= offer.minutes <= MOST_MINUTES:
        faults.append(Fault("minutes", _("一次 15 分钟到 12 小时")))
    if not 0 <= offer.most <= 200:
        faults.append(Fault("most", _("每天最多的人数要在 1 到 200 之间")))
    if offer.since < day:
        faults.append(Fault("since", _("不能早于今天")))
    if not offer.since < offer.until <= offer.since + timedelta(days=MOST_DAYS):
        faults.append(Fault("until", _("要在开始以后、%(days)d 天以内") % {"days": MOST_DAYS}))
    if not offer.weekdays or any(not 0 <= one <= 6 for one in offer.weekdays):
        faults.append(Fault("weekdays", _("请至少选一个星期几")))
    if find_private(f"{offer.title}\n{offer.about}\n{offer.where}"):
        faults.append(Fault("about", _("里面有电话或证件号码"), _("请删掉，要联系的话写岗位")))
    if faults:
        raise Invalid(*faults)


def _days(offer: Offer, day: date) -> list[date]:
    days = days_between(offer.since, offer.until, offer.weekdays)
    word = enough(offer.org, day)
    return [one for one in days if word is None or not word.since <= one < word.until]


def _open(tx: Tx, offer: Offer, when: date, seats: int, *, series: str) -> str:
    starts = timezone.make_aware(datetime.combine(when, offer.starts))
    new = NewSlot(
        kind=offer.kind, org=offer.org, starts=starts, ends=starts + timedelta(minutes=offer.minutes),
        title=offer.title.strip(), notes=offer.about.strip(), where=offer.where.strip(),
        place=offer.place, seats=seats, series=series,
    )  # fmt: skip
    return begin(tx, new).code


@verb("service.enough")
def needs_nobody(tx: Tx, by: Act, *, org: str, since: date, until: date, reason: str = "") -> bool:
    """A community says that it needs nobody in [since, until): a dated word that marks nobody down. ``until`` = ``since`` ends it.
    What was claimed already stays. Gives whether it holds."""
    tx.ask("service.enough", of_community(org))
    lock(LOCK)
    day = day_of(by)
    if since > until or until > day + timedelta(days=184) or since < day - timedelta(days=31):
        raise Invalid.of("until", _("一次最多说半年"), _("到期以后可以再说"))
    if len(reason) > 200 or find_private(reason):
        raise Invalid.of("reason", _("理由最多 200 个字，不写电话和证件号码"))
    data = facts.Enough(since=since.isoformat(), until=until.isoformat())
    texts = {"reason": reason.strip()} if reason.strip() else {}
    tx.fact(data, subject=f"need:{org}", org=org, level=1, texts=texts)
    tx.upsert(ServiceEnough, ("org",), org_id=org, since=since, until=until)
    return since < until


@verb("service.suggest")
def suggest(tx: Tx, by: Act, *, suggestions: list[Suggestion]) -> int:
    """A new plan (`planning.plan`, made before: nothing is locked meanwhile) takes the place of the last one; gives how many. The system's
    own step, no fact: nobody did anything."""
    tx.ask("service.suggest", Subject(ref="service:plan", level=2))
    now = {(one.who, one.slot): one for one in suggestions}
    for token, slot in ServiceSuggested.objects.order_by("token", "slot").values_list("token", "slot"):
        if (token, slot) not in now:
            tx.delete(ServiceSuggested, token=token, slot=slot)
    for key in sorted(now):
        tx.upsert(ServiceSuggested, ("token", "slot"), **planning.columns(now[key], by.noted))
    return len(now)


@verb("service.claim")
def claim(tx: Tx, by: Act, *, slot: str) -> str:
    """A member claims an opening: a seat, or a place in the row where all are taken. Gives which. Raises Conflict: not for her, over,
    the community needs nobody, or she is elsewhere at that time."""
    tx.ask("service.claim", of_self(by))
    token, member = own(by.person)
    work = load(tx, slot)
    day = day_of(by)
    found = rules(work.it.org, day)
    if found is None or work.it.kind not in found.opening:
        raise Conflict.of("slot", _("这不是服务岗"), _("请从列表里选"))
    if not token or work.it.org not in where_to(member, day):
        raise Conflict.of(
            "slot", _("这个社区不在您单位的结对范围，也不是您报到的社区"), _("可以先到这个社区报到")
        )
    if work.it.starts <= by.noted:
        raise Conflict.of("slot", _("这一场已经开始或过去了"), _("请看看别的场次"))
    if enough_at([work.it.org], timezone.localdate(work.it.starts)):
        raise Conflict.of("slot", _("这个社区说现在不需要人"), _("不用再做什么，也不算您没有去"))
    work.must_be_open()
    row = work.sit_or_wait(token)
    keep(tx)
    return row.state


@verb("service.withdraw")
def withdraw(tx: Tx, by: Act, *, slot: str) -> str:
    """She gives up her seat; no reason is asked. The next in the row moves up."""
    tx.ask("service.claim", of_self(by))
    token, _member = own(by.person)
    work = load(tx, slot)
    if work.it.starts <= by.noted:
        raise Conflict.of("slot", _("已经开始，不用退了"), _("没有去成也不用说理由"))
    work.leave(token)
    work.move_up()
    keep(tx)
    return slot


@verb("service.plan_together")
def plan_together(
    tx: Tx, by: Act, *, unit: str, community: str, starts: datetime, minutes: int, title: str, where: str = ""
) -> str:
    """A unit plans its collective check-in at a community that it is linked with; gives the slot."""
    tx.ask("service.unit", of_unit(unit))
    lock(LOCK)
    day = day_of(by)
    found = rules(unit, day)
    if found is None or not found.together:
        raise Conflict.of("", _("本区没有集体报到这一类活动"))
    if community not in linked(unit, day, as_helper=True):
        raise Invalid.of("community", _("没有和这个社区结对"), _("请从列表里选"))
    when = timezone.localdate(starts)
    if starts <= by.noted or not 15 <= minutes <= MOST_MINUTES or not 2 <= len(title.strip()) <= 60:
        raise Invalid.of("starts", _("请写以后的时间、15 分钟到 12 小时、2 到 60 个字的名称"))
    if enough_at([community], when):
        raise Conflict.of("starts", _("这个社区说那时不需要人"), _("请换日子；不算单位没有去"))
    _room(community, found, when)
    new = NewSlot(
        kind=found.together, org=unit, starts=starts, ends=starts + timedelta(minutes=minutes),
        title=title.strip(), where=where.strip(), about=f"org:{community}",
    )  # fmt: skip
    work = begin(tx, new)
    keep(tx)
    return work.code


def _room(community: str, found: Service, when: date) -> None:
    """Units too share a community's days: one collective check-in a day."""
    first = timezone.make_aware(datetime.combine(when, time.min))
    rows = Slot.objects.filter(
        about=f"org:{community}", kind=found.together, state__in=["open", "held"], starts__gte=first,
        starts__lt=first + timedelta(days=1),
    )  # fmt: skip
    if rows.exists():
        raise Conflict.of("starts", _("那天已经有单位在这个社区集体报到"), _("请换一天，社区照应得过来"))


@verb("service.hold_together")
def hold_together(tx: Tx, by: Act, *, slot: str, heads: int, meets: Sequence[str] = ()) -> str:
    """The community says that a unit's collective check-in took place, and how many came; seven days later the unit may say so
    itself. ``meets`` are the dues of the unit that this meets."""
    work = load(tx, slot)
    community = work.it.about.removeprefix("org:")
    late = work.it.ends + timedelta(days=WAIT) <= by.noted
    try:
        tx.ask("service.confirm", of_community(community))
    except Refused:
        if not late:
            raise
        tx.ask("service.unit", of_unit(work.it.org))
    found = rules(work.it.org, day_of(by))
    if found is None or work.it.kind != found.together or community not in orgs.forest():
        raise Conflict.of("slot", _("这不是集体报到"), _("请从列表里选"))
    if work.it.ends > by.noted or not 1 <= heads <= 5000:
        raise Invalid.of("heads", _("等结束以后，写来了多少人（1 到 5000）"))
    work.hold(heads=heads, meets=tuple(meets), with_orgs=(community,))
    keep(tx)
    return slot
