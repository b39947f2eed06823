"""Steps of asking another organization to hold an evening together, and of its answer: composed by the verbs of branch life."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from baodao.gather.models import Side
from baodao.gather.working import Working
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.text import find_private
from baodao.orgs import selectors as orgs

from . import facts, selectors, sides

NOTE = 200


def ask(work: Working, wanted: Sequence[str]) -> list[str]:
    """Those who are to be asked, the whole list; gives whose standing changed. Raises Invalid for one with whom the branch has nothing to do."""
    host, day = work.it.org, selectors.local_day(work.it.starts)
    stands = sides.states([work.code]).get(work.code, {})
    fresh = [org for org in dict.fromkeys(wanted) if org not in stands]
    if fresh and set(fresh) - {code for code, _name in selectors.partners(host, day)}:
        raise Invalid.of("with_orgs", _("本支部和这个组织没有结对，也不是上下级"), _("请从列表里选"))
    gone = [org for org in stands if org not in set(wanted)]
    for org in fresh:
        work.tell(facts.SideAsked(side=org, what="asked"), level=1)
        work.tx.insert(Side, slot=work.code, org=org, state="asked", note="")
    for org in gone:
        work.tell(facts.SideAsked(side=org, what="let_go"), level=1)
        work.tx.delete(Side, slot=work.code, org=org)
    return [*fresh, *gone]


def answer(work: Working, org: str, joins: bool, note: str) -> str:
    """What the side says; gives its state. The same again changes nothing. Raises Conflict when it was not asked."""
    stands = sides.states([work.code]).get(work.code, {})
    if org not in stands:
        raise Conflict.of("code", _("没有请本支部一起开这次会"), _("请从列表里选"))
    said = note.strip()[: NOTE + 1] if joins else ""
    if len(said) > NOTE or find_private(said):
        raise Invalid.of("note", _("最多 %(most)d 个字，不写电话和证件号码") % {"most": NOTE}, _("请改一改"))
    state = "joins" if joins else "declined"
    if stands[org] == (state, said):
        return state
    work.tell(
        facts.SideAnswered(says="joins" if joins else "declined"), level=1, columns={"org": org},
        texts={"note": said} if said else {},
    )  # fmt: skip
    work.tx.upsert(Side, ("slot", "org"), slot=work.code, org=org, state=state, note=said)
    return state


def must_not_have_declined(code: str, with_orgs: Sequence[str]) -> None:
    """Who said no is not counted among those who held it. Raises Conflict."""
    stands = sides.states([code]).get(code, {})
    no = [orgs.name_of(org) for org in with_orgs if stands.get(org, ("", ""))[0] == "declined"]
    if no:
        raise Conflict.of(
            "with_orgs",
            _("%(who)s说过不参加") % {"who": "、".join(no)},
            _("请不勾它；它改了主意，会在自己的页面上答复"),
        )
