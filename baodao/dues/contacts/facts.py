"""The facts of contacts. Subject ``contact:<code>``, ``person`` the token of the named person, level 2; ``org`` and ``post`` keep in
touch. The words of a need are content (slot ``need``)."""

from __future__ import annotations

from typing import Literal

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("contact.named", v=1)
class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``leader`` (a post) keeps in touch with this person from ``since`` on; she agreed."""

    leader: Code
    org: Code
    since: Date


@kind("contact.recorded", v=1)
class Made(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In touch on ``day``; with ``need`` something was asked for (text ``need``)."""

    n: int
    day: Date
    need: bool = False


@kind("contact.solved", v=1)
class Solved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The need of the ``n``-th contact was met on ``day``."""

    n: int
    day: Date


@kind("contact.corrected", v=1)
class Corrected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The named person says it otherwise: the day, and her own words of the need (text ``need``) or that there was none."""

    n: int
    day: Date
    need: bool


@kind("contact.left", v=1)
class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Not on the list from ``until`` on. Who left and why is not told: the side says only whose act it was."""

    side: Literal["person", "office"]
    until: Date


@kind("contact.passed", v=1)
class Passed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another post keeps in touch: the leader handed over."""

    leader: Code
    org: Code
