"""The tables of buildings and compounds are caches of their facts: dumped, rebuilt, checked."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact, SearchDoc
from baodao.ledger.selectors import facts_of, texts_of
from baodao.places import selectors as places

from . import finding, fold
from .models import Building, Compound

_STEP = 500
_KINDS: dict[str, tuple[Any, Any, Any]] = {
    "building": (Building, fold.fold_buildings, fold.BuildingRow),
    "compound": (Compound, fold.fold_compounds, fold.CompoundRow),
}


def truth(name: str) -> Iterator[Any]:
    """All versions as the facts have them, by subject."""
    _model, refold, _row = _KINDS[name]
    kinds = [f"{name}.recorded"]
    subjects = sorted(set(Fact.objects.filter(kind__in=kinds).values_list("subject", flat=True)))
    for start in range(0, len(subjects), _STEP):
        held: dict[str, list[Any]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            held.setdefault(fact.subject, []).append(fact)
        texts = texts_of([fact.id for facts in held.values() for fact in facts])
        for _subject, facts in sorted(held.items()):
            yield from refold(facts, texts)


def _docs() -> Iterator[dict[str, Any]]:
    """The search rows as the facts have them."""
    held: dict[str, dict[str, list[Any]]] = {"building": {}, "compound": {}}
    for name, by_code in held.items():
        for row in truth(name):
            by_code.setdefault(row.code, []).append(row)
    yield from finding.docs(finding.homes_of(places.plan()), held["building"], held["compound"])


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts, and the search rows of buildings."""
    for name, (model, _refold, _row) in _KINDS.items():
        rows = [model(**msgspec.structs.asdict(row)) for row in truth(name)]
        for start in range(0, len(rows), 1000):
            model.objects.bulk_create(rows[start : start + 1000])
            progress(min(start + 1000, len(rows)), len(rows))
    docs = [SearchDoc(**row) for row in _docs()]
    for start in range(0, len(docs), 1000):
        SearchDoc.objects.bulk_create(docs[start : start + 1000])


def check() -> Iterator[str]:
    """`baodao doctor`: rows that are not what the facts say."""
    for name, (model, _refold, row) in _KINDS.items():
        wanted = set(truth(name))
        stored = {row(*values) for values in model.objects.values_list(*row.__struct_fields__)}
        for one in sorted(wanted ^ stored, key=str):
            yield f"{name} {one.code} from {one.since}: does not follow from its facts; run `baodao rebuild`"
    rows = SearchDoc.objects.filter(kind=finding.KIND).values_list("subject", "shown", "words", "sort")
    said = {(row["subject"], row["shown"], row["words"], row["sort"]) for row in _docs()}
    for subject in sorted({row[0] for row in said ^ set(rows)}):
        yield f"search row {subject}: does not follow from the facts; run `baodao rebuild`"


register_cache(
    "buildings",
    [
        Table(Building, ("code", "since"), exclude=("id",)),
        Table(Compound, ("code", "since"), exclude=("id",)),
        Table(SearchDoc, ("subject",), exclude=("id",), only=("kind", finding.KIND)),
    ],
    rebuild,
)
register_checker("buildings", check)
