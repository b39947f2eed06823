"""Members hear of an evening that is announced, near, moved or called off, each in the name of her own branch: a day and a link, never what
it is about. Those who keep a branch's record hear that they are asked to hold one too, and what was answered. Of an evening that two branches
held, each reads its own names only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from baodao.gather.models import Slot
from baodao.gather.policies import AnySlot, org_of, register_veil
from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded

from . import selectors, sides

register_template("meeting.announced", _("{org}{day}有一次会，议程和会前要看的请打开看。"))
register_template("meeting.near", _("提醒：{org}{day}有一次会。"))
register_template("meeting.moved", _("{org}的会改了时间或地点，现在是{day}。"))
register_template("meeting.off", _("{org}{day}的会取消了，不用来了。"))


register_template("meeting.side_asked", _("{org}请本支部一起开{day}的会，请打开答复。"))
register_template("meeting.side_let_go", _("{org}{day}的会不再请本支部一起开。"))
register_template("meeting.side_moved", _("{org}请本支部一起开的会改了时间或地点，现在是{day}。"))
register_template("meeting.side_off", _("{org}请本支部一起开的{day}的会取消了。"))
register_template("meeting.side_joins", _("{org}答应一起开{day}的会。"))
register_template("meeting.side_declined", _("{org}不参加{day}一起开的会。"))


def _coming(fact: Recorded) -> Slot | None:
    """The announced evening that a fact tells of, while it is to come."""
    slot = selectors.planned(fact.subject.partition(":")[2])
    return slot if slot is not None and slot.starts > fact.noted else None


def _to_members(slot: Slot, template: str, sides_: Iterable[str]) -> list[Tell]:
    """The members of each side in the name of their own; who is on two rolls hears once."""
    found: dict[str, Tell] = {}
    day = selectors.local_day(slot.starts).isoformat()
    for org in sides_:
        for uid in selectors.roll_persons(slot, org):
            params = {"org": org, "day": day}
            found.setdefault(uid, Tell(template, person=uid, link="/me/evenings/", params=params))
    return list(found.values())


def _to_keepers(slot: Slot, template: str, side: str, about: str) -> Tell:
    """Those who keep the record of one side; ``about``: the organization of which they are told."""
    params = {"org": about, "day": selectors.local_day(slot.starts).isoformat()}
    link = f"/desk/branch/evenings/{slot.code}/"
    return Tell(template, org=side, right=selectors.RECORD, link=link, params=params)


def _members(template: str, keepers: str = "") -> Callable[[Recorded], Iterable[Tell]]:
    """Members of all sides; with ``keepers`` also those who keep the record of each side that was asked and did not decline."""

    def find(fact: Recorded) -> Iterable[Tell]:
        slot = _coming(fact)
        if slot is None:
            return []
        host = str(slot.org_id)
        stands = sides.states([slot.code]).get(slot.code, {}) if keepers else {}
        hold = [host, *(org for org, (state, _note) in stands.items() if state == "joins")]
        told = [
            _to_keepers(slot, keepers, org, host)
            for org, (state, _n) in stands.items()
            if state != "declined"
        ]
        return [*_to_members(slot, template, hold), *told]

    return find


def _reminded(fact: Recorded) -> Iterable[Tell]:
    slot = _coming(fact)
    return _to_members(slot, "meeting.near", [fact.org]) if slot is not None else []


def _asked(fact: Recorded) -> Iterable[Tell]:
    slot = _coming(fact)
    if slot is None:
        return []
    side = fact.data.side
    if fact.data.what == "asked":
        return [_to_keepers(slot, "meeting.side_asked", side, fact.org)]
    told = [_to_keepers(slot, "meeting.side_let_go", side, fact.org)]
    return told + (_to_members(slot, "meeting.off", [side]) if sides.held_before(fact) else [])


def _answered(fact: Recorded) -> Iterable[Tell]:
    """The side's members when it holds the evening, or does not any more; the branch that asked, each time."""
    slot = _coming(fact)
    if slot is None:
        return []
    joins, before = fact.data.says == "joins", sides.held_before(fact)
    if joins and before:
        return []  # its words to its own members were changed
    told = [_to_keepers(slot, f"meeting.side_{fact.data.says}", str(slot.org_id), fact.org)]
    if joins:
        return told + _to_members(slot, "meeting.announced", [fact.org])
    return told + (_to_members(slot, "meeting.off", [fact.org]) if before else [])


def own_side(slot: AnySlot, tokens: list[str]) -> list[str]:
    """Of those in an evening: whom its convener told of, not another branch that held it too. One statement, none for other slots."""
    if slot.form != selectors.FORM or slot.domain != selectors.DOMAIN or not tokens:
        return tokens
    theirs = selectors.others(slot.code, org_of(slot))
    return [token for token in tokens if token not in theirs]


register_veil(own_side)
register_audience("gather.opened", _members("meeting.announced"))
register_audience("gather.changed", _members("meeting.moved", "meeting.side_moved"))
register_audience("gather.called_off", _members("meeting.off", "meeting.side_off"))
register_audience("gather.reminded", _reminded)
register_audience("gather.side_asked", _asked)
register_audience("gather.side_answered", _answered)
