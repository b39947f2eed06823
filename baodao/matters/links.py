"""What a matter is tied to, as far as this reader may read it: where it was merged into, what was merged into it, the
matter that it is about, and those about it."""

from __future__ import annotations

from typing import Literal

from django.db.models import Q
from django.utils.translation import get_language
from msgspec import Struct

from baodao.kernel.act import Act

from .listing import words_about
from .models import Matter
from .selectors import Seen, visible_to
from .story import stage_words
from .versions import version, words_of

#: So many are named; the rest is counted.
MOST = 50


class Tie(Struct, frozen=True):
    """One other matter that this reader may open: how it is tied, its procedure and stage in words, and what it is about ("" above
    level 1)."""

    how: Literal["into", "merged", "about", "opened"]
    number: str
    title: str
    stage: str
    ended: bool
    words: str


class Ties(Struct, frozen=True):
    """All of them. ``merged``: how many were merged into this one, also those that are not for this reader; ``shut``: it
    was merged into one that is not."""

    rows: tuple[Tie, ...]
    merged: int
    shut: bool

    def of(self, how: str) -> list[Tie]:
        """Those that are tied in one way."""
        return [row for row in self.rows if row.how == how]


def ties_of(by: Act, seen: Seen) -> Ties:
    """One statement, one more where something is tied, and a third where something can have been merged into this matter."""
    state = seen.state
    number, into, about = state.number, state.merged_into, state.about
    named = [one for one in (into, about) if one]
    rows = visible_to(by).filter(Q(into=number) | Q(about=number) | Q(number__in=named)).order_by("number")
    found, tied = [], list(rows[: MOST + 2])
    about_them = words_about([row.number for row in tied]) if tied else {}
    for row in tied:
        spoken = words_of(row.pack, row.procedure, version(row.digest), get_language() or "zh-hans")
        how: Literal["into", "merged", "about", "opened"] = (
            "into"
            if row.number == into
            else "about"
            if row.number == about
            else "merged"
            if row.into == number
            else "opened"
        )
        found.append(
            Tie(
                how,
                row.number,
                spoken.title,
                stage_words(spoken, row.stage),
                row.ended is not None,
                about_them.get(row.number, ""),
            )
        )
    merged = Matter.objects.filter(into=number).exclude(into="").count() if not into else 0
    return Ties(tuple(found), merged, bool(into) and all(one.how != "into" for one in found))
