"""What the apps above tell dues: facts that meet a requirement, and whose life a subject has.

An app that records something which meets dues does two things: in its verb it hands the `Met`s to `services.note(tx, …)`, and
at start it registers how the same `Met`s follow from its stored facts, for `baodao rebuild` and `baodao doctor`.
"""

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from baodao.ledger.selectors import Recorded


class Met(msgspec.Struct, frozen=True):
    """``subject`` did on ``day`` what ``requirement`` (the name of a pack's ``[due.<name>]``) asks.

    ``subject``: ``org:<code>``, ``post:<code>``, ``member:<party token>``, ``alliance:<code>``, ``household:<code>``. ``ref`` names
    the record (``gather:GA-2026-000012``); once a requirement, subject and record. ``amount`` is in the requirement's unit (times,
    or minutes of study). ``made_up``: meant for an earlier period that was missed."""

    requirement: str
    subject: str
    day: date
    ref: str
    amount: int = 1
    made_up: bool = False


Source = Callable[[Recorded], Iterable[Met]]

_SOURCES: dict[str, Source] = {}


def register_source(kind: str, read: Source) -> None:
    """Facts of this kind meet dues: ``read`` gives what one fact met, from the fact alone."""
    _SOURCES[kind] = read


def forget_source(kind: str) -> None:
    """Take a source out again (tests)."""
    _SOURCES.pop(kind, None)


def sources() -> dict[str, Source]:
    """All registered sources by kind of fact."""
    return dict(_SOURCES)
