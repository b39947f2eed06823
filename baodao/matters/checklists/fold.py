"""Rows out of facts, pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from .facts import Ended, Registered


class Told(Struct, frozen=True):
    """One effective fact of a list: what was told, the words of the item, whence."""

    data: Registered | Ended
    title: str
    origin: str


def subject_of(org: str, procedure: str, kind: str) -> str:
    """The subject of a list."""
    return f"checklist:{org}/{procedure}/{kind}"


def fold(org: str, told: Iterable[Told]) -> list[dict[str, Any]]:
    """All columns of the rows of one list, in their order. An item told anew keeps its place."""
    items: dict[str, Told] = {}
    for one in told:
        if isinstance(one.data, Ended):
            items.clear()
        else:
            items[one.data.item] = one
    return [
        {
            "org": org,
            "procedure": one.data.procedure,
            "list": one.data.list,
            "item": item,
            "rank": rank,
            "title": one.title[:80],
            "trade": one.data.trade,
            "grade": one.data.grade,
            "unit": one.data.unit,
            "origin": one.origin,
        }
        for rank, (item, one) in enumerate(items.items(), 1)
        if isinstance(one.data, Registered)
    ]
