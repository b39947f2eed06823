"""A talent's own data, who can see it, and the words of rights."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing
from baodao.orgs.powers.seeing import Part, Seen, register_seen, seers_of
from baodao.orgs.words import Words, register_right_words
from baodao.people.ports import Seer, register_my_data, register_seers

from .selectors import NOTE, READ, growth, of_village, own, talent


def my_data(person: str) -> Any:
    """Her entries and her growth."""
    return [
        {
            "village": str(row.org_id), "trade": row.trade, "since": row.since.isoformat(),
            "steps": [{"step": s.step, "day": s.day.isoformat(), "text": s.text} for s in growth(row.code)],
        }
        for row in own(person)
    ]  # fmt: skip


def seers(person: str) -> Iterator[Seer]:
    """Who sees that she is on a roster, and who keeps the record of her growth."""
    for row in own(person):
        subject, why = of_village(str(row.org_id), row.code), _("您在这里的本土人才名册上")
        yield from seers_of(READ, subject, why, _("哪一类、从哪天起；说明用途后可看姓名"))
        yield from seers_of(NOTE, subject, why, _("成长记录"))


def seen(by: Act, code: str) -> Seen:
    """The entry of the roster, and the record that the village and she herself read."""
    row = talent(by, code)
    if row is None:
        raise Missing.of("code", _("名册上没有这个人，或者不对您开放"), _("请从名册里选"))
    subject, mine = of_village(str(row.org_id), code), ((_("本人"), 1),)
    parts = (
        Part(_("名册上的登记：姓名每次说明用途才看"), READ, subject, mine),
        Part(_("成长记录"), NOTE, subject, mine),
    )
    return Seen(code, reverse("desk:talent", kwargs={"code": code}), parts)


_RIGHTS = {
    "talent.*": Words("本土人才名册的全部维护", "All upkeep of local talents"),  # data
    "talent.read": Words("看本土人才名册", "Read the roster of local talents"),  # data
    "talent.name": Words("报本土人才", "Name local talents"),  # data
    "talent.note": Words("记成长的一步", "Note a step of growth"),  # data
    "talent.end": Words("移出本土人才名册", "End an entry of local talents"),  # data
    "talent.own": Words("看自己的成长记录", "One's own record of growth"),  # data
}
register_my_data("talents", my_data)
register_right_words("talents", lambda pack: _RIGHTS)
register_seers("talents", seers)
register_seen("talent", seen)
