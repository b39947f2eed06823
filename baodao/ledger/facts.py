"""Fact kinds of the ledger itself."""

import msgspec

from baodao.kernel.facts import CalendarLoaded

from .registry import Code, kind


@kind("ledger.voided")
class Voided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier fact of the same subject holds no longer. `reason`: takeback, mistake, erased."""

    reason: Code


@kind("ledger.taken_back")
class TakenBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An import batch was taken back. Subject `batch:<name>`; value: facts voided."""

    batch: Code
    facts: int


@kind("ledger.erased")
class Erased(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person was erased; the subject is a random mark, never the person. `rows` by eraser."""

    rows: dict[Code, int]


# The kernel's one fact: it knows no registry itself.
kind("calendar.loaded")(CalendarLoaded)
