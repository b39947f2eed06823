"""A talent's own data, and the words of rights."""

from typing import Any

from baodao.orgs.words import Words, register_right_words
from baodao.people.ports import register_my_data

from .selectors import growth, own


def my_data(person: str) -> Any:
    """Her entries and her growth."""
    return [
        {
            "village": str(row.org_id), "trade": row.trade, "since": row.since.isoformat(),
            "steps": [{"step": s.step, "day": s.day.isoformat(), "text": s.text} for s in growth(row.code)],
        }
        for row in own(person)
    ]  # fmt: skip


_RIGHTS = {
    "talent.*": Words("本土人才名册的全部维护", "All upkeep of local talents"),  # data
    "talent.read": Words("看本土人才名册", "Read the roster of local talents"),  # data
    "talent.name": Words("报本土人才", "Name local talents"),  # data
    "talent.note": Words("记成长的一步", "Note a step of growth"),  # data
    "talent.end": Words("移出本土人才名册", "End an entry of local talents"),  # data
    "talent.own": Words("看自己的成长记录", "One's own record of growth"),  # data
}
register_my_data("talents", my_data)
register_right_words("talents", lambda pack: _RIGHTS)
