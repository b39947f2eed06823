"""Tables of call-outs are caches of their facts: dumped, rebuilt, checked. Whom the vault has forgotten has no row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of
from baodao.ledger.services import on_void
from baodao.people.selectors import persons_of

from .fold import KEYS, TABLES, Row, fold
from .models import CallArea, CallOut, Roster, StandIn, Willing
from .telling import told

_FIRST = ("willing.offered", "callout.declared", "callout.rostered")
_STEP = 200


def truth() -> Iterator[Row]:
    """All rows as the ledger has them, subject by subject."""
    rows = Fact.objects.filter(kind__in=_FIRST).order_by("id").values_list("subject", flat=True)
    subjects = list(dict.fromkeys(rows))
    for start in range(0, len(subjects), _STEP):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            by_subject.setdefault(fact.subject, []).append(fact)
        found = [row for subject, facts in by_subject.items() for row in fold(subject, told(facts)).all()]
        tokens = {row["token"] for _model, row in found if "token" in row}
        alive = set(persons_of(tokens, "erase")) if tokens else set()
        yield from (one for one in found if one[1].get("token") is None or one[1]["token"] in alive)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    rows = list(truth())
    for model in KEYS:
        of: Any = model
        of.objects.bulk_create([of(**columns) for kind, columns in rows if kind is model], batch_size=500)
    progress(len(rows), len(rows))


def check() -> Iterator[str]:
    """`baodao doctor`: rows that are not what their facts say."""
    stored: dict[Any, dict[str, Any]] = {}
    for model, key in KEYS.items():
        of: Any = model
        for row in of.objects.values():
            if "id" not in key:
                row.pop("id", None)
            stored[(model, tuple(row[name] for name in key))] = row
    for model, columns in truth():
        place = (model, tuple(columns[name] for name in KEYS[model]))
        if stored.pop(place, None) != columns:
            yield f"{model.__name__} {place[1]}: does not follow from its facts; run `baodao rebuild`"
    for kind, place in stored:
        yield f"{kind.__name__} {place}: no fact made it; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """A batch is taken back: what is left of each subject is folded anew."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        name, _colon, _key = subject.partition(":")
        if name not in TABLES:
            continue
        facts = facts_of(subject)
        before = fold(subject, told(facts)).rows
        kept = fold(subject, told(fact for fact in facts if fact.id not in gone))
        for model, key in before:
            if (model, key) not in kept.rows:
                tx.delete(model, **dict(zip(KEYS[model], key, strict=True)))
        for model, columns in kept.all():
            tx.upsert(model, KEYS[model], **columns)


on_void(_after_void)
register_cache(
    "callouts",
    [
        Table(Willing, ("token",)),
        Table(CallOut, ("code",)),
        Table(CallArea, ("call_id", "org_id"), exclude=("id",)),
        Table(StandIn, ("slot", "token"), exclude=("id",)),
        Table(Roster, ("org_id", "kind", "turn", "token"), exclude=("id",)),
    ],
    rebuild,
)
register_checker("callouts", check)
