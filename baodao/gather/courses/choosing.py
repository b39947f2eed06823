"""Who is asked first: among those who can, the one with the least to do. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct


class Able(Struct, frozen=True):
    """Somebody who gives a subject. ``days`` of the week, 1 Monday to 7 (none: any), ``most`` a month (0: no limit), ``load`` what
    was asked of her in these three months and not declined, ``month`` in the month of the day wished for."""

    post: str
    org: str
    days: frozenset[int] = frozenset()
    most: int = 0
    load: int = 0
    month: int = 0


class Choice(Struct, frozen=True):
    """One who may be asked; ``why_not`` says what speaks against it ("day", "full"), none: she fits."""

    able: Able
    why_not: tuple[str, ...] = ()


def choices(able: Iterable[Able], wish: date | None) -> list[Choice]:
    """All of them: who fits before who does not, then the least load, then by post, so that the same question has the same
    answer. Nobody is left out: a community may ask whom it likes."""
    found = [Choice(one, _against(one, wish)) for one in able]
    return sorted(found, key=lambda choice: (len(choice.why_not), choice.able.load, choice.able.post))


def _against(one: Able, wish: date | None) -> tuple[str, ...]:
    day = wish is not None and one.days and wish.isoweekday() not in one.days
    return tuple(word for word, holds in (("day", day), ("full", 0 < one.most <= one.month)) if holds)
