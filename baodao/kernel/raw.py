"""Statements that are written out: for pages that ask them so often that the query compiler would cost more than the query, and for
those that it cannot say. Both databases take and give the same here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, overload

from django.db import connection


def fetch(sql: str, values: Iterable[Any] = ()) -> list[Sequence[Any]]:
    """All rows of one statement. Days and aware moments among the values are bound as this database keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [bound(value) for value in values])
        return list(cursor.fetchall())


def bound(value: Any) -> Any:
    """A value as this database keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def marks(values: Collection[Any]) -> str:
    """What stands between the brackets of IN for so many values."""
    return ", ".join(["%s"] * len(values))


@overload
def day_of(value: date | str) -> date: ...
@overload
def day_of(value: date | str | None) -> date | None: ...
def day_of(value: date | str | None) -> date | None:
    """A day, whatever the database gives: the embedded one gives texts."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def moment_of(value: datetime | str) -> datetime:
    """An aware moment, whatever the database gives: the embedded one keeps naive UTC, and gives texts behind UNION."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
