"""The facts of hand-overs. Subject ``handover:<code>``, held by the organization of the post that is left."""

from __future__ import annotations

from typing import Literal

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("handover.opened")
class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet for ``post``; ``heir`` is the post that takes over ("" : the office itself), from ``day`` on."""

    post: Code
    heir: Code
    day: Date


@kind("handover.assigned")
class Assigned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``heir`` takes these items (none named: all that have no other). Signatures given before hold no longer."""

    heir: Code
    items: tuple[Code, ...] = ()


@kind("handover.signed")
class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One party signed: ``party`` is its post ("" : the office). ``stands_in``: a superior did, for the reason in content.
    ``items`` were on the sheet then, ``digest`` is the SHA-256 of the list. The signer is the fact's person."""

    side: Literal["leaver", "heir"]
    party: Code
    stands_in: bool
    items: int
    digest: Code


@kind("handover.passed")
class Passed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items went over; ``rest`` are still to go (a long list goes in parts). ``unsigned``: the leaver is gone and nobody signed in time."""

    items: int
    rest: int
    unsigned: bool = False


@kind("handover.dropped")
class Dropped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sheet is void; nothing had gone over."""
