"""Half-years: the period in which service is asked, paced and counted. Pure."""

from __future__ import annotations

from datetime import date

import msgspec

from baodao.kernel.typed import day_in


class Half(msgspec.Struct, frozen=True, order=True):
    """``n`` is 1 (January to June) or 2 (July to December)."""

    year: int
    n: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.n == 1 else 7, 1)

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.after(1).first

    @property
    def code(self) -> str:
        """As facts and addresses write it: 2026h2."""
        return f"{self.year}h{self.n}"

    def after(self, count: int) -> Half:
        """The half-year so many later; earlier for a negative number."""
        number = self.year * 2 + self.n - 1 + count
        return Half(number // 2, number % 2 + 1)


def half_of(day: date) -> Half:
    """The half-year of a day."""
    return Half(day.year, 1 if day.month <= 6 else 2)


def half_from(code: str) -> Half:
    """The half-year of a code; ValueError for another text."""
    year, _mark, n = code.partition("h")
    day = day_in(f"{year}-01-01")
    if day is None or n not in {"1", "2"}:
        raise ValueError(code)
    return Half(day.year, int(n))
