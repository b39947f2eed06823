"""Members hear of an evening that is announced, near, moved or called off: a day and a link, never what it is about. Of an evening that
two branches held, each reads its own names only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from baodao.gather.policies import AnySlot, org_of, register_veil
from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded

from . import selectors

register_template("meeting.announced", _("{org}{day}有一次会，议程和会前要看的请打开看。"))
register_template("meeting.near", _("提醒：{org}{day}有一次会。"))
register_template("meeting.moved", _("{org}的会改了时间或地点，现在是{day}。"))
register_template("meeting.off", _("{org}{day}的会取消了，不用来了。"))


def _members(template: str) -> Callable[[Recorded], Iterable[Tell]]:
    def find(fact: Recorded) -> Iterable[Tell]:
        slot = selectors.planned(fact.subject.partition(":")[2])
        if slot is None or slot.starts <= fact.noted:
            return []
        params = {"org": str(slot.org_id), "day": selectors.local_day(slot.starts).isoformat()}
        return [
            Tell(template, person=uid, link="/me/evenings/", params=params)
            for uid in selectors.roll_persons(slot)
        ]

    return find


def own_side(slot: AnySlot, tokens: list[str]) -> list[str]:
    """Of those in an evening: whom its convener told of, not another branch that held it too. One statement, none for other slots."""
    if slot.form != selectors.FORM or slot.domain != selectors.DOMAIN or not tokens:
        return tokens
    theirs = selectors.others(slot.code, org_of(slot))
    return [token for token in tokens if token not in theirs]


register_veil(own_side)
register_audience("gather.opened", _members("meeting.announced"))
register_audience("gather.changed", _members("meeting.moved"))
register_audience("gather.called_off", _members("meeting.off"))
register_audience("gather.reminded", _members("meeting.near"))
