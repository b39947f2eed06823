"""The facts of powers."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("deputy.began", v=1)
class DeputyBegan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``post:<code>`` of the one who is absent; ``deputy`` is the post that acts for it in [since, until)."""

    code: Code
    deputy: Code
    rights: tuple[Code, ...]
    level: int
    since: Date
    until: Date


@kind("deputy.ended", v=1)
class DeputyEnded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``post:<code>``: the deputyship ``code`` ends before its day."""

    code: Code
    until: Date


@kind("deputy.acted", v=1)
class DeputyActed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What this command did to its subject was done by ``deputy`` for the fact's post."""

    deputy: Code


@kind("second.asked", v=1)
class SecondAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act on the subject waits for a second person; ``code`` is the request."""

    code: Code
    right: Code


@kind("second.agreed", v=1)
class SecondAgreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fact's post agreed as the second person, with the act's own facts."""

    code: Code
    right: Code


@kind("second.declined", v=1)
class SecondDeclined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fact's post declined, or who had asked took it back."""

    code: Code
    right: Code


@kind("glass.opened", v=1)
class GlassOpened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The restricted subject is opened to the fact's post for so many hours; the reason lies in content (slot ``reason``)."""

    code: Code
    purpose: Code
    hours: int
    second: Code


@kind("glass.closed", v=1)
class GlassClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The opening ``code`` was ended before its time."""

    code: Code
