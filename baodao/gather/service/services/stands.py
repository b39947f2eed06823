"""Standing posts: set by a community or a unit, taken by a member, with evidence now and then."""

from __future__ import annotations

from datetime import date

import msgspec
from django.utils.translation import gettext as _

from baodao.gather.service.models import Stand
from baodao.gather.service.selectors import DOMAIN, of_community, of_self, own, where_to
from baodao.gather.service.standing import kinds_of
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, lock, verb
from baodao.orgs.ruling import Faults
from baodao.people.selectors import own_name
from baodao.people.services.identity import queue_token
from baodao.places.selectors import grid

from .listing import must_be_member
from .writing import LOCK, day_of, facts, stand_state, tell_stand


class NewStand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post of one kind; ``area`` is the grid of a responsibility area."""

    org: str
    kind: str
    title: str
    since: date
    about: str = ""
    area: str = ""


@verb("stand.set")
def set_stands(tx: Tx, by: Act, *, stands: list[NewStand]) -> list[str]:
    """Set standing posts; gives codes. Their duties are those of the kind, told to everybody."""
    for org in sorted({one.org for one in stands}) or [""]:
        tx.ask("stand.set", of_community(org))
    faults = Faults("stands")
    for at, one in enumerate(stands):
        kind = kinds_of(one.org, one.since).get(one.kind)
        if kind is None:
            faults.add(at, "kind", _("本区没有这一类岗"), _("请从列表里选"))
        elif kind.area and (grid(one.area) is None):
            faults.add(at, "area", _("责任区要选一个网格"), _("请从列表里选"))
        faults.text(at, "title", one.title, 2, 60)
        faults.day(at, "since", one.since)
        if len(one.about) > 500 or find_private(f"{one.title}\n{one.about}"):
            faults.add(at, "about", _("最多 500 个字，不写电话和证件号码"))
    faults.close()
    first, codes = (tx.number("stand", len(stands)) if stands else 0), []
    for at, one in enumerate(stands):
        code = f"st-{first + at:06}"
        data = facts.Set(kind=one.kind, since=one.since.isoformat())
        texts = {"title": one.title.strip()} | ({"about": one.about.strip()} if one.about.strip() else {})
        tell_stand(tx, code, None, data, org=one.org, place=one.area, texts=texts)
        codes.append(code)
    return codes


@verb("stand.take")
def take_stand(tx: Tx, by: Act, *, code: str, named: bool) -> str:
    """A member takes a vacant post, by her own step; with her name beside it only where she wishes so."""
    tx.ask("service.own", of_self(by))
    lock(LOCK)
    stand = _stand(code)
    token, member = own(by.person)
    must_be_member(by, member)
    if stand.until is not None or stand.token:
        raise Conflict.of("code", _("这个岗已经有人，或者已经撤了"), _("请看看别的岗"))
    if str(stand.org_id) not in {*member.units_now, *where_to(member, day_of(by))}:
        raise Conflict.of("code", _("这个岗不在您的单位，也不在您报到的社区"), _("可以先到那个社区报到"))
    token = token or queue_token(tx, by.person, DOMAIN)
    name = own_name(by.person) if named else ""
    if named and not name:
        raise Invalid.of("named", _("您还没有写姓名"), _("请先在“我的”里填姓名，或不写名字上岗"))
    data = facts.Taken(since=day_of(by).isoformat(), named=named)
    texts = {"name": name} if name else {}
    tell_stand(tx, code, stand_state(stand), data, org=str(stand.org_id), person=token, texts=texts)
    return code


@verb("stand.evidence")
def evidence(tx: Tx, by: Act, *, code: str, text: str) -> str:
    """Its holder notes what was done in the post."""
    tx.ask("service.own", of_self(by))
    lock(LOCK)
    stand = _stand(code)
    token, _member = own(by.person)
    if not token or stand.token != token:
        raise Conflict.of("code", _("这个岗不在您手里"), _("请刷新页面"))
    if not 2 <= len(text.strip()) <= 300 or find_private(text):
        raise Invalid.of("text", _("请用 2 到 300 个字说做了什么，不写电话、证件号码和名字"))
    data = facts.Evidenced(day=day_of(by).isoformat())
    tell_stand(
        tx, code, stand_state(stand), data, org=str(stand.org_id), person=token, texts={"text": text.strip()}
    )
    return code


@verb("stand.lay_down")
def lay_down(tx: Tx, by: Act, *, code: str) -> str:
    """The holder lays the post down, or the office takes it from her; no reason is asked or kept."""
    stand = _stand(code)
    token, _member = own(by.person) if by.person else ("", None)
    hers = bool(token) and stand.token == token
    if hers:
        tx.ask("service.own", of_self(by))
    else:
        tx.ask("stand.set", of_community(str(stand.org_id)))
    lock(LOCK)
    if not stand.token:
        raise Conflict.of("code", _("这个岗现在没有人"), _("请刷新页面"))
    data = facts.LaidDown(until=day_of(by).isoformat(), side="member" if hers else "office")
    tell_stand(tx, code, stand_state(stand), data, org=str(stand.org_id), person=stand.token)
    return code


@verb("stand.end")
def end_stands(tx: Tx, by: Act, *, codes: list[str]) -> list[str]:
    """Posts are no more."""
    rows = {row.code: row for row in Stand.objects.filter(code__in=codes)}
    for org in sorted({str(row.org_id) for row in rows.values()}) or [""]:
        tx.ask("stand.set", of_community(org))
    for code in sorted(set(codes)):
        row = rows.get(code)
        if row is None or row.until is not None:
            raise Conflict.of("code", _("没有这个岗，或者已经撤了"), _("请刷新页面"))
        until = max(day_of(by), row.since).isoformat()
        tell_stand(tx, code, stand_state(row), facts.StandEnded(until=until), org=str(row.org_id))
    return sorted(set(codes))


def _stand(code: str) -> Stand:
    found = Stand.objects.filter(code=code).first()
    if found is None:
        raise Missing.of("code", _("没有这个岗"), _("请从列表里选"))
    return found


__all__ = ["NewStand", "end_stands", "evidence", "lay_down", "set_stands", "take_stand"]
