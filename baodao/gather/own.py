"""A person's own data: her seats, her presence, her minutes."""

from __future__ import annotations

from typing import Any

from baodao.people.ports import register_my_data
from baodao.people.selectors import tokens_of

from .models import Seat


def my_data(person: str) -> Any:
    """Everything that is kept of her about gatherings."""
    rows = Seat.objects.filter(token__in=list(tokens_of(person).values())).select_related("slot")
    return [
        {
            "gathering": row.slot.title, "starts": row.starts.isoformat(), "ends": row.ends.isoformat(), "state": row.state,
            "presence": row.status, "minutes": row.minutes, "disputed": row.disputed,
        }
        for row in rows.order_by("starts")
    ]  # fmt: skip


register_my_data("gatherings", my_data)
