"""Reminding, in one press, whoever owes a plan and is still to come: each through her own post, within the one limit of all reminders together.
Nobody learns who they are, and who opened it is written nowhere."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.dues.reminding import Nudge, nudge
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded

from .declare import plans_of
from .reached import still
from .selectors import of_class

RIGHT = "training.remind"
#: What stands before a plan's name in a reminder.
MARK = "training."


class Told(msgspec.Struct, frozen=True):
    """How many were reminded, and how many not: for this month already (``once``), or often enough of late of whatever (``lately``)."""

    told: int
    once: int
    lately: int


@verb("training.remind")
def remind(tx: Tx, by: Act, *, org: str, plan: str) -> Told:
    """Whoever owes a plan below an organization and has not taken all of it. Once a month for a plan, and not more often than the pack allows over all
    reminders together. Raises Invalid: no such plan; Conflict: fewer than ten owe it, all came, all were reminded."""
    tx.ask(RIGHT, of_class(org))
    day = timezone.localdate(by.noted)
    one = plans_of(org, day).get(plan)
    if one is None or not one.owed_by:
        raise Invalid.of("plan", _("没有这个计划"), _("请从页面上选"))
    total, late = still((plan, one), org, day)
    if total.whole is None:
        raise Conflict.of("plan", _("要学的不到十人，不成批提醒"), _("办班的人在这个班的名单里请"))
    if not late:
        raise Conflict.of("plan", _("都来齐了，没有要提醒的"))
    asked = [Nudge(f"post:{held.post}", held.org, f"{MARK}{plan}", day.replace(day=1)) for held in late]
    passed = nudge(tx, asked, day)
    found = Told(passed.count(None), passed.count("once"), passed.count("lately"))
    if not found.told:
        raise Conflict.of(
            "plan",
            _("都不用再提醒：%(once)d 人这个月提醒过，%(lately)d 人近期别的提醒已经够了")
            % {"once": found.once, "lately": found.lately},
            _("一个人收到的各种提醒合计限次"),
        )
    return found


def _tells(fact: Recorded) -> Iterable[Tell]:
    """The holder of the post."""
    sort, _colon, code = fact.data.subject.partition(":")
    if sort == "post" and fact.data.requirement.startswith(MARK):
        yield Tell("training.reminded", post=code, link="/desk/classes/")


register_audience("due.reminded", _tells)
register_template(
    "training.reminded", gettext_lazy("您的岗位有一项培训还没有上齐，请打开看看还缺哪几课、哪天有课。")
)
