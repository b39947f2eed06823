"""Append-only by triggers. Guarded tables register themselves; triggers are re-created after every migration and verified by a check.

`fact` and logs allow INSERT only. `content` allows INSERT and DELETE (erasing), never UPDATE. TRUNCATE on PostgreSQL passes row
triggers, hence the statement trigger.
"""

from django.db import connections

# table → what is refused
_guarded: dict[str, tuple[str, ...]] = {
    "ledger_fact": ("UPDATE", "DELETE", "TRUNCATE"),
    "ledger_content": ("UPDATE", "TRUNCATE"),
}


def guard(table: str, *refused: str) -> None:
    """Register another append-only table (access log, security log)."""
    _guarded[table] = refused or ("UPDATE", "DELETE", "TRUNCATE")


def _name(table: str, event: str) -> str:
    return f"guard_{table}_{event.lower()}"


def create(using: str = "default") -> None:
    """(Re-)create the triggers of all guarded tables that exist."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION baodao_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION '% on % is refused: append-only', TG_OP, TG_TABLE_NAME; END $$"
            )
        for table, events in _guarded.items():
            if table not in existing:
                continue
            for event in events:
                name = _name(table, event)
                if connection.vendor == "postgresql":
                    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
                    cursor.execute(f'DROP TRIGGER IF EXISTS {name} ON "{table}"')
                    cursor.execute(
                        f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH {each} EXECUTE FUNCTION baodao_refuse()'
                    )
                elif event != "TRUNCATE":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                    cursor.execute(
                        f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" BEGIN '
                        f"SELECT RAISE(ABORT, '{event} on {table} is refused: append-only'); END"
                    )


def missing(using: str = "default") -> list[str]:
    """Names of triggers that should be there and are not."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        found = {row[0] for row in cursor.fetchall()}
    return [
        _name(table, event)
        for table, events in _guarded.items()
        for event in events
        if table in existing
        and not (connection.vendor != "postgresql" and event == "TRUNCATE")
        and _name(table, event) not in found
    ]
