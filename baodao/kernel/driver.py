"""The PostgreSQL driver, told what this product needs of it. Nothing here changes what is read or written."""

import select
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

#: A flush is one statement of some hundred values (see ledger.flush), and of few shapes. The driver takes statements apart anew, by
#: regular expression, unless they are shorter than its limits: on intake that was a tenth of the web's time.
LONGEST, MOST_VALUES = 20_000, 400
#: Statements whose plan a connection keeps.
_often: set[str] = set()


def often(sql: str) -> str:
    """Declare a statement that (nearly) every request asks and whose plan is the same whatever its values: each connection has it
    planned once. For who stands at the door that is a millisecond of the database a page. Gives the statement back."""
    _often.add(sql)
    return sql


def tune(connection: Any, **_kwargs: Any) -> None:
    """Receives Django's `connection_created`."""
    if connection.vendor != "postgresql":
        return
    # Connections speak UTC: there is nothing to move.
    if connection.timezone_name == "UTC":
        connection.connection.adapters.register_loader("timestamptz", _moments())
    _keep_long_statements()
    connection.connection.cursor_factory = _cursor()
    # Nothing is planned once because it was asked often: only what `often` says.
    connection.connection.prepare_threshold = sys.maxsize
    connection.is_usable = _listening(connection)


def _listening(connection: Any) -> Callable[[], bool]:
    """Whether a connection still holds, which Django wants to know before each request. A line on which nothing came in was not
    closed either: only where something did (the server's last word, its end, a notice), or after an error, it is asked."""

    def is_usable() -> bool:
        held = connection.connection
        if held is None or held.closed:
            return False
        line = select.poll()
        line.register(held.fileno(), select.POLLIN)
        return not (connection.errors_occurred or line.poll(0)) or answers(connection)

    return is_usable


def answers(connection: Any) -> bool:
    """Whether the database is there: asked, whatever the line looks like."""
    return bool(type(connection).is_usable(connection))


@cache
def _cursor() -> Any:
    from django.db.backends.postgresql import base

    # Django's types do not know this class: it is the one of OPTIONS["server_side_binding"].
    plain: Any = base.ServerBindingCursor

    class Cursor(plain):  # type: ignore[misc]
        """Has what `often` named planned once."""

        def execute(
            self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None
        ) -> Any:
            prepare = True if prepare is None and query in _often else prepare
            return super().execute(query, params, prepare=prepare, binary=binary)

    return Cursor


@cache
def _moments() -> Any:
    """Reads `2026-11-22 01:02:03+00`. Django's own loader takes each moment apart by regular expression: a list has five a row."""
    from psycopg.types.datetime import TimestamptzLoader

    class Moments(TimestamptzLoader):
        # Django asks each cursor's loader for its zone.
        timezone = UTC

        def load(self, data: Any) -> datetime:
            try:
                return datetime.fromisoformat(str(data, "ascii"))
            except ValueError:  # infinity, years before Christ: the driver's own words
                return super().load(data)

    return Moments


def _keep_long_statements() -> None:
    from psycopg import _queries

    # Private names: should a later driver drop them, this does nothing, and a test says so.
    for name, least in (
        ("MAX_CACHED_STATEMENT_LENGTH", LONGEST),
        ("MAX_CACHED_STATEMENT_PARAMS", MOST_VALUES),
    ):
        if getattr(_queries, name, least) < least:
            setattr(_queries, name, least)
