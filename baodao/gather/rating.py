"""Rating of an event, never of a person: one step for all who may. Who came rates once, and is shown as one of ten or more; an organization
that held it too, or for which it was, rates once under its own name; so does the convener."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.text import find_private
from baodao.ledger.models import Fact
from baodao.ledger.selectors import facts_of

from . import facts
from .working import Working

Side = Literal["person", "place", "convener"]
MOST = 200


def must_be_stars(stars: int) -> None:
    """One to five. Raises Invalid."""
    if not 1 <= stars <= 5:
        raise Invalid.of("stars", _("请选一到五颗星"))


def rate_event(
    work: Working, side: Side, stars: int, *, token: str = "", org: str = "", text: str = ""
) -> None:
    """Tell a rating of a slot that is over, once for each who rates: a person by ``token``, an organization by ``org`` ("" the convener).
    Raises Invalid, and Conflict when it is not over or was rated."""
    must_be_stars(stars)
    if (work.it.ends > work.tx.by.noted and not token) or work.it.state == "called_off":
        raise Conflict.of("slot", _("还没有结束，或者已经取消"), _("结束以后再评"))
    if len(text) > MOST or find_private(text):
        raise Invalid.of("text", _("最多 200 个字，不写电话和证件号码，也不写名字"))
    if token:
        row = work.seat(token)
        if row is not None and row.rated:
            raise Conflict.of("slot", _("您已经评价过"), "")
        work.tell(facts.Rated(side=side), person=token, value=stars, level=3)
        return
    held = Fact.objects.filter(subject=f"gather:{work.code}", kind="gather.rated", person="")
    if held.filter(org=org or work.it.org).exists():
        raise Conflict.of("slot", _("这一场的服务已经评过") if side == "convener" else _("这一场已经评过"))
    texts = {"text": text.strip()} if text.strip() else {}
    work.tell(facts.Rated(side=side), value=stars, texts=texts, columns={"org": org} if org else {})


def guests(work: Working) -> set[str]:
    """Organizations that held a slot too, or for which it was: those that may rate it beside the convener. One statement."""
    found = {work.it.about.partition(":")[2]} if work.it.about.startswith("org:") else set()
    for fact in facts_of(f"gather:{work.code}"):
        if fact.kind == "gather.held":
            found |= set(fact.data.with_orgs)
    return found - {work.it.org}
