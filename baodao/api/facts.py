"""Fact kinds of the interface: changes of rights by tokens. Nothing about their use is a fact."""

import msgspec

from baodao.ledger.registry import Code, kind


@kind("api.token_issued")
class TokenIssued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token was made. Subject `api_token:<first 16 hex of its digest>`."""

    rights: tuple[Code, ...]
    days: int


@kind("api.token_revoked")
class TokenRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token ended before its day."""


@kind("partner.registered")
class PartnerRegistered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organization's own system hears of its legs from now on. Subject `partner:<code>`."""


@kind("partner.stopped")
class PartnerStopped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing leaves to it any more. `dropped`: deliveries that were still waiting or parked."""

    dropped: int


@kind("partner.key_renewed")
class PartnerKeyRenewed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From now on another secret signs what it gets."""


@kind("partner.resent")
class PartnerResent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody sent parked deliveries again. `deliveries`: how many."""

    deliveries: int
