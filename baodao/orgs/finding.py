"""Posts by the words people use of them: the office and the title, never a name; and the rows that a pack rules, as a condition."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import msgspec
from django.db.models import Q

from baodao.kernel import epochs

from . import selectors
from .models import Org, Post

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
    pack = selectors.pack_of(home, day)
    kinds = {
        code: f"{kind.title} {kind.title_en}".lower()
        for code, kind in selectors.post_kinds(pack).items()
        if not kind.quiet
    }
    rows = Post.objects.filter(selectors.in_force(day), ruled_by([pack], day), kind__in=list(kinds))
    for word in words:
        offices = Org.objects.filter(Q(name__icontains=word) | Q(name_en__icontains=word)).values("code")
        titles = [code for code, name in kinds.items() if word in name]
        rows = rows.filter(Q(org__in=offices) | Q(kind__in=titles))
    codes = list(
        rows.exclude(person="").order_by("org_id", "kind", "code").values_list("code", flat=True)[:limit]
    )
    told = selectors.post_words(codes)
    return [Found(code, f"{told[code].office} {told[code].title}") for code in codes]


class Turn(msgspec.Struct, frozen=True):
    """An organization, ``depth`` steps under a root, that another pack rules than the one above it ("" for a root)."""

    code: str
    depth: int
    pack: str
    above: str


@epochs.cached(selectors.EPOCH)
def _turns() -> dict[date, tuple[Turn, ...]]:
    """By day, as far as asked for; forgotten with the trees."""
    return {}


def turns(day: date) -> tuple[Turn, ...]:
    """Where on a day another pack begins to rule, from above to below: a handful, whatever the trees hold. No statement."""
    known = _turns()
    if day not in known:
        trees, found = selectors.forest(), []
        for code in trees.nodes:
            chain, pack = trees.chain(code, day), selectors.pack_of(code, day)
            above = selectors.pack_of(chain[1], day) if len(chain) > 1 else ""
            if chain and pack != above:
                found.append(Turn(code, len(chain), pack, above))
        if len(known) > 100:
            known.clear()
        known[day] = tuple(sorted(found, key=lambda one: (one.depth, one.code)))
    return known[day]


def ruled_by(packs: Collection[str], day: date) -> Q:
    """Rows (with an ``org``) of organizations that one of these packs rules on a day, as subqueries on the trees. No statement."""
    found = Q(pk__in=[])
    at = [one for one in turns(day) if (one.pack in packs) != (one.above in packs)]
    for depth in sorted({one.depth for one in at}):
        here = [one for one in at if one.depth == depth]
        # What lies deeper was bound nearer, so it has the last word.
        if out := [one.code for one in here if one.pack not in packs]:
            found &= ~Q(org__in=selectors.under(out, day))
        if into := [one.code for one in here if one.pack in packs]:
            found |= Q(org__in=selectors.under(into, day))
    return found
