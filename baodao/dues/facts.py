"""The facts of dues. Subject ``due:<n>``; ``org`` is the organization on whose list it stands, ``person`` the member's token where
the subject is a member (level 2 then)."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, Ref, kind


@kind("due.recorded", v=1, unit="times or minutes")
class Recorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Done, and kept on paper: entered afterwards for what no gathering recorded. ``value``: how much."""

    requirement: Code
    subject: Ref
    day: Date
    made_up: bool = False


@kind("due.struck", v=1)
class Struck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Such an entry was wrong: voids it."""


@kind("due.excused", v=1)
class Excused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Not owed for the period that begins on ``period``. Of a member only that she is excused."""

    requirement: Code
    subject: Ref
    period: Date
    cause: Code


@kind("due.unexcused", v=1)
class Unexcused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Owed after all: voids the excuse."""


@kind("due.reminded", v=1)
class Reminded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reminder of what is not done yet for the period that begins on ``period``."""

    requirement: Code
    subject: Ref
    period: Date
