"""Who hears of dues: an organization that is reminded. What a member owes is told to nobody."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from baodao.ledger.audience import Tell, register_audience, register_template
from baodao.ledger.selectors import Recorded


def tells_of(fact: Recorded) -> Iterable[Tell]:
    """The posts of the organization that record for it. What a post's holder is reminded of its own room tells."""
    if not fact.data.subject.startswith("org:"):
        return
    yield Tell("due.reminded", org=fact.org, right="due.record", link="/desk/dues/", params={"org": fact.org})


register_audience("due.reminded", tells_of)
register_template(
    "due.reminded", gettext_lazy("{org}有一项本期该做的还没有记录，请打开看看；已经做了的补记一下。")
)
