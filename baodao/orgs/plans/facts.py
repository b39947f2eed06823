"""The facts of plans. Subject ``plan:<code>``, held by the organization in whose name it was made."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Date, kind


@kind("plan.confirmed")
class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All changes of the plan hold from ``day`` on. Counts by kind; the title lies in content."""

    day: Date
    found: int
    move: int
    dissolve: int
    begin: int
    end: int


@kind("plan.undone")
class Undone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Before its day the plan was taken back: what it had recorded is void."""

    changes: int
