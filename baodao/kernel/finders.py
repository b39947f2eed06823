"""What else the one search box of the desk looks through: apps register what they have beside matters.

    @finder("org", gettext_lazy("组织"), order=10)
    def orgs(by: Act, query: str, most: int) -> list[Found]: ...

A finder gives only what the actor may open, `most` and one more where there are; it asks at most two statements. All of them read a
query word by word: `among` where the names lie in memory, `holding` where they lie in a small table, `ledger.naming` in a large one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec
from django.db.models import Q

from .act import Act
from .text import words_of


class Found(msgspec.Struct, frozen=True):
    """One thing found: its name, the address of its page, and what tells it from others of the name."""

    title: str
    href: str
    note: str = ""


Find = Callable[[Act, str, int], list[Found]]


class Finder(msgspec.Struct, frozen=True):
    """A registered kind of thing: its code, its heading, its place among the others."""

    name: str
    title: Any
    find: Find
    order: int


_finders: dict[str, Finder] = {}


def finder(name: str, title: Any, *, order: int = 50) -> Callable[[Find], Find]:
    """Register a function of an app's `desk` room."""

    def decorate(find: Find) -> Find:
        _finders[name] = Finder(name, title, find, order)
        return find

    return decorate


def finders() -> list[Finder]:
    """All of them in the order of the page."""
    return sorted(_finders.values(), key=lambda one: (one.order, one.name))


def among(names: Iterable[tuple[str, str]], query: str) -> Iterator[str]:
    """Codes of those whose folded name holds every word of the query, in the order given; none for a query without a word."""
    words = words_of(query)
    return (code for code, name in names if words and all(word in name for word in words))


def holding(query: str, *columns: str) -> Q:
    """Rows of which each word of the query stands in one of the columns, whatever its case; no row for a query without a word. It reads
    them all: for tables of some hundred rows."""
    words = words_of(query)
    found = Q() if words else Q(pk__in=[])
    for word in words:
        any_of = Q()
        for column in columns:
            any_of |= Q(**{f"{column}__icontains": word})
        found &= any_of
    return found
