"""Who hears of a gathering's facts: those who signed up, when it is called off or changed, and whoever moved up, was asked or released;
the convener, when somebody withdraws late. What is said is a day and a link, never what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded
from baodao.people.selectors import persons_of

from .declare import BOOKED
from .kinds import kind_of
from .models import Seat, Slot

register_template("gather.called_off", _("您报名的 {day} 的活动取消了，不用来了。"))
register_template("gather.place_off", _("您约的 {day} 的场地取消了，请打开看看原因。"))
register_template("gather.changed", _("您报名的活动改了时间或地点，现在是 {day}，请打开看看。"))
register_template("gather.moved_up", _("有人退出，{day} 的活动轮到您了。去不了请早点退出。"))
register_template("gather.invited", _("{org}请您参加 {day} 的活动，请打开答复。"))
register_template("gather.released", _("{day} 的活动您的名额取消了，请打开看看原因。"))
register_template("gather.left_late", _("{day} 的活动有人临时退出，请打开看看要不要补人。"))


def _slot(fact: Recorded) -> Slot | None:
    return Slot.objects.filter(code=fact.subject.partition(":")[2]).first()


def _params(row: Slot) -> dict[str, str]:
    return {"day": timezone.localdate(row.starts).isoformat(), "org": str(row.org_id)}


def _tell(row: Slot, template: str, tokens: Iterable[str], urgent: bool = False) -> Iterable[Tell]:
    for person in sorted(set(persons_of(list(tokens), "notify").values())):
        yield Tell(
            template, person=person, link=f"/gather/{row.code}/", params=_params(row), urgent=urgent,
        )  # fmt: skip


def _everybody(template: str, urgent: bool, booked: str = "") -> Callable[[Recorded], Iterable[Tell]]:
    def find(fact: Recorded) -> Iterable[Tell]:
        row = _slot(fact)
        if row is None or row.ends < fact.noted:
            return []
        seats = Seat.objects.filter(slot=row.code, status="").exclude(state="left")
        words = booked if booked and row.form in BOOKED else template
        return _tell(row, words, seats.values_list("token", flat=True), urgent)

    return find


def _joined(fact: Recorded) -> Iterable[Tell]:
    template = {"moved_up": "gather.moved_up", "invited": "gather.invited"}.get(fact.data.way, "")
    row = _slot(fact) if template else None
    if row is None or row.state != "open" or (fact.data.way == "invited" and fact.data.state != "invited"):
        return []
    return _tell(row, template, [fact.person])


def _left(fact: Recorded) -> Iterable[Tell]:
    row = _slot(fact)
    if row is None or row.state != "open":
        return []
    if fact.data.why == "released":
        return _tell(row, "gather.released", [fact.person])
    late = timedelta(minutes=kind_of(str(row.org_id), row.kind).withdraw)
    if fact.data.why != "withdrew" or fact.happened < row.starts - late:
        return []
    org = str(row.org_id)
    return [
        Tell(
            "gather.left_late", org=org, right="gather.attend", link=f"/desk/gather/{row.code}/", params=_params(row)
        )
    ]  # fmt: skip


register_audience("gather.called_off", _everybody("gather.called_off", True, booked="gather.place_off"))
register_audience("gather.changed", _everybody("gather.changed", False))
register_audience("gather.joined", _joined)
register_audience("gather.left", _left)
