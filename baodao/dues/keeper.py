"""Dues on the hand-over sheet: what the leaver's organization still has to do. It stays with the organization and is listed for the
signatures alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.translation import gettext_lazy as _

from baodao.orgs import selectors as orgs
from baodao.orgs.handover.ports import Item, Keeper, register_keeper
from baodao.orgs.models import Post

from . import board
from .board import Line
from .selectors import order, title_of
from .words import STATES, period_words


def _heads(posts: Collection[str]) -> dict[str, str]:
    """Post → organization, of posts that answer for their organization."""
    day = orgs.today()
    rows = Post.objects.filter(code__in=list(posts)).values_list("code", "org_id", "kind")
    found = {}
    for code, org, kind in rows:
        declared = orgs.post_kinds(orgs.pack_of(str(org), day)).get(kind)
        if declared is not None and declared.heads:
            found[code] = str(org)
    return found


def _open(codes: Collection[str]) -> list[Line]:
    day = orgs.today()
    lines = board.lines(sorted(codes), day)
    return sorted((x for x in lines if x.stand.state == "due" or x.stand.can_make_up(day)), key=order)


def count(posts: Collection[str]) -> dict[str, int]:
    """Post → what its organization still has to do in the periods around today."""
    heads, by_org = _heads(posts), dict[str, int]()
    for line in _open(set(heads.values())) if heads else []:
        by_org[line.org] = by_org.get(line.org, 0) + 1
    return {post: by_org[org] for post, org in heads.items() if by_org.get(org)}


def items(post: str, most: int) -> Sequence[Item]:
    """The same, what is missing first."""
    org = _heads([post]).get(post)
    found = []
    for line in _open([org])[:most] if org else []:
        window = line.stand.window
        words = f"{title_of(line.rule)} {period_words(line.rule.every, window.first)}"
        due = window.make_up if line.stand.state == "missing" else window.due
        key = f"{line.requirement}-{window.first.isoformat()}"[:60]
        found.append(Item(key, "", words, str(STATES[line.stand.state]), due, "/desk/dues/"))
    return found


register_keeper(
    Keeper("dues", _("本单位该做的事"), count, items, follows=True, note=_("跟着单位走，不随人走。"))
)
