"""Queued rows as few statements that give the same result in any order.

PostgreSQL runs the parts of one statement on one snapshot and in an order of its own: of two that touch the
same row, the second does not see the first. So rows are laid into waves: within a wave no two statements can
touch the same row; waves run one after the other. Most commands need one wave.
"""

from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from django.db import models

from baodao.kernel.verbs import Row

Model = type[models.Model]


class Group(msgspec.Struct):
    """Rows that go in one statement: the same operation, table, key and columns."""

    op: str
    model: Model
    key: tuple[str, ...]
    names: tuple[str, ...]
    rows: list[dict[str, Any]]


class _Touched(msgspec.Struct):
    """What a wave already does to one table. `deleted` holds each deletion under its first column, `rows` what is
    written, `written` the values of those of its columns and `keys` those rows by each key that were asked for
    (an import of many rows asks for none), `upserted` the place of each key."""

    deleted: dict[str, set[Hashable]] = {}
    written: dict[str, set[Hashable]] = {}
    rows: list[dict[str, Any]] = []
    keys: dict[tuple[str, ...], set[tuple[Any, ...]]] = {}
    upserted: dict[tuple[Any, ...], tuple[Group, int]] = {}


class _Table(msgspec.Struct):
    wave: int = 0
    groups: dict[tuple[Any, ...], Group] = {}
    touched: _Touched = msgspec.field(default_factory=_Touched)


def waves(rows: Iterable[Row]) -> list[list[Group]]:
    """Groups by wave, in the order in which the rows were queued where that matters. An upsert of the same
    key twice writes the later one; a deletion that matches an empty list is none."""
    tables: dict[Model, _Table] = {}
    made: list[list[Group]] = []
    for queued in rows:
        row = _by_attname(queued)
        if row.op == "delete" and any(not _many(value) for value in row.columns.values()):
            continue
        table = tables.setdefault(row.model, _Table())
        if _replaced(table, row):
            continue
        if _collides(table, row):
            table.wave, table.groups, table.touched = table.wave + 1, {}, _Touched()
        while len(made) <= table.wave:
            made.append([])
        _place(table, row, made[table.wave])
    return made


def field_of(model: Model, name: str) -> Any:
    """The field by its name or attname; KeyError when there is none."""
    return _fields_of(model)[name]


_fields: dict[Model, dict[str, Any]] = {}


def _fields_of(model: Model) -> dict[str, Any]:
    if model not in _fields:
        fields = model._meta.concrete_fields
        _fields[model] = {f.attname: f for f in fields} | {f.name: f for f in fields}
    return _fields[model]


@lru_cache(maxsize=1000)
def _plain_names(model: Model, names: tuple[str, ...]) -> bool:
    """Whether these are attnames already."""
    fields = _fields_of(model)
    return all(fields[name].attname == name for name in names)


def _by_attname(row: Row) -> Row:
    """The same row with attnames throughout: a key may say `person` and a column `person_id`."""
    if row.op == "insert" and _plain_names(row.model, tuple(row.columns)):
        return row
    fields = _fields_of(row.model)
    columns = {fields[name].attname: value for name, value in row.columns.items()}
    return Row(row.op, row.model, columns, tuple(fields[name].attname for name in row.key))


def _many(value: Any) -> Sequence[Any]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]


def _key_of(row: Row) -> tuple[Any, ...]:
    return (row.key, *_values(row.columns, row.key))


def _replaced(table: _Table, row: Row) -> bool:
    """The same key in the same columns, upserted before in this wave: only the later one is written."""
    if row.op != "upsert":
        return False
    held = table.touched.upserted.get(_key_of(row))
    if held is None or held[0].names != tuple(row.columns):
        return False
    # What has come between may not touch the row either.
    if _is_deleted(table.touched, row.columns):
        return False
    held[0].rows[held[1]] = row.columns
    _note_written(table.touched, row.columns)
    return True


def _collides(table: _Table, row: Row) -> bool:
    touched = table.touched
    if row.op == "delete":
        # A written row can match only if each column of the match has a value that was written.
        return bool(touched.rows) and all(
            _written_in(touched, name).intersection(_many(value)) for name, value in row.columns.items()
        )
    if row.op == "upsert" and _values(row.columns, row.key) in _written_by(touched, row.key):
        return True
    return _is_deleted(touched, row.columns)


def _values(columns: dict[str, Any], key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(columns.get(name) for name in key)


def _written_by(touched: _Touched, key: tuple[str, ...]) -> set[tuple[Any, ...]]:
    if key not in touched.keys:
        touched.keys[key] = {_values(columns, key) for columns in touched.rows}
    return touched.keys[key]


def _written_in(touched: _Touched, name: str) -> set[Hashable]:
    if name not in touched.written:
        values = (columns.get(name) for columns in touched.rows if name in columns)
        touched.written[name] = {value for value in values if isinstance(value, Hashable)}
    return touched.written[name]


def _is_deleted(touched: _Touched, columns: dict[str, Any]) -> bool:
    return any(name not in columns or columns[name] in values for name, values in touched.deleted.items())


def _place(table: _Table, row: Row, wave: list[Group]) -> None:
    names = tuple(row.columns)
    mark = (row.op, row.key, names)
    # Deletions by one column are one statement; by several, one each.
    group = table.groups.get(mark) if row.op != "delete" or len(names) == 1 else None
    if group is None:
        group = Group(row.op, row.model, row.key, names, [])
        table.groups[mark] = group
        wave.append(group)
    touched = table.touched
    if row.op == "delete":
        first = names[0]
        values = _many(row.columns[first])
        touched.deleted.setdefault(first, set()).update(values)
        if len(names) == 1 and group.rows:
            group.rows[0][first] = [*group.rows[0][first], *values]
            return
        group.rows.append({first: values} if len(names) == 1 else row.columns)
        return
    if row.op == "upsert":
        touched.upserted[_key_of(row)] = (group, len(group.rows))
    group.rows.append(row.columns)
    _note_written(touched, row.columns)


def _note_written(touched: _Touched, columns: dict[str, Any]) -> None:
    touched.rows.append(columns)
    for key, known in touched.keys.items():
        known.add(_values(columns, key))
    for name, values in touched.written.items():
        value = columns.get(name)
        if name in columns and isinstance(value, Hashable):
            values.add(value)
