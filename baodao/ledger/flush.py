"""The flush: everything a command writes, as its last statements, under one lock, so that id order is commit order.

PostgreSQL: one statement takes the transaction-level advisory lock and the ids; a second writes commands, facts, contents and rows
together (data-modifying CTEs). SQLite: the write lock of BEGIN IMMEDIATE is that lock; one statement per table.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, models

from baodao.kernel.models import Command
from baodao.kernel.raw import marks
from baodao.kernel.verbs import Pending, Tx

from .canonical import COLUMNS, commitment, leaf_hash
from .models import Content, Fact
from .registry import encode, kind_of
from .rows import Group, field_of, waves

LOCK = 0x42414F44  # "BAOD"
FACT_COLUMNS = ("id", *COLUMNS, "leaf")
# PostgreSQL binds at most 65,535 values in a statement, SQLite 250,000 in Debian's build; both stay well under.
MAX_VALUES = 30_000

#: So many rows of one table are copied.
MANY = 200

Statement = tuple[str, list[Any]]


def flush(tx: Tx, commands: list[dict[str, Any]]) -> None:
    """Write a Tx. Sets `id` of each pending fact."""
    _take_ids(tx.facts)
    facts, contents = _fact_rows(tx)
    if tx.by.batch:
        _bound_batch(commands, facts)
    first = [
        *_inserts(Command, commands),
        *_inserts(Fact, facts, FACT_COLUMNS),
        *_inserts(Content, contents),
    ]
    for wave in waves(tx.rows) or [[]]:
        _execute(first + [statement for group in wave for statement in _statements_of(group)])
        first = []


def _bound_batch(commands: list[dict[str, Any]], facts: Sequence[dict[str, Any]]) -> None:
    """Say of each command of a batch between which numbers its facts lie (`selectors.facts_of_batch`)."""
    numbers: dict[str, list[int]] = {}
    for fact in facts:
        numbers.setdefault(fact["command"], []).append(fact["id"])
    for command in commands:
        held = numbers.get(command["key"])
        command["first"], command["last"] = (min(held), max(held)) if held else (None, None)


def _take_ids(facts: Sequence[Pending]) -> None:
    if not facts:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval('ledger_fact_id_seq') FROM (SELECT pg_advisory_xact_lock(%s)) l, generate_series(1, %s)",
                [LOCK, len(facts)],
            )
            ids = [row[0] for row in cursor.fetchall()]
        else:
            cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_fact")
            last = cursor.fetchone()[0]
            ids = list(range(last + 1, last + 1 + len(facts)))
    for fact, number in zip(facts, sorted(ids), strict=True):
        fact.id = number


def _fact_rows(tx: Tx) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    facts, contents = [], []
    for pending in tx.facts:
        commitments: dict[str, str] = {}
        for slot, text in pending.texts.items():
            salt = os.urandom(16)
            commitments[slot] = commitment(salt, text)
            contents.append({"fact": pending.id, "slot": slot, "text": text, "salt": salt})
        facts.append(_columns(tx, pending, commitments))
    return facts, contents


def _columns(tx: Tx, pending: Pending, commitments: dict[str, str]) -> dict[str, Any]:
    by, held = tx.by, kind_of(pending.data)
    if (pending.value is not None) != bool(held.unit):
        raise ValueError(f"fact {held.name}: value and unit go together")
    row: dict[str, Any] = {
        "id": pending.id,
        "command": pending.command or by.command,
        "kind": held.name,
        "v": held.v,
        "happened": pending.happened or by.happened,
        "precision": pending.precision or by.precision,
        "noted": by.noted,
        "origin": by.origin,
        "level": pending.level,
        "subject": pending.subject,
        "about": pending.about,
        "org": pending.org,
        "place": pending.place,
        "person": pending.person,
        "post": pending.post or ("" if pending.system else by.post),
        "value": pending.value,
        "data": encode(pending.data),
        "commitments": msgspec.json.encode(commitments, order="sorted").decode() if commitments else "",
        "supersedes": pending.supersedes,
        "voids": pending.voids,
        "nonce": os.urandom(16),
    }
    row["leaf"] = leaf_hash(row)
    return row


def _statements_of(group: Group) -> list[Statement]:
    if group.op == "delete":
        return [_delete(group.model, part) for match in group.rows for part in _parts(match)]
    return _inserts(group.model, group.rows, group.names, group.key if group.op == "upsert" else None)


def _inserts(
    model: type[models.Model],
    rows: Sequence[dict[str, Any]],
    names: Sequence[str] | None = None,
    key: tuple[str, ...] | None = None,
) -> list[Statement]:
    if not rows:
        return []
    names = names or tuple(rows[0])
    fields = [field_of(model, name) for name in names]
    columns_of = [
        (name, field, not isinstance(field, _SPECIAL)) for name, field in zip(names, fields, strict=True)
    ]
    if key is None and len(rows) >= MANY and connection.vendor == "postgresql":
        _copy(model, rows, columns_of)
        return []
    columns = ", ".join(f'"{field.column}"' for field in fields)
    one = "(" + marks(fields) + ")"
    tail = ""
    if key is not None:
        keys = [field_of(model, name).column for name in key]
        sets = ", ".join(f'"{f.column}" = excluded."{f.column}"' for f in fields if f.column not in keys)
        tail = f" ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {sets}" if sets else "NOTHING")
    step = max(1, MAX_VALUES // len(fields))
    statements: list[Statement] = []
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        values = [
            row[name] if plain and type(row[name]) in _PLAIN else _bind(field, row[name])
            for row in part
            for name, field, plain in columns_of
        ]
        statements.append(
            (
                f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join([one] * len(part))}{tail}',
                values,
            )
        )
    return statements


def _copy(
    model: type[models.Model], rows: Sequence[dict[str, Any]], columns_of: Sequence[tuple[str, Any, bool]]
) -> None:
    """Very many rows of an import: the driver takes apart a statement of 30,000 values at ten times the cost of writing
    them. Within a wave no other statement touches these rows, so that they may come first."""
    columns = ", ".join(f'"{field.column}"' for _name, field, _plain in columns_of)
    sql = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(
                [
                    row[name] if plain and type(row[name]) in _PLAIN else _bind(field, row[name])
                    for name, field, plain in columns_of
                ]
            )


def _parts(match: dict[str, Any]) -> list[dict[str, Any]]:
    """A deletion by very many values of one column in several statements."""
    if len(match) != 1:
        return [match]
    ((name, value),) = match.items()
    many = list(value) if isinstance(value, (list, tuple, set)) else [value]
    return [{name: many[start : start + MAX_VALUES]} for start in range(0, len(many), MAX_VALUES)]


def _delete(model: type[models.Model], match: dict[str, Any]) -> Statement:
    parts: list[str] = []
    values: list[Any] = []
    for name, value in match.items():
        field = field_of(model, name)
        many = value if isinstance(value, (list, tuple, set)) else [value]
        parts.append(f'"{field.column}" IN ({marks(many)})')
        values.extend(_bind(field, one) for one in many)
    return f'DELETE FROM "{model._meta.db_table}" WHERE {" AND ".join(parts)}', values


# What both drivers take as it is, in columns that do not write it in a way of their own.
_PLAIN = frozenset({str, int, bool, bytes, type(None)})
_SPECIAL = (models.JSONField, models.DateTimeField, models.DateField)


def _bind(field: Any, value: Any) -> Any:
    if type(value) in _PLAIN and not isinstance(field, _SPECIAL):
        return value
    if isinstance(value, datetime) and connection.vendor == "postgresql":
        return value
    return field.get_db_prep_save(value, connection)


def _execute(statements: list[Statement]) -> None:
    if not statements:
        return
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql" or sum(len(values) for _sql, values in statements) > MAX_VALUES:
            for sql, values in statements:
                cursor.execute(sql, values)
            return
        # One round trip. All parts see the same snapshot: see rows.py.
        parts, bound = [], []
        for number, (sql, values) in enumerate(statements[:-1]):
            parts.append(f"s{number} AS ({sql})")
            bound.extend(values)
        last, values = statements[-1]
        cursor.execute((f"WITH {', '.join(parts)} " if parts else "") + last, [*bound, *values])
