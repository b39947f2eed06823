"""What she told is hers to take along."""

from typing import Any

from baodao.people.ports import register_my_data

from .selectors import own, words


def my_data(person: str) -> Any:
    """Her offer."""
    _token, row = own(person)
    if row is None:
        return []
    return [
        {
            "skills": list(words(row.skills)), "days": row.days, "parts": list(words(row.parts)), "base": str(row.base_id),
            "unit": row.unit, "paused": row.paused,
        }
    ]  # fmt: skip


register_my_data("callouts", my_data)
