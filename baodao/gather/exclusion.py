"""Nobody is in two places at once: kept by the database. PostgreSQL has an exclusion constraint (migration 2); SQLite has
triggers, re-created after every migration (an AlterField copies the table and drops them silently) and verified by a check."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

TABLE, NAME = "gather_seat", "seat_one_place"

_OTHER = (
    f"SELECT 1 FROM {TABLE} other WHERE other.token = NEW.token AND other.holds AND other.slot <> NEW.slot "
    "AND other.starts < NEW.ends AND other.ends > NEW.starts"
)
_EVENTS = {"insert": "INSERT", "update": "UPDATE"}

POSTGRES = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} "
    "EXCLUDE USING gist (token WITH =, tstzrange(starts, ends) WITH &&) WHERE (holds)",
)


def create(using: str = "default") -> None:
    """(Re-)create what is missing, if the table is there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        if connection.vendor == "postgresql":
            if missing(using):
                for statement in POSTGRES:
                    cursor.execute(statement)
            return
        for name, event in _EVENTS.items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{name}")
            cursor.execute(
                f"CREATE TRIGGER {NAME}_{name} BEFORE {event} ON {TABLE} WHEN NEW.holds AND EXISTS ({_OTHER}) "
                f"BEGIN SELECT RAISE(ABORT, '{NAME}: two places at once'); END"
            )


def missing(using: str = "default") -> list[str]:
    """Names of what should keep the rule and is not there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return []
        if connection.vendor == "postgresql":
            cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s AND contype = 'x'", [NAME])
            return [] if cursor.fetchone() else [NAME]
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        found = {row[0] for row in cursor.fetchall()}
    return [f"{NAME}_{name}" for name in _EVENTS if f"{NAME}_{name}" not in found]


@register(Tags.database)
def one_place(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """baodao.E040 for each missing guard."""
    return [
        Error(f"{name} is missing.", hint="Run `baodao migrate`: it re-creates it.", id="baodao.E040")
        for using in databases or []
        for name in missing(using)
    ]
