"""Checks of what a command wants with alliances, before anything is written. Pure: trees and kinds are handed in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.report import suggest
from baodao.orgs.ruling import POST_CODE, Faults
from baodao.orgs.tree import Forest

from .declare import ROLES, AllianceKind
from .fold import Whole

KindsOf = Callable[[str, date], Mapping[str, AllianceKind]]
#: Members named in one command.
MOST = 1000


class NewMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member to be, from the alliance's first day; ``role`` "" takes the first of the alliance's shape."""

    org: str
    role: str = ""


class NewAlliance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alliance to be; ``code`` "" takes the next number, ``until`` None has no agreed end."""

    kind: str
    name: str
    seat: str
    since: date
    code: str = ""
    name_en: str = ""
    until: date | None = None
    members: tuple[NewMember, ...] = ()


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` shall take part from ``since`` on."""

    alliance: str
    org: str
    since: date
    role: str = ""


class Join(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` accepts its invitation and takes part from ``since`` on."""

    alliance: str
    org: str
    since: date


class Decline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The invitation of ``org`` ends without a member."""

    alliance: str
    org: str


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without ``org``."""

    alliance: str
    org: str
    until: date


class EndAlliance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without the alliance."""

    alliance: str
    until: date


def check_new(alliances: Sequence[NewAlliance], trees: Forest, taken: set[str], kinds_of: KindsOf) -> None:
    """``taken`` are codes in use. Raises Invalid with every fault by place (``alliances[0].seat``)."""
    faults = Faults("alliances")
    seen = set(taken)
    for place, one in enumerate(alliances):
        if one.code and not POST_CODE.match(one.code):
            faults.add(place, "code", _("代码写法不对"), _("2 到 48 个小写字母、数字、点、- 或 _"))
        if one.code in seen:
            faults.add(place, "code", _("代码 %(code)s 已经有了") % {"code": one.code}, _("换一个代码"))
        seen |= {one.code} - {""}
        faults.text(place, "name", one.name, 1, 120)
        faults.text(place, "name_en", one.name_en, 0, 160)
        _check_days(faults, place, one)
        if there(faults, (place, "seat"), one.seat, one.since, trees):
            _check_kind(faults, place, one, trees, kinds_of)
    faults.close()


def _check_days(faults: Faults, place: int, one: NewAlliance) -> None:
    faults.day(place, "since", one.since)
    if one.until is not None:
        faults.day(place, "until", one.until)
        if one.until <= one.since:
            faults.add(place, "until", _("结束日要在开始之后"))


def _check_kind(faults: Faults, place: int, one: NewAlliance, trees: Forest, kinds_of: KindsOf) -> None:
    kinds = kinds_of(one.seat, one.since)
    kind = kinds.get(one.kind)
    if kind is None:
        remedy = suggest(one.kind, kinds)[1]
        faults.add(place, "kind", _("没有叫 %(kind)s 的共建组织类别") % {"kind": one.kind}, remedy)
        return
    if kind.at and trees.nodes[one.seat].level not in kind.at:
        faults.add(place, "seat", _("%(title)s 不由这一层召集") % {"title": kind.title})
    if len(one.members) > MOST:
        faults.add(place, "members", _("一次最多 %(most)d 个单位") % {"most": MOST}, _("其余的用名单导入"))
    seen: set[str] = set()
    for number, member in enumerate(one.members[:MOST]):
        key = f"members[{number}]"
        there(faults, (place, key), member.org, one.since, trees)
        check_role(faults, place, key, member.role, kind.shape)
        if kind.body:
            check_tree(faults, (place, key), one.seat, member.org, trees)
        if member.org in seen:
            faults.add(place, key, _("单位 %(code)s 写了两次") % {"code": member.org})
        seen.add(member.org)


def there(faults: Faults, at: tuple[int, str], org: str, day: date, trees: Forest) -> bool:
    """Whether the organization exists on the day; else a fault with the nearest codes."""
    node = trees.nodes.get(org)
    if node is not None and node.at(day):
        return True
    remedy = suggest(org, trees.nodes)[1]
    faults.add(*at, _("那一天没有组织 %(code)s") % {"code": org}, remedy)
    return False


def check_tree(faults: Faults, at: tuple[int, str], seat: str, org: str, trees: Forest) -> None:
    """Whether a part of one body stands in the other tree than its seat."""
    if org != seat and org in trees.nodes and trees.nodes[org].tree == trees.nodes[seat].tree:
        words = _("%(name)s 和 %(seat)s 在同一棵树上") % {"name": trees.name(org), "seat": trees.name(seat)}
        faults.add(*at, words, _("行政单位选党组织，党组织选行政单位"))


def check_role(faults: Faults, place: int, key: str, role: str, shape: str) -> None:
    """Whether an alliance of this shape has such a role ("" always)."""
    if role and role not in ROLES[shape]:
        faults.add(place, key, _("这一类没有角色 %(role)s") % {"role": role}, "、".join(ROLES[shape]))


def check_invites(
    invites: Sequence[Invite], wholes: Mapping[str, Whole], trees: Forest, kinds_of: KindsOf
) -> None:
    """Raises Invalid. Who takes part already, or was asked already, is a fault."""
    faults = Faults("invites")
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(invites):
        whole = _running(faults, place, one.alliance, one.since, wholes)
        if whole is None or not there(faults, (place, "org"), one.org, one.since, trees):
            continue
        check_role(faults, place, "role", one.role, whole.shape)
        kind = kinds_of(whole.seat, one.since).get(whole.kind)
        if kind is not None and kind.body:
            check_tree(faults, (place, "org"), whole.seat, one.org, trees)
        held = whole.open_tie(one.org)
        if held is not None or (one.alliance, one.org) in seen:
            waits = held is not None and held.state == "invited"
            words = _("已经邀请过 %(name)s，在等答复") if waits else _("%(name)s 已经在里面")
            faults.add(place, "org", words % {"name": trees.name(one.org)})
        elif any(
            t.org == one.org and t.state == "joined" and (t.until or date.max) > one.since for t in whole.ties
        ):
            faults.add(place, "since", _("%(name)s 那一天还在里面") % {"name": trees.name(one.org)})
        seen.add((one.alliance, one.org))
    faults.close()


def _running(faults: Faults, place: int, code: str, day: date, wholes: Mapping[str, Whole]) -> Whole | None:
    """The alliance when it exists on the day."""
    faults.day(place, "since", day)
    whole = wholes.get(code)
    if whole is None:
        faults.add(place, "alliance", _("没有这个共建组织"))
    elif not whole.at(day):
        faults.add(place, "since", _("那一天这个共建组织不存在"), _("改用它存在的日子"))
        return None
    return whole


def check_answers(
    joins: Sequence[Join | Decline], wholes: Mapping[str, Whole], free: frozenset[str] = frozenset()
) -> None:
    """Only a waiting invitation is answered, once; an alliance in ``free`` is joined without one. Raises Invalid."""
    faults = Faults("joins" if joins and isinstance(joins[0], Join) else "declines")
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(joins):
        whole = wholes.get(one.alliance)
        held = whole.open_tie(one.org) if whole else None
        by_itself = isinstance(one, Join) and one.alliance in free and held is None
        waits = held is not None and held.state == "invited"
        if whole is None or not (waits or by_itself) or (one.alliance, one.org) in seen:
            faults.add(place, "org", _("没有等待答复的邀请"), _("先由召集单位邀请"))
        elif isinstance(one, Join):
            _running(faults, place, one.alliance, one.since, wholes)
        seen.add((one.alliance, one.org))
    faults.close()


def check_leaves(leaves: Sequence[Leave], wholes: Mapping[str, Whole], trees: Forest) -> None:
    """The convening organization cannot leave: it ends the alliance. Raises Invalid."""
    faults = Faults("leaves")
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(leaves):
        faults.day(place, "until", one.until)
        whole = wholes.get(one.alliance)
        held = whole.open_tie(one.org) if whole else None
        if whole is None or held is None or held.state != "joined" or (one.alliance, one.org) in seen:
            faults.add(place, "org", _("%(name)s 不在里面") % {"name": trees.name(one.org)})
        elif one.org == whole.seat:
            faults.add(place, "org", _("召集单位不能退出"), _("要结束请由召集单位结束整个共建组织"))
        elif one.until <= held.since:
            faults.add(place, "until", _("退出日要在加入之后"), held.since.isoformat())
        seen.add((one.alliance, one.org))
    faults.close()


def check_ends(ends: Sequence[EndAlliance], wholes: Mapping[str, Whole]) -> None:
    """An earlier end than agreed may be set, never a later one. Raises Invalid."""
    faults = Faults("ends")
    for place, one in enumerate(ends):
        faults.day(place, "until", one.until)
        whole = wholes.get(one.alliance)
        twice = one.alliance in [end.alliance for end in ends[:place]]
        if whole is None or twice or (whole.until is not None and whole.until <= one.until):
            faults.add(place, "alliance", _("没有这个共建组织，或者它已经结束"))
        elif one.until <= whole.since:
            faults.add(place, "until", _("结束日要在开始之后"), whole.since.isoformat())
    faults.close()
