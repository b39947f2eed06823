"""Caches that can be dropped and rebuilt to the same bytes, and the canonical dump.

Apps register their state tables (natural keys) and caches here; `baodao dump` and `baodao rebuild` walk the registers.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from django.db import models


class Table(msgspec.Struct, frozen=True):
    """A dumped table: sorted by its natural `key`; `exclude` names surrogate ids and volatile columns; `only` (column, value): of a
    table that several rooms write, the rows of one."""

    model: type[models.Model]
    key: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    only: tuple[str, str] | None = None

    def rows(self) -> models.QuerySet[models.Model]:
        """Its rows; no statement yet."""
        rows = self.model._default_manager.all()
        return rows.filter(**dict([self.only])) if self.only else rows


class Cache(msgspec.Struct, frozen=True):
    """A derived structure: its tables, and the function that fills them again from the truth. `after` names caches it needs."""

    name: str
    tables: tuple[Table, ...]
    rebuild: Callable[[Callable[[int, int], None]], None]
    after: tuple[str, ...] = ()


_state: list[Table] = []
_caches: dict[str, Cache] = {}


def register_state(model: type[models.Model], *, key: tuple[str, ...], exclude: tuple[str, ...] = ()) -> None:
    """A table that is truth: dumped always."""
    _state.append(Table(model, key, exclude))


def register_cache(
    name: str,
    tables: Iterable[Table],
    rebuild: Callable[[Callable[[int, int], None]], None],
    after: tuple[str, ...] = (),
) -> None:
    """A derived structure; `rebuild(progress)` finds its tables empty."""
    _caches[name] = Cache(name, tuple(tables), rebuild, after)


def caches() -> list[Cache]:
    """In an order in which each comes after what it needs."""
    ordered: list[Cache] = []
    done: set[str] = set()
    rest = dict(sorted(_caches.items()))
    while rest:
        ready = [c for c in rest.values() if set(c.after) <= done]
        if not ready:
            raise RuntimeError(f"caches wait for each other: {sorted(rest)}")
        for cache in ready:
            ordered.append(rest.pop(cache.name))
            done.add(cache.name)
    return ordered


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return value


def dump_table(table: Table) -> Iterator[str]:
    """Sorted JSON lines of one table."""
    names = [
        f.attname
        for f in table.model._meta.concrete_fields
        if f.attname not in table.exclude and f.name not in table.exclude
    ]
    rows = table.rows().order_by(*table.key).values(*names).iterator(chunk_size=2000)
    lines = []
    for row in rows:
        plain = {name: _plain(value) for name, value in row.items()}
        lines.append(
            (
                tuple(str(plain.get(k, "")) for k in table.key),
                json.dumps(
                    {"table": table.model._meta.db_table, **plain}, ensure_ascii=False, sort_keys=True
                ),
            )
        )
    # Sorted here, not by the database: collations differ.
    for _key, line in sorted(lines):
        yield line


def dump(*, with_caches: bool = False, with_facts: bool = False) -> Iterator[str]:
    """The canonical dump: state tables, then caches and facts where asked."""
    tables = list(_state)
    if with_caches:
        tables += [table for cache in caches() for table in cache.tables]
    for table in sorted(tables, key=lambda t: t.model._meta.db_table):
        yield from dump_table(table)
    if with_facts:
        from .models import Content, Fact

        yield from dump_table(Table(Fact, ("id",)))
        yield from dump_table(Table(Content, ("fact", "slot")))
