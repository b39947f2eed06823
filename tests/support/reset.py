"""Make a PostgreSQL database that a test has used what it was when it was copied: cheaper than a new copy.

A copy makes and drops a thousand files. Here the rows go, what the template brought is written back, numbers begin
anew. Whoever changed the schema (a dropped trigger, another column) gets no database back: it is dropped.
"""

from typing import Any, NamedTuple

# What a change of the schema leaves in the catalogue: another number of rows, or a row of a later transaction.
_CATALOGUE = ("pg_class", "pg_attribute", "pg_constraint", "pg_trigger", "pg_proc")
_SCHEMA = "SELECT concat_ws(' ', {})".format(
    ", ".join(
        f"(SELECT concat(count(*), ':', max(xmin::text::bigint)) FROM {one})"
        if one != "pg_class"
        else f"(SELECT count(*) FROM {one})"
        for one in _CATALOGUE
    )
)
_FULL = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"""


class Fresh(NamedTuple):
    """A database before its first use: its schema's mark, its rows by table as COPY writes them, its sequences."""

    schema: str
    rows: dict[str, bytes]
    numbers: str


def remember(connection: Any) -> Fresh:
    """What a fresh database holds; `connection` is a psycopg connection to it."""
    rows = {}
    for (table,) in connection.execute(_FULL).fetchall():
        if kept := _rows(connection, table):
            rows[table] = kept
    numbers = connection.execute(
        "SELECT string_agg(format('setval(%L, %s, %s)', format('%I', sequencename),"
        " coalesce(last_value, start_value), (last_value IS NOT NULL)::text), ', ') FROM pg_sequences"
    ).fetchone()[0]
    return Fresh(_schema(connection), rows, numbers)


def reset(connection: Any, fresh: Fresh) -> bool:
    """Whether the database is as fresh again. In one transaction of the caller; triggers and foreign keys sleep in it."""
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    if _schema(connection) != fresh.schema:
        return False
    connection.execute("SET LOCAL session_replication_role = replica")
    changed = [name for name, kept in fresh.rows.items() if _rows(connection, name) != kept]
    full = [
        name for (name,) in connection.execute(_FULL).fetchall() if name in changed or name not in fresh.rows
    ]
    if full:
        connection.execute("; ".join(f"DELETE FROM {name}" for name in full))
    for name in changed:
        with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            copy.write(fresh.rows[name])
    connection.execute(f"SELECT {fresh.numbers}")
    return True


def _rows(connection: Any, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(piece) for piece in copy)


def _schema(connection: Any) -> str:
    return str(connection.execute(_SCHEMA).fetchone()[0])
