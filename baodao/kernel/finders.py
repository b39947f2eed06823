"""What else the one search box of the desk looks through: apps register what they have beside matters.

    @finder("org", gettext_lazy("组织"), order=10)
    def orgs(by: Act, query: str, most: int) -> list[Found]: ...

A finder gives only what the actor may open, `most` and one more where there are; it asks at most one statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from .act import Act


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
