"""Who hears of a booking: the keeper, when a place is taken or given back; the organization that took it, when the keeper calls it off.
(A person who has it hears of that like anybody with a seat.)"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from baodao.gather.models import Slot
from baodao.gather.policies import body_of
from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded

from .declare import FORMS

register_template("booking.made", _("有人约了{day}的场地，请打开看看。"))
register_template("booking.given_back", _("{day}的场地预约退了，那段时间又空出来了。"))
register_template("booking.called_off", _("{org}取消了本单位{day}的场地预约，请打开看看。"))


def _slot(fact: Recorded) -> Slot | None:
    row = Slot.objects.filter(code=fact.subject.partition(":")[2], form__in=FORMS).first()
    return row if row is not None and row.ends > fact.noted else None


def _keeper(row: Slot, template: str) -> Tell:
    params = {"day": timezone.localdate(row.starts).isoformat(), "org": str(row.org_id)}
    return Tell(
        template, org=str(row.org_id), right="gather.attend", link=f"/desk/gather/{row.code}/", params=params
    )


def _opened(fact: Recorded) -> Iterable[Tell]:
    row = _slot(fact)
    # A keeper's own use of the room is no news to it.
    return [] if row is None or row.about == f"org:{row.org_id}" else [_keeper(row, "booking.made")]


def _called_off(fact: Recorded) -> Iterable[Tell]:
    row = _slot(fact)
    if row is None:
        return []
    if fact.data.why == "given_back":
        return [_keeper(row, "booking.given_back")]
    org = body_of(row.about)
    if not org:
        return []
    params = {"day": timezone.localdate(row.starts).isoformat(), "org": str(row.org_id)}
    return [
        Tell("booking.called_off", org=org, right="booking.book", link="/desk/booking/", params=params, urgent=True)
    ]  # fmt: skip


register_audience("gather.opened", _opened)
register_audience("gather.called_off", _called_off)
