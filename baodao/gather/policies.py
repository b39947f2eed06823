"""What a right on a slot is asked about, which slots an actor sees, and who may sign up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Refused
from baodao.orgs.policies import Columns, reach_of, where
from baodao.orgs.rolls.models import Membership, RollShown

from .credits import day_of
from .declare import Gathering
from .fold import Meeting
from .models import Seat, Slot
from .words import JOINERS

READ, LIST = "gather.read", "gather.list"
_COLUMNS = Columns(org="org_id", level="level", key="code", legs=(Slot, "code", "org_id", "post"))
AnySlot = Slot | Meeting

#: (slot, day, tokens of the person by domain) → whether she is one of these; rooms fill in what they know better.
_joiners: dict[str, Callable[[AnySlot, date, dict[str, str]], bool]] = {}
_veils: list[Callable[[AnySlot, list[str]], list[str]]] = []


def org_of(slot: AnySlot) -> str:
    """Who convenes."""
    return slot.org if isinstance(slot, Meeting) else str(slot.org_id)


def body_of(about: str) -> str:
    """The organization that a slot is about; "" when it is about something else or nothing."""
    what, _colon, code = about.partition(":")
    return code if what == "org" else ""


def at_org(org: str, level: int = 1) -> Subject:
    """What opening a slot is asked about."""
    return Subject(ref="gather:new", org=org, level=level, legs=((org, ""),))


def of_slot(slot: AnySlot) -> Subject:
    """What reading and changing a slot is asked about."""
    return Subject(
        ref=f"gather:{slot.code}", org=org_of(slot), level=slot.level, legs=((org_of(slot), slot.post),)
    )


def people_of(slot: AnySlot) -> Subject:
    """What the names of a slot are asked about: those who convene take part; nobody above."""
    return Subject(ref=f"gather:{slot.code}", org=org_of(slot), level=2, legs=((org_of(slot), ""),))


def own(slot: AnySlot | str, person: str) -> Subject:
    """What a person's own seat is asked about."""
    code = slot if isinstance(slot, str) else slot.code
    return Subject(ref=f"gather:{code}", level=2, persons=(person,) if person else ())


def visible(by: Act) -> QuerySet[Slot]:
    """Slots that this actor sees by right; her own ones come beside. No statement yet."""
    reach = reach_of(by, READ)
    return Slot.objects.filter(where(reach, _COLUMNS)) if reach else Slot.objects.none()


def register_joiner(name: str, find: Callable[[AnySlot, date, dict[str, str]], bool]) -> None:
    """A room says who "linked" (or another of declare.Joiner) are."""
    _joiners[name] = find


def register_veil(find: Callable[[AnySlot, list[str]], list[str]]) -> None:
    """A room says of whom the convener of a slot may read the name, of those given; the rest chose not to be seen there."""
    _veils.append(find)


def unveiled(slot: AnySlot, tokens: list[str]) -> list[str]:
    """Those whose names the convener may read. At most one statement a room."""
    for find in _veils:
        tokens = find(slot, tokens)
    return tokens


def is_joiner(name: str, slot: AnySlot, by: Act, tokens: dict[str, str]) -> bool:
    """Whether the actor is one of these, for this slot. At most one statement."""
    if name in _joiners:
        return _joiners[name](slot, day_of(slot.starts), tokens)
    party = tokens.get("party", "")
    if name in ("anyone", "person"):
        return bool(by.person)
    if name == "staff":
        return bool(by.post)
    if name in ("member", "roll"):
        rows = Membership.objects.filter(token=party, state="in", until__isnull=True)
        rows = rows.filter(org=org_of(slot)) if name == "roll" else rows
        return bool(party) and rows.exists()
    if name == "linked":
        return bool(party) and RollShown.objects.filter(org=org_of(slot), token=party).exists()
    token = tokens.get(slot.domain, "")
    rows_here = Seat.objects.filter(slot=slot.code, token=token, way="invited").exclude(state="left")
    return bool(token) and rows_here.exists()


def may_join(slot: AnySlot, kind: Gathering, by: Act, tokens: dict[str, str]) -> bool:
    """Whether the kind lets this actor sign up."""
    return (
        kind.people == "list"
        and bool(by.person)
        and any(is_joiner(name, slot, by, tokens) for name in kind.join)
    )


def must_join(slot: AnySlot, kind: Gathering, by: Act, tokens: dict[str, str]) -> None:
    """Raises Refused with who may."""
    if kind.people == "count":
        raise Refused.of("", _("这一场只数人头，不记名字，也不用报名"), _("到时候直接来就行"))
    if not may_join(slot, kind, by, tokens):
        raise Refused.of("", _("这一场只请%(who)s报名") % {"who": joined_words(kind)}, _("请看看别的场次"))


def joined_words(kind: Gathering) -> str:
    """Who may sign up, in words."""
    return "、".join(str(JOINERS[name]) for name in kind.join)
