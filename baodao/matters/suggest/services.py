"""`suggestion.choose`: what people made of a suggestion, so that the next training knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid, Missing
from baodao.kernel.verbs import Tx, allowed, verb
from baodao.matters.models import Leg, Matter
from baodao.matters.policies import READ, subject_of_rows

from .facts import Chosen, What

MOST = 10


class Kept(Struct, frozen=True):
    """What was kept."""

    what: str
    chosen: str


@verb("suggestion.choose")
def choose(
    tx: Tx, by: Act, *, number: str, what: str, offered: Sequence[str], chosen: str, model: str = ""
) -> Kept:
    """Keep a choice of a matter: one of the codes offered, or "" for none of them. It moves nothing. Asks
    ``matter.read`` and ``suggestion.choose``. Raises Missing, Refused, Invalid."""
    row = Matter.objects.filter(number=number).first()
    subject = subject_of_rows(row, Leg.objects.filter(matter=number)) if row is not None else None
    if row is None or subject is None or not allowed(by, READ, subject):
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    tx.ask("suggestion.choose", subject)
    if what not in get_args(What) or not 1 <= len(offered) <= MOST or chosen not in {"", *offered}:
        raise Invalid.of("chosen", _("选的不是推荐里的"), _("请刷新页面"))
    plain = {"what": what, "model": model, "offered": list(offered), "chosen": chosen}
    try:
        data = msgspec.convert(plain, Chosen)
    except msgspec.ValidationError as error:
        raise Invalid.of("chosen", _("选的不是推荐里的"), _("请刷新页面")) from error
    tx.fact(data, subject=subject.ref, org=row.org, place=row.place, level=row.level)
    return Kept(what, chosen)
