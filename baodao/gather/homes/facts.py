"""The facts of homes. Tokens are of the domain matters; no fact has a name, a child or an illness in it."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, kind


@kind("home.joined", v=1)
class HomeJoined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A household joined the home ``org``; subject ``home:<org>``, ``person`` who joined for it."""


@kind("home.left", v=1)
class HomeLeft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It left; nobody asks why."""


@kind("trust.given", v=1)
class TrustGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A guardian (``person``) puts a volunteer's post onto the own list: this one may be asked to fetch a child."""

    helper: Code


@kind("trust.ended", v=1)
class TrustEnded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """And takes it off."""

    helper: Code
