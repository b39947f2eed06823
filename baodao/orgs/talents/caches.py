"""The table of talents is a cache of its facts. Whom the vault has forgotten is on no roster."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of
from baodao.ledger.services import on_void
from baodao.people.selectors import persons_of

from . import facts
from .models import Talent
from .services import columns


def _fold(code: str, told: list[Recorded]) -> dict[str, Any] | None:
    row: dict[str, Any] | None = None
    for fact in told:
        if isinstance(fact.data, facts.Named):
            row = columns(code, fact.person, fact.data, fact.origin, None)
        elif row is not None and isinstance(fact.data, facts.Ended):
            row["until"] = date.fromisoformat(fact.data.until)
    return row


def truth() -> Iterator[dict[str, Any]]:
    """Rows as the ledger has them."""
    subjects = list(Fact.objects.filter(kind="talent.named").order_by("id").values_list("subject", flat=True))
    for start in range(0, len(subjects), 500):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + 500]):
            by_subject.setdefault(fact.subject, []).append(fact)
        rows = [_fold(subject.partition(":")[2], told) for subject, told in by_subject.items()]
        alive = persons_of([row["token"] for row in rows if row], "erase")
        yield from (row for row in rows if row and row["token"] in alive)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty table from the facts."""
    Talent.objects.bulk_create([Talent(**row) for row in truth()], batch_size=500)


def check() -> Iterator[str]:
    """`baodao doctor`: talents whose rows are not what their facts say."""
    stored = {row["code"]: row for row in Talent.objects.values()}
    for row in truth():
        if stored.pop(row["code"], None) != row:
            yield f"talent {row['code']}: does not follow from its facts; run `baodao rebuild`"
    for code in sorted(stored):
        yield f"talent {code}: no fact named it; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if not subject.startswith("talent:"):
            continue
        code = subject.partition(":")[2]
        row = _fold(code, [fact for fact in facts_of(subject) if fact.id not in gone])
        if row is None:
            tx.delete(Talent, code=code)
        else:
            tx.upsert(Talent, ("code",), **row)


on_void(_after_void)
register_cache("talents", [Table(Talent, ("code",))], rebuild)
register_checker("talents", check)
