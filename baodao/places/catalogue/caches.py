"""The tables of catalogues are caches of their facts: dumped, rebuilt, checked, folded anew when an import is taken back."""

from collections.abc import Callable, Iterator

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.services import on_void

from .folding import Catalogue, Told, told_of

_STEP = 200


def _truth(catalogue: Catalogue) -> Iterator[tuple[str, Told]]:
    subjects = Fact.objects.filter(kind=f"{catalogue.word}.registered").order_by("id")
    codes = [subject.partition(":")[2] for subject in subjects.values_list("subject", flat=True)]
    for start in range(0, len(codes), _STEP):
        yield from told_of(catalogue, codes[start : start + _STEP]).items()


def keep(catalogue: Catalogue) -> Catalogue:
    """Register the table as a cache."""

    def rebuild(progress: Callable[[int, int], None]) -> None:
        done, rows = 0, []
        for code, told in _truth(catalogue):
            rows.append(catalogue.model(**catalogue.columns(code, told)))
            done += 1
            if len(rows) == _STEP:
                catalogue.model._default_manager.bulk_create(rows)
                progress(done, done)
                rows = []
        catalogue.model._default_manager.bulk_create(rows)
        progress(done, done)

    def check() -> Iterator[str]:
        stored = {
            row["code"]: row for row in catalogue.model._default_manager.values().iterator(chunk_size=2000)
        }
        for code, told in _truth(catalogue):
            if stored.pop(code, None) != catalogue.columns(code, told):
                yield f"{catalogue.word} {code}: does not follow from its facts; run `baodao rebuild`"
        for code in sorted(stored):
            yield f"{catalogue.word} {code}: no fact registered it; run `baodao rebuild`"

    def after_void(tx: Tx, subjects: list[str]) -> None:
        gone = frozenset(pending.voids for pending in tx.facts if pending.voids is not None)
        codes = [s.partition(":")[2] for s in subjects if s.startswith(f"{catalogue.word}:")]
        left = told_of(catalogue, codes, gone)
        for code in codes:
            if code in left:
                catalogue.put(tx, code, left[code])
            else:
                tx.delete(catalogue.model, code=code)

    register_cache(f"places_{catalogue.word}", [Table(catalogue.model, ("code",))], rebuild)
    register_checker(catalogue.word, check)
    on_void(after_void)
    return catalogue
