"""Posts by the words people use of them: the office and the title, never a name."""

from __future__ import annotations

from datetime import date

import msgspec
from django.db.models import Q

from . import selectors
from .models import Post

#: Words that count; more are a sentence.
MOST_WORDS = 4


class Found(msgspec.Struct, frozen=True):
    """A post as a list to choose from shows it."""

    code: str
    said: str


def posts_called(home: str, said: str, day: date, limit: int) -> list[Found]:
    """Posts held on ``day`` where the pack of ``home`` rules, over both trees, whose office or kind has each of these words: by organization.
    What somebody holds for herself (``quiet``) is not among them. None without a word. Two statements."""
    words = said.lower().split()[:MOST_WORDS]
    if not words:
        return []
    trees, pack = selectors.forest(), selectors.pack_of(home, day)
    offices = {
        code: f"{node.name} {node.name_en}".lower()
        for code, node in trees.nodes.items()
        if node.at(day) and trees.pack(code, day) == pack
    }
    kinds = {
        code: f"{kind.title} {kind.title_en}".lower()
        for code, kind in selectors.post_kinds(pack).items()
        if not kind.quiet
    }
    rows = Post.objects.filter(selectors.in_force(day), org__in=list(offices), kind__in=list(kinds))
    for word in words:
        named = Q(org__in=[code for code, name in offices.items() if word in name])
        rows = rows.filter(named | Q(kind__in=[code for code, name in kinds.items() if word in name]))
    codes = list(
        rows.exclude(person="").order_by("org_id", "kind", "code").values_list("code", flat=True)[:limit]
    )
    told = selectors.post_words(codes)
    return [Found(code, f"{told[code].office} {told[code].title}") for code in codes]
