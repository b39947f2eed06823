"""The facts of alliances. Subject ``alliance:<code>``; the names lie in content (slots ``name``, ``name_en``)."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("alliance.founded", v=1)
class Founded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``seat`` convenes it from ``since`` on; ``until`` is the first day without it, when a term was agreed.
    ``shape`` is what its kind declared then."""

    kind: Code
    shape: Code
    seat: Code
    since: Date
    until: Date | None = None


@kind("alliance.invited", v=1)
class Invited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member`` is asked to join; it waits until the member's own post answers."""

    member: Code
    role: Code
    since: Date


@kind("alliance.joined", v=1)
class Joined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``member`` takes part from ``since`` on: it accepted, or the founder's post reaches it."""

    member: Code
    role: Code
    since: Date


@kind("alliance.declined", v=1)
class Declined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An invitation ended without a member: ``side`` is ``member`` (it said no) or ``seat`` (taken back)."""

    member: Code
    side: Code


@kind("alliance.left", v=1)
class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without ``member``; ``side`` says whose post ended it."""

    member: Code
    until: Date
    side: Code


@kind("alliance.ended", v=1)
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without the alliance; members and invitations end with it."""

    until: Date
