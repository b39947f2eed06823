"""Tables of patrols and joint checks are caches of their facts: dumped, rebuilt, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.ledger.services import on_void

from . import facts
from .models import Check, CheckUnit, Find, Passing, Route, RoutePoint
from .rows import check_row, passing_row, point_rows, route_row

_NAMES = ("route", "walk", "check")
_KEYS: dict[Any, tuple[str, ...]] = {
    Route: ("code",),
    RoutePoint: ("route_id", "n"),
    Passing: ("slot", "n"),
    Check: ("slot",),
    CheckUnit: ("visit_id", "org_id"),
    Find: ("number",),
}
Rows = dict[tuple[Any, tuple[Any, ...]], dict[str, Any]]
_STEP = 200


def fold(told: Iterable[Recorded]) -> Rows:
    """Rows of one subject after these facts, in ledger order."""
    found: Rows = {}
    given = list(told)
    texts = texts_of([one.id for one in given if isinstance(one.data, facts.Planned | facts.Opened)])
    for one in given:
        for model, columns in _rows(one, texts.get(one.id, {})):
            found[(model, tuple(columns[name] for name in _KEYS[model]))] = columns
        _marks(one, found)
    return found


def _rows(one: Recorded, texts: dict[str, str]) -> list[tuple[Any, dict[str, Any]]]:
    key, about, data = one.subject.partition(":")[2], one.about.partition(":")[2], one.data
    if isinstance(data, facts.Planned):
        whole = route_row(key, one.org, data, texts, one.origin)
        return [(Route, whole)] + [(RoutePoint, row) for row in point_rows(key, data, texts)]
    if isinstance(data, facts.Passed):
        return [(Passing, passing_row(key, about, data, one.happened))]
    if isinstance(data, facts.Found | facts.CheckFound):
        return [(Find, {"number": about, "slot": key, "n": getattr(data, "point", 0)})]
    if isinstance(data, facts.Opened):
        row = check_row(key, one.org, data, texts, place=one.place, origin=one.origin)
        return [(Check, row)] + [(CheckUnit, {"visit_id": key, "org_id": org}) for org in data.orgs]
    if isinstance(data, facts.Joined):
        return [(CheckUnit, {"visit_id": key, "org_id": one.org})]
    return []


def _marks(one: Recorded, found: Rows) -> None:
    key = one.subject.partition(":")[2]
    if isinstance(one.data, facts.Closed) and (Route, (key,)) in found:
        found[(Route, (key,))]["closed"] = True
    if isinstance(one.data, facts.Rated) and (Check, (key,)) in found:
        found[(Check, (key,))]["rated"] = True


def truth() -> Iterator[tuple[Any, dict[str, Any]]]:
    """All rows as the ledger has them."""
    kinds = ("patrol.planned", "patrol.passed", "patrol.found", "check.opened")
    rows = Fact.objects.filter(kind__in=kinds).order_by("id").values_list("subject", flat=True)
    subjects = list(dict.fromkeys(rows))
    for start in range(0, len(subjects), _STEP):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            by_subject.setdefault(fact.subject, []).append(fact)
        for told in by_subject.values():
            yield from ((model, columns) for (model, _key), columns in fold(told).items())


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    rows = list(truth())
    for model in _KEYS:
        model.objects.bulk_create(
            [model(**columns) for kind, columns in rows if kind is model], batch_size=500
        )
    progress(len(rows), len(rows))


def check() -> Iterator[str]:
    """`baodao doctor`: rows that are not what their facts say."""
    stored: Rows = {}
    for model, key in _KEYS.items():
        for row in model.objects.values():
            row.pop("id", None)
            stored[(model, tuple(row[name] for name in key))] = row
    for model, columns in truth():
        place = (model, tuple(columns[name] for name in _KEYS[model]))
        if stored.pop(place, None) != columns:
            yield f"{model.__name__} {place[1]}: does not follow from its facts; run `baodao rebuild`"
    for model, key in stored:
        yield f"{model.__name__} {key}: no fact made it; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if subject.partition(":")[0] not in _NAMES:
            continue
        told = facts_of(subject)
        left = fold(fact for fact in told if fact.id not in gone)
        for model, key in reversed(list(fold(told))):
            if (model, key) not in left:
                tx.delete(model, **dict(zip(_KEYS[model], key, strict=True)))
        for (model, _key), columns in left.items():
            tx.upsert(model, _KEYS[model], **columns)


on_void(_after_void)
register_cache(
    "patrols",
    [Table(model, key, exclude=() if len(key) == 1 else ("id",)) for model, key in _KEYS.items()],
    rebuild,
)
register_checker("patrols", check)
