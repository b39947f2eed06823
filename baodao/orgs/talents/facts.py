"""The facts of talents. Subject ``talent:<code>``, ``person`` a token of the domain service, level 1."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("talent.named", v=1)
class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``village`` names her, with her word (``consent``: to which words she said yes)."""

    village: Code
    trade: Code
    since: Date
    consent: Code


@kind("talent.noted", v=1)
class Noted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of her growth: what kind, on which day; what it was lies in content (slot ``text``)."""

    step: Code
    day: Date


@kind("talent.ended", v=1)
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day on which she is a talent of the village no longer."""

    until: Date
