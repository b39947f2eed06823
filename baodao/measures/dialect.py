"""The few words of SQL that SQLite and PostgreSQL say differently: fields of JSON, days, months, seconds."""

from __future__ import annotations

from typing import Protocol


class Dialect(Protocol):
    """Expressions over a row `f` whose column `j` holds the fact's data."""

    json: str

    def text(self, path: str) -> str: ...
    def number(self, path: str) -> str: ...
    def whole(self, path: str) -> str: ...
    def truth(self, path: str) -> str: ...
    def epoch(self, path: str) -> str: ...
    def day(self, column: str) -> str: ...
    def month(self, column: str) -> str: ...
    def entries(self, field: str) -> str: ...


class SQLite:
    """Moments are naive UTC texts; `django_datetime_cast_date` is the function that Django gives every connection."""

    json = "f.data"

    def text(self, path: str) -> str:
        """A field as text; NULL when it is absent."""
        inside = ".".join(f'"{part}"' for part in path.split("."))
        return f"json_extract(f.j, '$.{inside}')"

    number = text

    def whole(self, path: str) -> str:
        """A whole number; NULL when the field holds anything else."""
        inside = ".".join(f'"{part}"' for part in path.split("."))
        return f"CASE WHEN json_type(f.j, '$.{inside}') = 'integer' THEN json_extract(f.j, '$.{inside}') END"

    def truth(self, path: str) -> str:
        """1, 0 or NULL."""
        return self.text(path)

    def epoch(self, path: str) -> str:
        """Seconds since 1970 of a moment."""
        return f"CAST(strftime('%%s', {self.text(path)}) AS INTEGER)"

    def day(self, column: str) -> str:
        """The local day of a moment, to compare with dates."""
        return f"django_datetime_cast_date({column}, %(zone)s, 'UTC')"

    def month(self, column: str) -> str:
        """YYYY-MM of a local moment."""
        return f"substr({self.day(column)}, 1, 7)"

    def entries(self, field: str) -> str:
        """Rows (key, value) of a table of numbers."""
        return f"""JOIN json_each(f.j, '$."{field}"') h"""


class Postgres:
    """The same with jsonb."""

    json = "f.data::jsonb"

    def text(self, path: str) -> str:
        """A field as text; NULL when it is absent."""
        inside = ",".join(f'"{part}"' for part in path.split("."))
        return f"(f.j #>> '{{{inside}}}')"

    def number(self, path: str) -> str:
        """A whole number."""
        return f"{self.text(path)}::bigint"

    def whole(self, path: str) -> str:
        """A whole number; NULL when the field holds anything else."""
        inside = ",".join(f'"{part}"' for part in path.split("."))
        return f"CASE WHEN jsonb_typeof(f.j #> '{{{inside}}}') = 'number' THEN {self.text(path)}::bigint END"

    def truth(self, path: str) -> str:
        """1, 0 or NULL."""
        return f"({self.text(path)}::boolean)::integer"

    def epoch(self, path: str) -> str:
        """Seconds since 1970 of a moment."""
        return f"extract(epoch FROM {self.text(path)}::timestamptz)::bigint"

    def day(self, column: str) -> str:
        """The local day of a moment, to compare with dates."""
        return f"({column} AT TIME ZONE %(zone)s)::date"

    def month(self, column: str) -> str:
        """YYYY-MM of a local moment."""
        return f"to_char({column} AT TIME ZONE %(zone)s, 'YYYY-MM')"

    def entries(self, field: str) -> str:
        """Rows (key, value) of a table of numbers."""
        return f"CROSS JOIN LATERAL jsonb_each_text(f.j -> '{field}') h"


def dialect(vendor: str) -> Dialect:
    """By Django's name of the database."""
    return Postgres() if vendor == "postgresql" else SQLite()
