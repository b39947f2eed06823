"""The facts of households. Subject ``household:<code>``, level 2, place: the grid. What is written lies in content (slot
``text``; an address also ``building``) and goes with it; a contact is ``person``, a token that leads to the vault."""

from __future__ import annotations

from typing import Literal

import msgspec

from baodao.ledger.registry import Code, Date, kind

Field = Literal["address", "people", "need", "contact"]


@kind("household.registered", v=1)
class Registered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` (a community) may call on this household from now on."""

    org: Code


@kind("household.written", v=1)
class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``n``-th line: ``why`` and ``until`` (the first day without it) were told to the household. ``word``: it said so
    itself; ``consent``: to which words it said yes, "" where none was needed."""

    n: int
    field: Field
    why: Code
    until: Date
    word: bool = False
    consent: Code = ""


@kind("household.struck", v=1)
class Struck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line was taken out, by ``side``: the household or the office."""

    n: int
    side: Literal["household", "office"]


@kind("household.expired", v=1)
class Expired(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line's last day has passed."""

    n: int


@kind("household.closed", v=1)
class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it has ended: the household wished it, the office knows that it moved, or nothing was left."""

    side: Literal["household", "office", "empty"]


@kind("household.joined", v=1)
class Joined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``person`` came with the slip and keeps the household at hand."""
