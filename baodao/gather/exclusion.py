"""Nobody is in two places at once, and a place that is given to one at a time is not given twice: kept by the database. PostgreSQL has
exclusion constraints; SQLite has triggers, re-created after every migration (an AlterField copies the table and drops them silently);
a check verifies both."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


class Rule(msgspec.Struct, frozen=True):
    """Of two rows of ``table`` that hold overlapping times, no two have the same ``key``; ``own`` tells one row from another."""

    table: str
    name: str
    key: str
    own: str
    said: str

    def postgres(self) -> tuple[str, ...]:
        """What PostgreSQL keeps it by."""
        return (
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} "
            f"EXCLUDE USING gist ({self.key} WITH =, tstzrange(starts, ends) WITH &&) WHERE (holds)",
        )

    def sqlite(self) -> dict[str, str]:
        """name → the trigger that SQLite keeps it by. The key's index leaves out the empty one, so it is named here too."""
        other = (
            f"SELECT 1 FROM {self.table} other WHERE other.{self.key} = NEW.{self.key} AND other.{self.key} <> '' "
            f"AND other.holds AND other.{self.own} <> NEW.{self.own} "
            "AND other.starts < NEW.ends AND other.ends > NEW.starts"
        )
        return {
            f"{self.name}_{event.lower()}": f"CREATE TRIGGER {self.name}_{event.lower()} BEFORE {event} ON {self.table} "
            f"WHEN NEW.holds AND EXISTS ({other}) BEGIN SELECT RAISE(ABORT, '{self.name}: {self.said}'); END"
            for event in ("INSERT", "UPDATE")
        }


RULES = (
    Rule("gather_seat", "seat_one_place", "token", "slot", "two places at once"),
    Rule("gather_slot", "slot_one_place", "place", "code", "one place given twice"),
)


def create(using: str = "default") -> None:
    """(Re-)create what is missing, where the tables are there."""
    connection = connections[using]
    lacking = missing(using)
    with connection.cursor() as cursor:
        for rule in RULES:
            if connection.vendor == "postgresql":
                for statement in rule.postgres() if rule.name in lacking else ():
                    cursor.execute(statement)
                continue
            for name, statement in rule.sqlite().items():
                if name in lacking:
                    cursor.execute(statement)


def missing(using: str = "default") -> list[str]:
    """Names of what should keep the rules and is not there; a table without the column (amid migrations) lacks nothing yet."""
    connection = connections[using]
    found: list[str] = []
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        here = [rule for rule in RULES if rule.table in tables and _holds(connection, cursor, rule.table)]
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'x'")
            known = {row[0] for row in cursor.fetchall()}
            return [rule.name for rule in here if rule.name not in known]
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        known = {row[0] for row in cursor.fetchall()}
    for rule in here:
        found += [name for name in rule.sqlite() if name not in known]
    return found


def _holds(connection: Any, cursor: Any, table: str) -> bool:
    return any(one.name == "holds" for one in connection.introspection.get_table_description(cursor, table))


@register(Tags.database)
def one_place(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """baodao.E040 for each missing guard."""
    return [
        Error(f"{name} is missing.", hint="Run `baodao migrate`: it re-creates it.", id="baodao.E040")
        for using in databases or []
        for name in missing(using)
    ]
