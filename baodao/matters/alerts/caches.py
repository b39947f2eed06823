"""The tables of alerts are caches of their facts; a still is held as long as the row is young (the sweep takes it after)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.selectors import effective_of, newer_than

from .fold import UNHEARD, Rows, after
from .models import Alert, Mute, RuleReach, SenderCount, Unheard

KINDS = (
    "device_alert.came",
    "device_alert.repeated",
    "device_alert.unheard",
    "device_alert.refused",
    "device_alert.muted",
    "device_alert.reached",
)
KEYS: dict[Any, tuple[str, ...]] = {
    Alert: ("matter",),
    Mute: ("device", "rule"),
    Unheard: UNHEARD,
    RuleReach: ("rule", "org"),
    SenderCount: ("sender", "list"),
}


def truth() -> dict[type, Rows]:
    """All rows as the ledger has them."""
    tables: dict[type, Rows] = {model: {} for model in KEYS}
    last, found = 0, []
    while chunk := newer_than(last, [*KINDS, "ledger.voided"], 2000):
        last = chunk[-1].id
        found += chunk
    for fact in effective_of(found):
        after(tables, fact)
    return tables


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    total = 0
    for model, rows in truth().items():
        model._default_manager.bulk_create([model(**row) for row in rows.values()], batch_size=2000)  # type: ignore[attr-defined]
        total += len(rows)
    progress(total, total)


def check() -> Iterator[str]:
    """`baodao doctor`: rows that do not follow from their facts."""
    for model, rows in truth().items():
        names = KEYS[model]
        stored = {tuple(row[name] for name in names): row for row in model._default_manager.values()}  # type: ignore[attr-defined]
        for key in sorted(rows.keys() | stored.keys()):
            want, have = rows.get(key), stored.get(key)
            if want is None or have is None or any(_plain(have[n]) != _plain(v) for n, v in want.items()):
                yield f"{model.__name__} {key}: does not follow from its facts; run `baodao rebuild`"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


register_cache(
    "alerts",
    [Table(model, key, exclude=() if model is Alert else ("id",)) for model, key in KEYS.items()],
    rebuild,
)
register_checker("alerts", check)
