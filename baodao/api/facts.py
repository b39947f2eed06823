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
