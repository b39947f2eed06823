"""The facts of returns. Subject ``return:<number>`` (a form: ``form:<code>``), ``org`` hands it in. What stands in the cells, what was
written by hand and why, is content."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("return.formed", v=1)
class Formed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form was given with its mapping (text ``mapping``, JSON of a ReturnForm); ``file`` is its evidence."""

    file: Code


@kind("return.filled", v=1)
class Filled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The machine filled ``form`` for a period at a position (text ``cells``: JSON of its values). ``digest``: SHA-256 of the mapping and
    the file; ``source``: of which origin the figures are; ``due``: to be handed in by, where somebody named a day."""

    form: Code
    digest: Code
    first: Date
    last: Date
    position: int
    version: int
    cells: int
    blank: int
    source: Code = "live"
    due: Code = ""


@kind("return.written", v=1)
class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cell was written by hand (texts ``value``, ``reason``), or the hand was taken away (``gone``)."""

    key: Code
    version: int
    gone: bool = False


@kind("return.signed", v=1)
class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two persons signed: the post of this fact asked, ``second`` agreed. ``file``: the frozen copy; ``digest``: SHA-256 of all that
    stands in it. A later version supersedes."""

    version: int
    file: Code
    digest: Code
    position: int
    second: Code
    meets: tuple[Code, ...] = ()
    """Requirements of dues that the first signature met, and (``met_on``) the day on which it did; a later version keeps them."""
    met_on: Code = ""


@kind("return.corrected", v=1)
class Corrected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new version is begun beside the signed one (text ``reason``)."""

    version: int


@kind("return.taken", v=1)
class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post took a frozen copy: it is told when the copy is corrected."""

    version: int


@kind("return.dropped", v=1)
class Dropped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A draft that was never signed is given up, or the version that was begun (``version``)."""

    version: int
