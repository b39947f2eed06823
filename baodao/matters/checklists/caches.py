"""The table of items is a cache of its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.services import on_void

from .fold import fold
from .models import ChecklistItem
from .selectors import EPOCH
from .services import put, told_of

_FIELDS = ("org", "procedure", "list", "item", "rank", "title", "trade", "grade", "unit", "origin")


def _parts(subject: str) -> tuple[str, str, str]:
    org, procedure, kind = subject.partition(":")[2].split("/")
    return org, procedure, kind


def truth() -> Iterator[dict[str, Any]]:
    """Rows as the ledger has them."""
    subjects = Fact.objects.filter(kind="checklist.registered").values_list("subject", flat=True)
    for subject in sorted(set(subjects)):
        org, procedure, kind = _parts(subject)
        yield from fold(org, told_of(org, procedure, kind))


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty table from the facts."""
    ChecklistItem.objects.bulk_create([ChecklistItem(**row) for row in truth()], batch_size=500)


def check() -> Iterator[str]:
    """`baodao doctor`: items that are not what their facts say."""
    stored = sorted(ChecklistItem.objects.values_list(*_FIELDS), key=str)
    if stored != sorted((tuple(row[name] for name in _FIELDS) for row in truth()), key=str):
        yield "items of checklists do not follow from their facts; run `baodao rebuild`"


@on_void
def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = frozenset(pending.voids for pending in tx.facts if pending.voids is not None)
    for subject in subjects:
        if subject.startswith("checklist:"):
            org, procedure, kind = _parts(subject)
            put(tx, org, (procedure, kind), told_of(org, procedure, kind, gone))
            tx.bump(EPOCH)


register_cache(
    "checklists", [Table(ChecklistItem, ("org", "procedure", "list", "item"), exclude=("id",))], rebuild
)
register_checker("checklists", check)
