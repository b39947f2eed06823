"""In-memory caches that are fresh after a change: keyed by an epoch that every command reads with its
idempotency key.

A page that only reads calls `refresh()`; it costs a statement at most once a second and process.
"""

import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
_lock = threading.Lock()
_known: dict[str, int] = {}
_caches: list[dict[str, object]] = []
_read_at = 0.0


def aggregate_sql() -> str:
    """SQL expression that gives all epochs as one text, "orgs=3,grids=7"."""
    join = (
        "string_agg(name || '=' || n, ',')"
        if connection.vendor == "postgresql"
        else "group_concat(name || '=' || n, ',')"
    )
    return f"(SELECT {join} FROM kernel_epoch)"


def note(text: str | None) -> None:
    """Take over the epochs read from the database."""
    global _read_at
    fresh = {name: int(n) for name, n in (pair.split("=") for pair in (text or "").split(",") if pair)}
    with _lock:
        _known.clear()
        _known.update(fresh)
        _read_at = time.monotonic()


def refresh(max_age: float = 1.0) -> None:
    """Read the epochs again if what this process knows is older than `max_age` seconds."""
    if time.monotonic() - _read_at < max_age and _known:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {aggregate_sql()}")
        note(cursor.fetchone()[0])


def epoch(name: str) -> int:
    """The last known number of changes of `name`."""
    return _known.get(name, 0)


def forget() -> None:
    """Drop every cached value (tests that swap the database; `baodao rebuild`)."""
    global _read_at
    with _lock:
        _known.clear()
        _read_at = 0.0
        for cache in _caches:
            cache.clear()


def cached(name: str) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Decorate a loader without arguments: its value is kept until the epoch of `name` changes."""

    def decorate(load: Callable[[], T]) -> Callable[[], T]:
        cache: dict[str, object] = {}
        _caches.append(cache)

        @wraps(load)
        def value() -> T:
            now = epoch(name)
            held = cache.get("value")
            if held is not None and held[0] == now:  # type: ignore[index]
                return held[1]  # type: ignore[index,no-any-return]
            fresh = load()
            cache["value"] = (now, fresh)
            return fresh

        return value

    return decorate
