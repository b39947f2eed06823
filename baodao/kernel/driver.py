"""The PostgreSQL driver, told what this product needs of it. Nothing here changes what is read or written."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

#: A flush is one statement of some hundred values (see ledger.flush), and of few shapes. The driver takes statements apart anew, by
#: regular expression, unless they are shorter than its limits: on intake that was a tenth of the web's time.
LONGEST, MOST_VALUES = 20_000, 400


def tune(connection: Any, **_kwargs: Any) -> None:
    """Receives Django's `connection_created`."""
    if connection.vendor != "postgresql":
        return
    # Connections speak UTC: there is nothing to move.
    if connection.timezone_name == "UTC":
        connection.connection.adapters.register_loader("timestamptz", _moments())
    _keep_long_statements()


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
