"""An entry is what its facts say: the last whole telling, then marks, then an end. Services, rebuild, takeback and
doctor share this. Pure but for reading."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from django.db import models

from baodao.kernel.verbs import Tx
from baodao.ledger.selectors import Recorded, facts_of, texts_of


class Told(msgspec.Struct):
    """An entry as told: ``data`` and ``texts`` of the last telling, what marks changed since, its last day."""

    data: Any
    texts: Mapping[str, str]
    place: str
    origin: str
    until: str = ""
    state: str = ""


class Catalogue(msgspec.Struct, frozen=True):
    """``word`` is the prefix of subjects and facts; ``columns(code, told)`` gives the row."""

    word: str
    model: type[models.Model]
    tellings: tuple[type[msgspec.Struct], ...]
    columns: Callable[[str, Told], dict[str, Any]]

    def subject(self, code: str) -> str:
        """The ledger's name of an entry."""
        return f"{self.word}:{code}"

    def put(self, tx: Tx, code: str, told: Told) -> None:
        """Queue the row."""
        tx.upsert(self.model, ("code",), **self.columns(code, told))


def fold(
    catalogue: Catalogue, facts: Iterable[Recorded], texts: Mapping[int, Mapping[str, str]]
) -> Told | None:
    """The entry after these facts, in ledger order; None when its registration was voided. The first fact's origin
    stays: what began simulated is simulated."""
    told: Told | None = None
    for fact in facts:
        if isinstance(fact.data, catalogue.tellings):
            state = getattr(fact.data, "state", "")
            origin = told.origin if told else fact.origin
            told = Told(fact.data, texts.get(fact.id, {}), fact.place, origin, "", state)
        elif told is not None and hasattr(fact.data, "until"):
            told.until = fact.data.until
        elif told is not None and hasattr(fact.data, "state"):
            told.state = fact.data.state
    return told


def told_of(
    catalogue: Catalogue, codes: Iterable[str], gone: frozenset[int] = frozenset()
) -> dict[str, Told]:
    """Entries as the ledger has them, without the facts in ``gone``. Two statements."""
    by_code: dict[str, list[Recorded]] = {}
    for fact in facts_of([catalogue.subject(code) for code in codes]):
        if fact.id not in gone:
            by_code.setdefault(fact.subject.partition(":")[2], []).append(fact)
    telling = [f.id for facts in by_code.values() for f in facts if isinstance(f.data, catalogue.tellings)]
    texts = texts_of(telling)
    found = {code: fold(catalogue, facts, texts) for code, facts in by_code.items()}
    return {code: told for code, told in found.items() if told is not None}
