"""Lists of units, where members report, what they show, being out for a half-year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from django.utils.translation import gettext as _

from baodao.gather.service.fold import Member
from baodao.gather.service.halves import half_from, half_of
from baodao.gather.service.selectors import DOMAIN, members, of_self, of_unit, own, where_to
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, lock, verb
from baodao.orgs import selectors as orgs
from baodao.orgs.rolls.selectors import own as roll_of
from baodao.orgs.ruling import Faults
from baodao.people.services.identity import queue_invited, queue_token

from .writing import LOCK, day_of, facts, tell_fact

SHOWN = ("name", "unit", "hours")
#: Communities of one's own choice beside those of the unit.
MOST_HOMES = 3


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member at work on her unit's list. By her telephone she signs in, when she wishes; until then she is a row.
    ``uid`` as an export brings it."""

    unit: str
    name: str
    phone: str
    since: date
    uid: str = ""


class Unlist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without her on the list."""

    unit: str
    token: str
    until: date


@verb("service.list")
def list_members(tx: Tx, by: Act, *, members_: list[Listing]) -> list[str]:
    """Units put their members at work on their lists; gives tokens. Who is on this list already is left as she is."""
    for unit in sorted({one.unit for one in members_}) or [""]:
        tx.ask("service.list", of_unit(unit))
    lock(LOCK)
    faults = Faults("members")
    examine(faults, members_)
    faults.close()
    # Somebody may come on the lists of two units in one command.
    known: dict[str, str] = {}
    for one in members_:
        if one.phone not in known:
            who = queue_invited(tx, name=one.name, phone=one.phone, domain=DOMAIN, uid=one.uid)
            known[one.phone] = who.token
    tokens = [known[one.phone] for one in members_]
    held = members(tokens)
    for one, token in zip(members_, tokens, strict=True):
        if held[token].unit(one.unit) is None:
            data = facts.Listed(unit=one.unit, since=one.since.isoformat())
            tell_fact(tx, token, held[token], data, org=one.unit)
    return tokens


def examine(faults: Faults, members_: Sequence[Listing]) -> None:
    """What is wrong with them by themselves: the unit is there on that day."""
    for at, one in enumerate(members_):
        if one.unit not in orgs.forest() or not orgs.forest().nodes[one.unit].at(one.since):
            faults.add(at, "unit", _("没有这个单位"), _("请选单位"))
        faults.day(at, "since", one.since)


@verb("service.unlist")
def unlist_members(tx: Tx, by: Act, *, rows: list[Unlist]) -> list[str]:
    """Members leave a unit's list: moved, retired. What they served stays theirs."""
    for unit in sorted({one.unit for one in rows}) or [""]:
        tx.ask("service.list", of_unit(unit))
    lock(LOCK)
    held = members({one.token for one in rows})
    for one in rows:
        row = held[one.token].unit(one.unit)
        if row is None:
            raise Conflict.of("token", _("这个人不在单位的名单上"), _("请刷新页面"))
        data = facts.Unlisted(unit=one.unit, until=max(one.until, row.since).isoformat())
        tell_fact(tx, one.token, held[one.token], data, org=one.unit)
    return [one.token for one in rows]


@verb("service.report")
def report_at(tx: Tx, by: Act, *, place: str, since: date) -> str:
    """A member reports at a community: one that her unit is linked with, or where she lives. Gives the role. Conflict when she
    reports there already, or is on no list and no roll."""
    tx.ask("service.own", of_self(by))
    lock(LOCK)
    token, member = own(by.person)
    node = orgs.forest().nodes.get(place)
    if node is None or node.level != "community" or not node.at(since):
        raise Invalid.of("place", _("没有这个社区（村）"), _("请写社区的全称或代码"))
    must_be_member(by, member)
    if member.place(place) is not None:
        raise Conflict.of("place", _("您已经在这里报到"))
    role = "linked" if where_to(member, since).get(place) == "linked" else "home"
    homes = [row for row in member.places if row.until is None and row.role == "home"]
    if role == "home" and len(homes) >= MOST_HOMES:
        raise Conflict.of("place", _("居住地最多报到 %(n)d 个社区") % {"n": MOST_HOMES}, _("请先离开一个"))
    data = facts.Reported(place=place, role=role, since=since.isoformat())  # type: ignore[arg-type]
    tell_fact(tx, token or queue_token(tx, by.person, DOMAIN), member, data, org=place)
    return role


def must_be_member(by: Act, member: Member) -> None:
    """Raises Conflict for somebody who is on no unit's list and on no branch's roll."""
    if not member.units_now and roll_of(by.person)[1].home is None:
        raise Conflict.of(
            "", _("您不在任何单位的名单上，也不在支部的名册上"), _("请单位的党组织用您登录的手机号把您记上")
        )


@verb("service.end")
def end_report(tx: Tx, by: Act, *, place: str, until: date) -> str:
    """She reports at a community no longer; no reason is asked."""
    tx.ask("service.own", of_self(by))
    lock(LOCK)
    token, member = own(by.person)
    row = member.place(place)
    if row is None:
        raise Conflict.of("place", _("您没有在这里报到"), _("请刷新页面"))
    data = facts.Ended(place=place, until=max(until, row.since).isoformat())
    tell_fact(tx, token, member, data, org=place)
    return place


@verb("service.show")
def show_at(tx: Tx, by: Act, *, place: str, what: list[str]) -> list[str]:
    """What a community or her unit may see of her, the whole of it; gives what holds. Nothing by default."""
    tx.ask("service.own", of_self(by))
    lock(LOCK)
    token, member = own(by.person)
    if place not in {*member.units_now, *where_to(member, day_of(by))}:
        raise Invalid.of("place", _("这不是您的单位，也不是您能服务的社区"), _("请从列表里选"))
    wrong = [one for one in what if one not in SHOWN]
    if wrong:
        raise Invalid.of("what", _("没有这一项"), "、".join(SHOWN))
    chosen = tuple(sorted(set(what)))
    if member.shown.get(place, ()) != chosen:
        data = facts.Shows(place=place, what=chosen)  # type: ignore[arg-type]
        tell_fact(tx, token, member, data, org=place)
    return list(chosen)


@verb("service.exempt")
def exempt(tx: Tx, by: Act, *, half: str, yes: bool) -> bool:
    """She is out for a half-year, or in again: one tap, no cause. The present half-year and the next."""
    tx.ask("service.own", of_self(by))
    lock(LOCK)
    token, member = own(by.person)
    now = half_of(day_of(by))
    try:
        wanted = half_from(half)
    except ValueError:
        wanted = now.after(-9)
    if wanted not in {now, now.after(1)}:
        raise Invalid.of("half", _("只能选本半年或下半年"))
    must_be_member(by, member)
    if (half in member.out) != yes:
        token = token or queue_token(tx, by.person, DOMAIN)
        tell_fact(tx, token, member, facts.Exempted(half=half, yes=yes), org="")
    return yes
