"""What was given to a post by name, on its hand-over sheet: areas, and who acts for whom. It ends with the appointment and passes to nobody; whoever
may give it gives it anew to who follows. Listed for the signatures alone (docs/decisions/0009-what-district-settled.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.orgs import selectors
from baodao.orgs.areas.selectors import of_posts
from baodao.orgs.handover.ports import Item, Keeper, register_keeper

from .models import Deputy


def _given(posts: Collection[str]) -> Iterator[tuple[str, Item]]:
    """(post, what was given) that holds today or later. Two statements."""
    day = selectors.today()
    for area in of_posts(posts):
        if area.until is None or area.until > day:
            places = [selectors.name_of(code) for code in area.places.split()]
            named = area.name or _("、").join(places[:3])
            words = _("片区：%(name)s（%(n)d 处）") % {"name": named, "n": len(places)}
            yield area.post, Item(f"area-{area.since.isoformat()}", "", words, _ends(area.until), area.until)
    # Over before the day it began: taken back at once.
    rows = Deputy.objects.filter(Q(post__in=list(posts)) | Q(deputy__in=list(posts)), until__gt=day)
    rows = rows.order_by("until", "code")
    held = selectors.post_words({code for row in rows for code in (row.post, row.deputy)})
    for row in rows:
        for mine, other in ((row.post, row.deputy), (row.deputy, row.post)):
            if mine in posts:
                words = _("%(post)s代理这个岗位") if mine == row.post else _("代理%(post)s")
                told = held.get(other)
                spoken = words % {"post": f"{told.office}{told.title}" if told else other}
                yield mine, Item(row.code, "", spoken, _ends(row.until), row.until)


def _ends(until: date | None) -> str:
    return _("到期或离岗就没有了") if until is not None else _("离岗就没有了")


def count(posts: Collection[str]) -> dict[str, int]:
    """Post → how much was given to it by name. Two statements."""
    return dict(Counter(post for post, _item in _given(posts)))


def items(post: str, most: int) -> Sequence[Item]:
    """The same in words. Two statements."""
    return [item for _post, item in _given([post])][:most]


register_keeper(
    Keeper(
        "given",
        gettext_lazy("点名给这个岗位的"),
        count,
        items,
        follows=True,
        note=gettext_lazy("随任期结束，不交给接手的人；接手的要有，请有权给的岗位另外给。"),
    )
)
