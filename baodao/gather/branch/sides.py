"""Who was asked to hold an evening together, and what they said: every read. The rebuild stands in `caches`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from baodao.gather.models import Side
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, fact_rows

_KINDS = ("gather.side_asked", "gather.side_answered")
#: organization → (state, its note)
Stands = dict[str, tuple[str, str]]


def states(codes: Sequence[str]) -> dict[str, Stands]:
    """Evening → those who were asked, by code. One statement."""
    found: dict[str, Stands] = {}
    for side in Side.objects.filter(slot__in=list(codes)).order_by("slot", "org"):
        found.setdefault(side.slot, {})[side.org] = (side.state, side.note)
    return found


def joined(code: str) -> list[str]:
    """Organizations that said that they hold an evening too. One statement."""
    return list(Side.objects.filter(slot=code, state="joins").order_by("org").values_list("org", flat=True))


def reminded(code: str) -> set[str]:
    """Sides whose members were reminded of an evening. One statement."""
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.reminded")
    return set(rows.values_list("org", flat=True))


def held_before(fact: Recorded) -> bool:
    """Whether the side of which a fact tells had said before that it holds the evening too. One statement."""
    side = fact.data.side if fact.kind == "gather.side_asked" else fact.org
    rows = Fact.objects.filter(subject=fact.subject, kind__in=_KINDS, id__lt=fact.id)
    return folded(fact_rows(rows.values_list("id", flat=True))).get(side, ("", 0))[0] == "joins"


def folded(facts: Iterable[Recorded]) -> dict[str, tuple[str, int]]:
    """Pure: organization → (state, the fact whose note holds; 0: none)."""
    found: dict[str, tuple[str, int]] = {}
    for fact in facts:
        if fact.kind == "gather.side_asked":
            if fact.data.what == "asked":
                found[fact.data.side] = ("asked", 0)
            else:
                found.pop(fact.data.side, None)
        elif fact.kind == "gather.side_answered" and fact.org in found:
            found[fact.org] = (fact.data.says, fact.id)
    return found
