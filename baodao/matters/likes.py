"""Likes among the many matters that are about one (the issues of a drive): groups whose words are alike, for a person to look at.
Nothing is stored and nothing is merged by itself."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.ledger.models import SearchDoc

from .declare import Procedure
from .ledger import MOST
from .models import Matter
from .selectors import Seen, visible_to
from .suggest.alike import pieces, same_words, weights

#: From which likeness of their words (0 to 1) two go into one group, and by how many of its rarest runs a text is looked up.
ALIKE, RAREST = 0.45, 12
#: Groups on a page, and in a group beside its first.
SHOWN, WIDE = 100, 200


class Group(Struct, frozen=True):
    """``first``: the earliest, into which the others would go; each with the first line of what it says."""

    first: tuple[str, str]
    others: tuple[tuple[str, str], ...]


def mergeable(seen: Seen) -> list[str]:
    """The procedures of what is about this matter that know merging."""
    found = get_pack(seen.row.pack).many(Procedure).items()
    return [
        name
        for name, one in found
        if seen.row.procedure in one.about and any(action.fact == "merged" for action in one.actions)
    ]


def likes_of(by: Act, seen: Seen) -> list[Group]:
    """Groups among what is open, not merged and about this one, the largest first; `SHOWN` of them. Two statements, however many."""
    rows = visible_to(by).filter(
        about=seen.row.number, procedure__in=mergeable(seen), ended__isnull=True, into=""
    )
    # What carries as many as it may takes no more: those after it begin a group of their own.
    full = Matter.objects.exclude(into="").values("into").annotate(n=Count("number")).filter(n__gte=WIDE)
    rows = rows.exclude(number__in=full.values("into"))
    sort = {n: (p, k, v) for n, p, k, v in rows.values_list("number", "procedure", "kind", "level")[:MOST]}
    subjects = [f"matter:{number}" for number in sort]
    said = dict(SearchDoc.objects.filter(subject__in=subjects).values_list("subject", "shown"))
    texts = {number: said.get(f"matter:{number}", "").split("\n")[2:] for number in sort}
    groups = _grouped({number: "\n".join(lines) for number, lines in texts.items() if lines}, sort)
    found = [
        Group((first, texts[first][0]), tuple((one, texts[one][0]) for one in rest[:WIDE]))
        for first, rest in groups.items()
        if rest
    ]
    return sorted(found, key=lambda one: (-len(one.others), one.first))[:SHOWN]


def _grouped(texts: dict[str, str], sort: dict[str, tuple[str, str, int]]) -> dict[str, list[str]]:
    """First of a group → the others, by number: each text goes to the most alike first of its own sort, or begins a group."""
    cut = {number: pieces(text) for number, text in texts.items()}
    weigh = weights(list(cut.values()))
    rare = {n: sorted(own, key=lambda one: (-weigh[one], one)) for n, own in cut.items()}
    groups: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for number in sorted(cut):
        near = Counter(first for piece in rare[number] for first in held.get(piece, ()))
        likes = [
            (same_words(cut[number], cut[first], weigh), first)
            for first, _n in near.most_common(20)
            if sort[first] == sort[number]
        ]
        best = max(likes, default=(0.0, ""))
        if best[0] >= ALIKE:
            groups[best[1]].append(number)
            continue
        groups[number] = []
        for piece in rare[number][:RAREST]:
            held.setdefault(piece, []).append(number)
    return groups
