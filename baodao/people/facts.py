"""Fact kinds of people. Subject `person:<token>`: no names, no contacts; who it is lies in the vault."""

import msgspec

from baodao.ledger.registry import Code, kind


@kind("people.enrolled", v=1)
class Enrolled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An office put a person on its roster (the fact's organization)."""

    kind: Code


@kind("people.merged", v=1)
class Merged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person decided that two records are one somebody: the subject leads the record that it is about. Tokens of
    both stay."""

    why: Code


@kind("people.kept_apart", v=1)
class KeptApart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person decided that the subject and the record that it is about are two."""

    why: Code


@kind("people.undecided", v=1)
class Undecided(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision about the subject and the record that it is about was undone; `before` is what it was."""

    before: Code
