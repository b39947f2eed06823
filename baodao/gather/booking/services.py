"""Taking a place for a time, and giving it back."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.kinds import known_kind
from baodao.gather.limits import must_fit
from baodao.gather.placing import know
from baodao.gather.policies import at_org, body_of, own, visible
from baodao.gather.ruling import NewSlot
from baodao.gather.services.seats import token_in
from baodao.gather.times import hours_of
from baodao.gather.working import begin, keep, load
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault, Invalid, Missing, Problem, Refused
from baodao.kernel.selectors import current_calendar
from baodao.kernel.verbs import Tx, allowed, verb
from baodao.people.selectors import tokens_of
from baodao.places.facilities import hours
from baodao.places.facilities.models import Facility

from .declare import FORMS, Booking, Use
from .free import LEAST, open_on, within
from .selectors import in_use, place, ways


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place for a time: ``starts`` and ``ends`` aware, in whole seconds; ``use`` one of those declared; ``people`` that come; ``org``
    for whom ("" the person herself); ``note`` more in an organization's own words."""

    booking: str
    place: str
    starts: datetime
    ends: datetime
    use: str
    people: int
    org: str = ""
    note: str = ""


@verb("booking.book")
def book(tx: Tx, by: Act, *, wanted: Wanted) -> str:
    """Take a place. Gives the code of the slot, which is the keeper's. Raises Invalid naming each field, Conflict with the other time when
    the place or the person is taken then."""
    tx.ask("booking.book", at_org(wanted.org) if wanted.org else own("new", by.person))
    row = place(by, wanted.place, lock=True)
    if row is None:
        raise Missing.of("place", _("没有这个地方，或者它不接受预约"), _("请从列表里选"))
    declared = ways(row, timezone.localdate(wanted.starts)).get(wanted.booking)
    if declared is None:
        raise Invalid.of("place", _("这个地方不外借、不接待预约"), _("请换一个地方，或打电话问"))
    if ("org" if wanted.org else "person") not in declared.who:
        raise Refused.of("", _("这里只接受单位预约"), _("请由单位的岗位来约"))
    use = judged(wanted, declared, row, by.noted)
    know(tx, row)
    kind = known_kind(str(row.org_id), declared.kind, timezone.localdate(wanted.starts))
    work = begin(
        tx,
        NewSlot(
            kind=declared.kind, org=str(row.org_id), starts=wanted.starts, ends=wanted.ends, title=use.title,
            place=row.code, seats=wanted.people, about=f"org:{wanted.org}" if wanted.org else "",
            notes=wanted.note.strip() if wanted.org else "",
            # What a person does in her free time is between her and the keeper.
            level=kind.level if wanted.org else 2,
        ),
    )  # fmt: skip
    if not wanted.org:
        token = token_in(tx, by, work.it.domain)
        must_fit(work, token)
        work.join(token)
    keep(tx)
    return work.code


def judged(wanted: Wanted, declared: Booking, row: Facility, now: datetime) -> Use:
    """What it is taken for. Raises Invalid with every fault."""
    use = next((one for one in declared.use if one.name == wanted.use), None)
    found = list(_time(wanted, declared, row, now))
    if use is None:
        found.append(Fault("use", _("要从清单里选用来做什么"), _("请选一样")))
    if not 1 <= wanted.people <= declared.most:
        found.append(
            Fault(
                "people", _("要 1 到 %(n)s 个人") % {"n": declared.most}, _("人多请分几次，或换大一点的地方")
            )
        )
    if len(wanted.note) > 200:
        found.append(Fault("note", _("说明最多 200 字"), _("请写短一些")))
    if found or use is None:
        raise Invalid(*found)
    return use


def _time(wanted: Wanted, declared: Booking, row: Facility, now: datetime) -> list[Fault]:
    length = wanted.ends - wanted.starts
    if length < LEAST:
        return [Fault("to", _("至少约 %(n)s 分钟") % {"n": LEAST.seconds // 60}, _("请改结束的时间"))]
    if length > timedelta(minutes=declared.longest):
        return [
            Fault("to", _("一次最多 %(n)s 分钟") % {"n": declared.longest}, _("请早一点结束，或分成几次"))
        ]
    if wanted.starts < now:
        return [Fault("from", _("这个时间已经过了"), _("请选以后的时间"))]
    if wanted.starts > now + timedelta(days=declared.ahead):
        return [Fault("day", _("最多提前 %(n)s 天约") % {"n": declared.ahead}, _("请过些天再来"))]
    day = timezone.localdate(wanted.starts)
    if not in_use(row, day):
        return [Fault("day", _("这个地方那一天不在用"), _("请换一天，或换一个地方"))]
    calendar, rules = current_calendar(), hours.parse(row.hours)
    opened = open_on(rules, day, calendar)
    if within(opened, wanted.starts, wanted.ends):
        return []
    if not rules.rules:
        return [Fault("day", _("这里没写开放时间，约不了"), _("请打电话问"))]
    spans = _("、").join(hours_of(*span) for span in opened)
    return [
        Fault("from", _("那一天开放 %(spans)s") % {"spans": spans}, _("请约在这里面")) if spans
        else Fault("day", _("那一天不开"), _("请换一天"))
    ]  # fmt: skip


@verb("booking.give_back")
def give_back(tx: Tx, by: Act, *, slot: str) -> None:
    """Who took it does not need it: the place is free again, no cause is asked. Raises Conflict once it has begun."""
    try:
        work = load(tx, slot)
    except Missing:
        raise _none() from None
    org = body_of(work.it.about)
    if org:
        if not allowed(by, "booking.give_back", at_org(org)) and not visible(by).filter(code=slot).exists():
            raise _none()  # that it is there is told to those only who may open it
        tx.ask("booking.give_back", at_org(org))
    else:
        tx.ask("booking.give_back", own(slot, by.person))
    token = "" if org else tokens_of(by.person).get(work.it.domain, "")
    row = work.seat(token) if token else None
    if work.it.form not in FORMS or (not org and (row is None or row.state != "seat")):
        raise _none()
    work.must_be_open()
    if work.it.starts <= by.noted:
        raise Conflict.of("slot", _("已经开始了，退不了"), _("没有去的话，不用做什么；记录有误可以说明"))
    if token:
        work.leave(token)
    work.call_off("given_back")
    keep(tx)


def _none() -> Problem:
    """What is not there and what is not one's own are told in the same words."""
    return Missing.of("slot", _("没有这个预约"), _("请从自己的预约里选"))
