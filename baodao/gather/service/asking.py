"""One member's points, opened: by herself, or by the one post that the pack names, for a purpose, with an entry in her access log.
There is no other way to points: no list, no export, no order (limits.md, D01, Y05, F09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from baodao.gather.kinds import kinds_of, titled
from baodao.gather.models import Slot
from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Missing, Refused
from baodao.kernel.verbs import allowed
from baodao.ledger.models import Fact
from baodao.orgs import selectors as orgs
from baodao.people import normalise
from baodao.people.declare import purposes
from baodao.people.selectors import holder_of, token_for
from baodao.people.services.logs import log_access
from baodao.people.services.throttle import Rule as Limit
from baodao.people.services.throttle import take

from .declare import POINTS, Points
from .fold import Member
from .halves import half_from
from .models import Stand
from .points import Account, Done, account, switched_on
from .selectors import DOMAIN, members, points_rules

#: Looks of one keeper in an hour: enough for who comes to ask, not enough to go through a list.
LOOKS = Limit("service_points", 20, 3600)


class Line(msgspec.Struct, frozen=True):
    """A line in words: the day, what was done, by which rule, what it gave and why not more."""

    day: date
    what: str
    rule: str
    earned: int
    counted: int
    cut: str


class Shown(msgspec.Struct, frozen=True):
    """One member's points with their reasons."""

    rules: Points
    account: Account
    lines: tuple[Line, ...]


def rules_for(member: Member, day: date) -> Points | None:
    """The points in force for a member: those of the pack of a unit that has her on its list. None for everybody else: residents and
    volunteers outside have none, whatever they do."""
    found = (points_rules(unit, day) for unit in member.units_now)
    return next((one for one in found if one is not None and switched_on(one, day)), None)


def own_points(token: str, member: Member, day: date) -> Shown | None:
    """A member's own; None where points are not switched on for her. Three statements."""
    rules = rules_for(member, day)
    if rules is None:
        return None
    out = {half_from(code) for code in member.out}
    counted = account([*_served(member), *_stood(token)], rules, day, out)
    return Shown(rules, counted, tuple(_lines(counted, rules, member, day)))


def keeper_looks(by: Act, phone: str, day: date) -> Shown:
    """One member's, for the named post: asked by the telephone that she gives. Raises Refused, Missing, TooMany. Her access log has
    the look."""
    subject = of_keeper(by)
    if not allowed(by, POINTS, subject):
        raise Refused.of("", _("积分只有本人和一个指定岗位能看"), _("请换岗位"))
    if by.purpose not in purposes():
        raise Refused.of("purpose", _("没有说明用途"), _("看一个人的积分要先选一个用途"))
    take(LOOKS, f"post:{by.post}", by.noted)
    uid, _account = holder_of(normalise.Contact("phone", normalise.normal("phone", phone)))
    token = token_for(uid, DOMAIN) if uid else ""
    member = members([token])[token] if token else Member()
    found = own_points(token, member, day)
    if found is None or subject.org not in _over(member, day):
        raise Missing.of("phone", _("没有这个人的积分"), _("请本人核对手机号；不在单位名单上的人没有积分"))
    with transaction.atomic():
        log_access(by, subject.org, [(uid, ("points",))], subject.ref)
    return found


def of_keeper(by: Act) -> Subject:
    """What the right is asked about: the keeper's own organization."""
    home = by.office
    return Subject(ref=f"org:{home}", org=home, level=1)


def _over(member: Member, day: date) -> set[str]:
    """Organizations above the units that have her: the keeper sits at one of them."""
    trees = orgs.forest()
    return {code for unit in member.units_now for code in trees.chain(unit, day)}


def _served(member: Member) -> list[Done]:
    rows = (row for row in member.records.values() if row.state == "confirmed")
    return [Done(row.slot, "service", row.kind, row.day, row.minutes) for row in rows]


def _stood(token: str) -> list[Done]:
    rows = Fact.objects.filter(kind="stand.evidenced", person=token).order_by("id")
    told = list(rows.values_list("subject", "happened"))
    kinds = dict(
        Stand.objects.filter(code__in=[s.partition(":")[2] for s, _at in told]).values_list("code", "kind")
    )
    # Twice on one day is one evidence.
    found = {(s.partition(":")[2], timezone.localdate(at)) for s, at in told}
    return [
        Done(f"{code}/{day.isoformat()}", "standing", kinds.get(code, ""), day) for code, day in sorted(found)
    ]


def _lines(counted: Account, rules: Points, member: Member, day: date) -> list[Line]:
    slots = [line.key for line in counted.lines if line.key in member.records]
    titles = dict(Slot.objects.filter(code__in=slots).values_list("code", "title"))
    named = {rule.name: _titled(rule.title, rule.title_en) for rule in rules.rule}
    found = []
    for line in counted.lines:
        record = member.records.get(line.key)
        what = titles.get(line.key, line.key) if record is not None else _("岗位实绩")
        found.append(Line(line.day, what, named[line.rule], line.earned, line.counted, line.cut))
    return sorted(found, key=lambda one: one.day, reverse=True)


def _titled(zh: str, english: str) -> str:
    return english if english and (translation.get_language() or "").startswith("en") else zh


def kind_words(org: str, day: date) -> Mapping[str, str]:
    """Kind of gathering → its title in the reader's language."""
    return {code: titled(kind) for code, kind in kinds_of(org, day).items()}
