"""One subject of call-outs in one command: what it is, what is told of it now, what that changes in the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from baodao.gather.fold import Told
from baodao.kernel.verbs import Tx
from baodao.ledger.selectors import Recorded, facts_of, texts_of

from .fold import Kept, after, fold, write

_held: WeakKeyDictionary[Tx, dict[str, tuple[dict[Any, dict[str, Any]], Kept]]] = WeakKeyDictionary()


def told(found: Iterable[Recorded]) -> list[tuple[Told, datetime]]:
    """Stored facts as the fold wants them. One statement where one has texts."""
    rows = list(found)
    texts = texts_of([fact.id for fact in rows if fact.kind == "callout.declared"])
    return [
        (
            Told(
                fact.data, fact.org, fact.place, fact.about, fact.person, fact.level, fact.value or 0, fact.origin,
                texts.get(fact.id, {}),
            ),
            fact.happened,
        )
        for fact in rows
    ]  # fmt: skip


def state(tx: Tx, subject: str, *, new: bool = False) -> Kept:
    """What a subject is now, in this command. At most two statements, none for a ``new`` one."""
    held = _held.setdefault(tx, {})
    if subject not in held:
        kept = Kept(rows={}) if new else fold(subject, told(facts_of(subject)))
        held[subject] = ({place: dict(row) for place, row in kept.rows.items()}, kept)
    return held[subject][1]


def tell(
    tx: Tx,
    subject: str,
    data: msgspec.Struct,
    *,
    org: str = "",
    person: str = "",
    about: str = "",
    level: int = 1,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Queue a fact and fold it."""
    kept, given = state(tx, subject), dict(texts or {})
    tx.fact(data, subject=subject, org=org, person=person, about=about, level=level, texts=given)
    one = Told(data, org, "", about, person, level, 0, tx.by.origin, given)
    after(kept, subject, one, tx.by.happened)


def keep(tx: Tx) -> None:
    """Write each subject's rows once: the last step of a verb, beside that of slots."""
    for before, kept in _held.pop(tx, {}).values():
        write(tx, before, kept)
