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


@kind("call.opened", v=1)
class CallOpened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` calls for applications to a programme (``programme``: a kind of the procedure) from ``since`` to ``until``, both days among
    them. Subject ``call:<code>``; texts ``title``, ``about``, ``who`` may apply, ``criteria``."""

    programme: Code
    since: Date
    until: Date


@kind("call.applied", v=1)
class CallApplied(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The application (subject ``matter:<number>``) was made to the call that it is about. Nobody is named."""


@kind("call.published", v=1, unit="applications")
class CallPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The result: ``value`` admitted, ``alone`` of them by somebody for herself; text ``units``: organizations, never persons."""

    applied: int
    refused: int
    withdrawn: int
    alone: int


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In ``year`` so many holders of posts of this kind are to have so many hours (of 45 minutes)."""

    kind: Code
    year: int
    persons: int
    hours: int


@kind("training.planned", v=1)
class TrainingPlanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan of training over some years, of ``org`` and below it; subject ``training_plan:<code>``, texts ``title`` and ``y<year>``
    (that year's priorities). A later one replaces it whole."""

    since: int
    until: int
    goals: tuple[Goal, ...]
