"""Fact kinds of notify. Sending itself is no fact: it follows from one."""

import msgspec

from baodao.ledger.registry import kind


@kind("notify.decided")
class NoticeDecided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody sent parked notices again, or let them go. `notices`: how many."""

    again: bool
    notices: int
