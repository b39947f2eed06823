"""Notify's part of "my data"."""

from typing import Any

from baodao.ledger.canonical import stamp
from baodao.people.ports import register_my_data

from . import selectors
from .models import Notice


def my_data(person: str) -> dict[str, Any]:
    """What the person set, and every notice to her: when, by which way, over which number, what became of it."""
    wanted = selectors.preference_of(person)
    rows = Notice.objects.filter(person=person).order_by("id")
    return {
        "lang": wanted.lang,
        "large_print": wanted.large_print,
        "notices": [
            {"made": stamp(row.created), "by": row.channel, "about": row.number, "state": row.state}
            for row in rows
        ],
    }


register_my_data("notices", my_data)
