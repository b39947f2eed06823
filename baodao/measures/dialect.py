"""The few words of SQL that SQLite and PostgreSQL say differently: fields of JSON, days, months, seconds.

A fact leaves out what is as usual: where the kind's Struct has a default, an absent field says that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from .shapes import exact, usual


def _path(path: str) -> str:
    return "$." + ".".join(f'"{part}"' for part in path.split("."))


def _inside(path: str) -> str:
    return f"json_extract(f.j, '{_path(path)}')"


def _under(path: str) -> str:
    inside = ",".join(f'"{part}"' for part in path.split("."))
    return f"(f.j #>> '{{{inside}}}')"


class Dialect(Protocol):
    """Expressions over a row `f` whose column `j` holds the data of a fact of one kind."""

    json: str

    def text(self, path: str) -> str: ...
    def number(self, path: str) -> str: ...
    def whole(self, path: str) -> str: ...
    def truth(self, path: str) -> str: ...
    def epoch(self, path: str) -> str: ...
    def began(self) -> str: ...
    def day(self, column: str) -> str: ...
    def month(self, column: str) -> str: ...
    def entries(self, field: str) -> str: ...


@dataclass(frozen=True)
class SQLite:
    """Moments are naive UTC texts; `django_datetime_cast_date` is the function that Django gives every connection."""

    fact: str
    json = "f.data"

    def text(self, path: str) -> str:
        """A field as text; NULL when the fact says nothing of it."""
        default = usual(self.fact, path)
        word = str(int(default)) if isinstance(default, int) else _quoted(default)
        return _or_usual(path, _inside(path), None if default is None else word)

    def number(self, path: str) -> str:
        """A whole number; lengths of time by their second name rounded."""
        name = exact(self.fact, path)
        held = _column(name or path) or self.text(name or path)
        return rounded(held) if name else held

    def whole(self, path: str) -> str:
        """A whole number; NULL when the field holds anything else."""
        held = f"CASE WHEN json_type(f.j, '{_path(path)}') = 'integer' THEN {_inside(path)} END"
        return _or_usual(path, held, _number(usual(self.fact, path)))

    def truth(self, path: str) -> str:
        """1, 0 or NULL."""
        return self.text(path)

    def epoch(self, path: str) -> str:
        """Seconds since 1970 of a moment."""
        return f"CAST(strftime('%%s', {self.text(path)}) AS INTEGER)"

    def began(self) -> str:
        """Seconds since 1970 of the beginning of what the fact tells the length of."""
        return "(CAST(strftime('%%s', f.happened) AS INTEGER) - f.value)"

    def day(self, column: str) -> str:
        """The local day of a moment, to compare with dates."""
        return f"django_datetime_cast_date({column}, %(zone)s, 'UTC')"

    def month(self, column: str) -> str:
        """YYYY-MM of a local moment."""
        return f"substr({self.day(column)}, 1, 7)"

    def entries(self, field: str) -> str:
        """Rows (key, value) of a table of numbers."""
        return f"""JOIN json_each(f.j, '$."{field}"') h"""


@dataclass(frozen=True)
class Postgres:
    """The same with jsonb."""

    fact: str
    json = "f.data::jsonb"

    def text(self, path: str) -> str:
        """A field as text; NULL when the fact says nothing of it."""
        default = usual(self.fact, path)
        return _or_usual(path, _under(path), None if default is None else _quoted(default), _under)

    def number(self, path: str) -> str:
        """A whole number; lengths of time by their second name rounded."""
        name = exact(self.fact, path)
        held = _column(name or path) or f"{self.text(name or path)}::bigint"
        return rounded(held) if name else held

    def whole(self, path: str) -> str:
        """A whole number; NULL when the field holds anything else."""
        held = f"CASE WHEN jsonb_typeof({_under(path).replace('#>>', '#>')}) = 'number' THEN {_under(path)}::bigint END"
        return _or_usual(path, held, _number(usual(self.fact, path)), _under)

    def truth(self, path: str) -> str:
        """1, 0 or NULL."""
        return f"({self.text(path)}::boolean)::integer"

    def epoch(self, path: str) -> str:
        """Seconds since 1970 of a moment."""
        return f"extract(epoch FROM {self.text(path)}::timestamptz)::bigint"

    def began(self) -> str:
        """Seconds since 1970 of the beginning of what the fact tells the length of."""
        return "(extract(epoch FROM f.happened)::bigint - f.value)"

    def day(self, column: str) -> str:
        """The local day of a moment, to compare with dates."""
        return f"({column} AT TIME ZONE %(zone)s)::date"

    def month(self, column: str) -> str:
        """YYYY-MM of a local moment."""
        return f"to_char({column} AT TIME ZONE %(zone)s, 'YYYY-MM')"

    def entries(self, field: str) -> str:
        """Rows (key, value) of a table of numbers."""
        return f"CROSS JOIN LATERAL jsonb_each_text(f.j -> '{field}') h"


def dialect(vendor: str, fact: str) -> Dialect:
    """By Django's name of the database, for facts of one kind."""
    return Postgres(fact) if vendor == "postgresql" else SQLite(fact)


def _column(name: str) -> str:
    """The one length of time that is a column, not a field."""
    return "f.value" if name == "value" else ""


def rounded(seconds: str) -> str:
    """To two significant digits, half up, as `matters.settlement.round_two` does."""
    steps = [f"WHEN {seconds} < {10 ** (n + 2)} THEN {10**n}" for n in range(10)]
    step = f"CASE {' '.join(steps)} ELSE {10**10} END"
    return f"(({seconds} + ({step}) / 2) / ({step}) * ({step}))"


def _or_usual(path: str, held: str, word: str | None, inside: Callable[[str], str] = _inside) -> str:
    if word is None:
        return held
    above = path.rpartition(".")[0]
    # What lies in an entry of a table is as usual only where there is that entry.
    told = f"CASE WHEN {inside(above)} IS NOT NULL THEN {word} END" if above else word
    return f"COALESCE({held}, {told})"


def _quoted(default: Any) -> str:
    text = default if isinstance(default, str) else msgspec.json.encode(default).decode()
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def _number(default: Any) -> str | None:
    return str(default) if isinstance(default, int) and not isinstance(default, bool) else None
