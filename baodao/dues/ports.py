"""What the apps above tell dues: facts that meet a requirement, and whose life a subject has.

An app that records something which meets dues does two things: in its verb it hands the `Met`s to `services.note(tx, …)`, and
at start it registers how the same `Met`s follow from its stored facts, for `baodao rebuild` and `baodao doctor`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from baodao.kernel.act import Act
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


class Begun(msgspec.Struct, frozen=True):
    """A fact of ``kind`` happened to ``subject`` on ``day``: whatever is due after such facts (``after`` in a pack) begins."""

    kind: str
    subject: str
    day: date
    ref: str


class Life(msgspec.Struct, frozen=True):
    """A subject, the organization whose list it stands on, and the periods [since, until) of its life."""

    subject: str
    org: str
    stays: tuple[tuple[date, date | None], ...]


Source = Callable[[Recorded], Iterable[Met]]
Beginning = Callable[[Recorded], Iterable[Begun]]
#: (plan, organizations, day) → subjects of these organizations on that day. A fixed number of statements.
Lives = Callable[[str, Collection[str], date], Iterable[Life]]


class Rest(msgspec.Struct, frozen=True):
    """A word by which nobody is asked. ``find``: (organizations, since, day) → organization → the spans [since, until) of days on which
    nothing was asked of it, apart from each other, as known on ``day``; those without any are left out. ``cause`` is a code of
    `words.CAUSES`."""

    cause: str
    find: Callable[[Collection[str], date, date], Mapping[str, Sequence[tuple[date, date]]]]


_SOURCES: dict[str, Source] = {}
_BEGINNINGS: dict[str, Beginning] = {}
_LIVES: dict[str, Lives] = {}
_RESTS: dict[str, Rest] = {}


def register_source(kind: str, read: Source) -> None:
    """Facts of this kind meet dues: ``read`` gives what one fact met, from the fact alone."""
    _SOURCES[kind] = read


def forget_source(kind: str) -> None:
    """Take a source out again (tests)."""
    _SOURCES.pop(kind, None)


def sources() -> dict[str, Source]:
    """All registered sources by kind of fact."""
    return dict(_SOURCES)


def register_beginning(kind: str, read: Beginning) -> None:
    """Facts of this kind begin something that is due after them."""
    _BEGINNINGS[kind] = read


def beginnings() -> dict[str, Beginning]:
    """All registered beginnings by kind of fact."""
    return dict(_BEGINNINGS)


def register_lives(of: str, find: Lives) -> None:
    """Who the subjects of a sort (``household``) are, as the app says that keeps them."""
    _LIVES[of] = find


def lives_of(of: str) -> Lives | None:
    """The registered function of a sort."""
    return _LIVES.get(of)


def register_rest(kind: str, rest: Rest) -> None:
    """Facts of this kind say that nobody is asked: packs name the kind in ``excused_by``."""
    _RESTS[kind] = rest


def rests() -> dict[str, Rest]:
    """All registered words by kind of fact."""
    return dict(_RESTS)


class Record(msgspec.Struct, frozen=True):
    """A record that met a due, as one reader may know it: its title where she may read it, else what kind of thing it is; its day,
    None where that is not told; a path of the desk, "" where it does not open for her."""

    title: str
    day: date | None = None
    href: str = ""


#: (reader, rest of a ref → organization on whose list it stands) → rest → the record. One statement, however many.
Telling = Callable[[Act, Mapping[str, str]], Mapping[str, Record]]
_RECORDS: dict[str, Telling] = {}


def register_records(prefix: str, tell: Telling) -> None:
    """What records are whose ref begins with ``<prefix>:``."""
    _RECORDS[prefix] = tell


def records_of(by: Act, refs: Mapping[str, str]) -> dict[str, Record]:
    """Refs with the organization on whose list each stands → the record, of those that an app knows. At most one
    statement a prefix."""
    wanted: dict[str, dict[str, str]] = {}
    for ref, org in refs.items():
        prefix, _, rest = ref.partition(":")
        wanted.setdefault(prefix, {})[rest] = org
    found: dict[str, Record] = {}
    for prefix, rests_ in wanted.items():
        if prefix in _RECORDS:
            found |= {f"{prefix}:{rest}": one for rest, one in _RECORDS[prefix](by, rests_).items()}
    return found
