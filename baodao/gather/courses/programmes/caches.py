"""Classes are a cache of their facts; the tally of tests is truth of its own."""

from collections.abc import Callable, Iterator
from typing import Any

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache, register_state
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.ledger.services import on_void

from . import facts
from .models import Klass, TestTally
from .services import closed_columns, columns


def fold(code: str, told: list[Recorded], texts: Any) -> dict[str, Any] | None:
    """A class from its facts; None where none opened it."""
    row: dict[str, Any] | None = None
    for fact in told:
        if isinstance(fact.data, facts.ClassOpened):
            row = columns(code, fact.org, fact.data, fact.origin, dict(texts.get(fact.id, {})))
        elif row is not None and isinstance(fact.data, facts.ClassClosed):
            row |= closed_columns(fact.data, fact.value or 0)
    return row


def truth() -> Iterator[dict[str, Any]]:
    """Rows as the ledger has them."""
    subjects = list(Fact.objects.filter(kind="class.opened").order_by("id").values_list("subject", flat=True))
    for start in range(0, len(subjects), 500):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + 500]):
            by_subject.setdefault(fact.subject, []).append(fact)
        texts = texts_of([fact.id for told in by_subject.values() for fact in told])
        rows = (fold(subject.partition(":")[2], told, texts) for subject, told in by_subject.items())
        yield from (row for row in rows if row is not None)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty table from the facts."""
    Klass.objects.bulk_create([Klass(**row) for row in truth()], batch_size=500)


def check() -> Iterator[str]:
    """`baodao doctor`: classes whose rows are not what their facts say."""
    stored = {row["code"]: row for row in Klass.objects.values()}
    for row in truth():
        if stored.pop(row["code"], None) != row:
            yield f"class {row['code']}: does not follow from its facts; run `baodao rebuild`"
    for code in sorted(stored):
        yield f"class {code}: no fact opened it; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in (one for one in subjects if one.startswith("class:")):
        told = [fact for fact in facts_of(subject) if fact.id not in gone]
        row = fold(subject.partition(":")[2], told, texts_of([fact.id for fact in told]))
        if row is None:
            tx.delete(Klass, code=subject.partition(":")[2])
        else:
            tx.upsert(Klass, ("code",), **row)


on_void(_after_void)
register_cache("classes", [Table(Klass, ("code",))], rebuild)
register_state(TestTally, key=("klass",))
register_checker("classes", check)

from . import refold  # noqa: E402, F401
