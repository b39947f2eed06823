"""Who hears of returns: whoever may take a copy when one is frozen; at a correction besides all who took the old one."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded, facts_of

from .fold import fold
from .policies import TAKE


def tells_of(fact: Recorded) -> Iterable[Tell]:
    """Of a first version: who may take it. Of a later one: the same, who signed, and who took an earlier one."""
    number = fact.subject.partition(":")[2]
    code = "return.frozen" if fact.data.version == 1 else "return.corrected"
    link, params = f"/desk/returns/{number}/", {"org": fact.org}
    yield Tell(code, org=fact.org, right=TAKE, number=number, link=link, params=params)
    if fact.data.version == 1:
        return
    state = fold(facts_of(fact.subject, at=fact.id, effective=False))
    posts = {post for _version, post in state.taken} if state else set()
    for old in state.copies[:-1] if state else ():
        posts |= {old.post, old.second}
    for post in sorted(posts - {""}):
        yield Tell(code, post=post, number=number, link=link, params=params)


register_audience("return.signed", tells_of)
register_template("return.frozen", gettext_lazy("{org}的报表 {number} 签了，定稿可以领取。"))
register_template(
    "return.corrected",
    gettext_lazy("{org}的报表 {number} 更正了，您领过或签过旧的一版，请打开看看改了什么。"),
)
