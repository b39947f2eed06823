"""Rows of the tables as the fold knows them, and back."""

from __future__ import annotations

from typing import Any

from .fold import Meeting, Seating
from .models import Seat, Slot


def slot_columns(it: Meeting) -> dict[str, Any]:
    """A slot as model columns."""
    return {
        "code": it.code, "kind": it.kind, "form": it.form, "domain": it.domain, "org_id": it.org, "place": it.place,
        "about": it.about, "series": it.series, "post": it.post, "title": it.title, "notes": it.notes, "where": it.where,
        "starts": it.starts, "ends": it.ends, "seats": it.seats, "taken": it.taken, "waiting": it.waiting, "came": it.came,
        "heads": it.heads, "why": it.why, "state": it.state, "level": it.level, "origin": it.origin,
        "traits": f",{','.join(it.traits)}," if it.traits else "", "holds": it.holds,
    }  # fmt: skip


def meeting_of(row: Slot) -> Meeting:
    """A stored slot, without its seats."""
    return Meeting(
        row.code, row.kind, row.form, row.domain, str(row.org_id), row.starts, row.ends, row.place, row.about,
        row.series, row.post, row.title, row.notes, row.where, row.seats, row.taken, row.waiting, row.came, row.heads,
        row.why, row.state, row.level, row.origin, traits_of(row), row.holds,
    )  # fmt: skip


def traits_of(row: Slot) -> tuple[str, ...]:
    """Traits of a stored slot, sorted."""
    return tuple(one for one in row.traits.split(",") if one)


_SEAT = (
    "token",
    "state",
    "way",
    "n",
    "starts",
    "ends",
    "holds",
    "status",
    "how",
    "minutes",
    "disputed",
    "rated",
)


def seat_columns(code: str, row: Seating) -> dict[str, Any]:
    """A seat as model columns."""
    return {"slot_id": code, **{name: getattr(row, name) for name in _SEAT}}


def seating_of(row: Seat) -> Seating:
    """A stored seat."""
    return Seating(**{name: getattr(row, name) for name in _SEAT})
