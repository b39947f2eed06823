"""The facts of classes. Subject ``class:<code>``, ``org`` convenes. Who is in a class, came and was credited are facts of its slots
(series = the class's code); nothing here names a person."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("class.opened", v=1)
class ClassOpened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of a plan: texts ``title``, ``about``. ``closed``: the convener enters who takes part; else anybody chooses it who may join
    its kind. ``seats`` 0: as the kind says."""

    plan: Code
    since: Date
    seats: int = 0
    closed: bool = False


@kind("class.closed", v=1, unit="persons")
class ClassClosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The class is over: ``value`` finished it, of ``pupils``; of its short tests ``right`` answers of ``asked`` over all ``tries``."""

    until: Date
    pupils: int
    sessions: int
    tries: int = 0
    asked: int = 0
    right: int = 0
