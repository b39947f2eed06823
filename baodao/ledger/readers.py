"""Readers: consumers of the ledger with a cursor. Idempotent, retried with back-off; a poison fact is parked and the rest go on.

A reader with effects outside declares `live_only`: it acts on origin `live` and on nothing noted more than `stale_after` after it
happened, so nobody gets a message about 2011.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

import msgspec
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import Q
from django.utils import timezone

from baodao.kernel.driver import answers

from .models import Cursor, Parked
from .selectors import Recorded, fact_rows, ids_newer_than, newer_than, position

log = logging.getLogger("baodao.readers")

ATTEMPTS = 5
# Renewed with each fact: so long does a killed process keep the others waiting.
LEASE = timedelta(seconds=15)


# Facts handled in one transaction. It is as long as others may wait for the lock of SQLite: some tenths of a second.
CHUNK = 20


class Reader(msgspec.Struct, frozen=True):
    """`handle(fact)` must be safe to repeat and write to this database only: a failure among several facts undoes all of
    them and handles them again one by one. `kinds` empty = all kinds. `together` takes several facts at once, where
    that is cheaper than one after another, ``chunk`` in one transaction; the same rows must come of it."""

    name: str
    handle: Callable[[Recorded], None]
    kinds: tuple[str, ...] = ()
    together: Callable[[Sequence[Recorded]], None] | None = None
    live_only: bool = False
    stale_after: timedelta = timedelta(days=3)
    chunk: int = CHUNK


_readers: dict[str, Reader] = {}


def register(reader: Reader) -> None:
    """Apps register theirs from `readers.py`."""
    _readers[reader.name] = reader


def readers() -> list[Reader]:
    """All readers by name."""
    return [_readers[name] for name in sorted(_readers)]


def wants(reader: Reader, fact: Recorded) -> bool:
    """Whether this fact is for this reader."""
    if reader.kinds and fact.kind not in reader.kinds:
        return False
    return not reader.live_only or (
        fact.origin == "live" and fact.noted - fact.happened <= reader.stale_after
    )


def run_once(reader: Reader, limit: int = 200, now: datetime | None = None) -> int:
    """Handle the next facts; gives how many positions were passed. Zero: nothing new, another process holds the lease, or backing off."""
    moment = now or timezone.now()
    lease = secrets.token_hex(8)
    start = _take(reader.name, lease, moment)
    if start is None:
        return 0
    try:
        return _advance(reader, lease, start, limit, moment)
    finally:
        Cursor.objects.filter(reader=reader.name, lease=lease).update(lease="", lease_until=None)


def run_new(now: datetime) -> int:
    """The worker's beat: one round of each reader that has something new. Idle, it only reads: two statements."""
    end = position()
    at = dict(Cursor.objects.values_list("reader", "position"))
    return sum(run_once(reader, now=now) for reader in readers() if at.get(reader.name, 0) < end)


def _take(name: str, lease: str, now: datetime) -> int | None:
    Cursor.objects.get_or_create(reader=name)
    free = Q(lease="") | Q(lease_until__lt=now)
    ready = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
    # Compare-and-set: of two processes, one gets the lease.
    if not Cursor.objects.filter(free, ready, reader=name).update(lease=lease, lease_until=now + LEASE):
        return None
    return Cursor.objects.values_list("position", flat=True).get(reader=name)


def _advance(reader: Reader, lease: str, start: int, limit: int, now: datetime) -> int:
    # The end is read first: facts of other kinds before it need not be fetched to move the cursor past them.
    end = position()
    facts = _fetch(start, reader.kinds, limit)
    if facts:
        # A fact may have come between the two reads: the cursor never goes back.
        end = facts[-1][0] if len(facts) == limit else max(end, facts[-1][0])
    for some in _in_chunks(facts, reader.chunk):
        if (stopped := _handle_some(reader, lease, some, now)) is not None:
            return max(0, stopped - start)
    if end > start:
        _move(reader.name, lease, end)
    return max(0, end - start)


Numbered = tuple[int, Recorded | Exception]


def _in_chunks(facts: Sequence[Numbered], size: int) -> Iterator[list[Numbered]]:
    rest = iter(facts)
    while some := list(islice(rest, size)):
        yield some


def _handle_some(reader: Reader, lease: str, some: Sequence[Numbered], now: datetime) -> int | None:
    """Handle a chunk and move the cursor behind it; gives None, or the position at which the round stops."""
    # Facts that are not wanted are passed with the others: thousands of simulated ones are one move.
    wanted = [(n, fact) for n, fact in some if isinstance(fact, Exception) or wants(reader, fact)]
    try:
        if not wanted or _at_once(reader, lease, wanted):
            return None
    except _Lost:
        return wanted[0][0] - 1
    for number, fact in wanted:
        if not _handle(reader, number, fact, now):
            return number
        if not _move(reader.name, lease, number):
            return number  # the lease ran out and another process goes on
    return None


class _Lost(Exception):
    """The lease ran out: what was written is undone, the other process does it."""


def _at_once(reader: Reader, lease: str, wanted: Sequence[Numbered]) -> bool:
    """All of them and the cursor's move in one transaction; False after a failure, which has left nothing. Raises _Lost."""
    facts = [fact for _number, fact in wanted if not isinstance(fact, Exception)]
    if len(facts) < len(wanted):
        return False
    try:
        with transaction.atomic():
            if reader.together is not None:
                reader.together(facts)
            else:
                for fact in facts:
                    reader.handle(fact)
            if not _move(reader.name, lease, wanted[-1][0]):
                raise _Lost
    except _Lost:
        raise
    except (OperationalError, InterfaceError):
        if not answers(connections["default"]):
            raise
        return False
    except Exception:
        # Which of them it was, and what to do about it, the slow way finds out.
        return False
    return True


def _fetch(start: int, kinds: tuple[str, ...], limit: int) -> list[Numbered]:
    """The next facts. One that cannot be decoded (an unknown kind, a version from the future) is given as its
    error, so that it is parked like any other poison and does not stop the ones behind it."""
    try:
        return [(fact.id, fact) for fact in newer_than(start, kinds, limit)]
    except (KeyError, ValueError, TypeError, msgspec.MsgspecError):
        found: list[Numbered] = []
        for number in ids_newer_than(start, kinds, limit):
            try:
                found.append((number, fact_rows([number])[0]))
            except (KeyError, ValueError, TypeError, msgspec.MsgspecError) as error:
                found.append((number, error))
        return found


def _move(name: str, lease: str, to: int) -> int:
    until = timezone.now() + LEASE
    mine = Cursor.objects.filter(reader=name, lease=lease)
    return mine.update(position=to, failures=0, retry_at=None, lease_until=until)


def _handle(reader: Reader, number: int, fact: Recorded | Exception, now: datetime) -> bool:
    """True when the cursor may pass the fact: handled, or parked after the last attempt."""
    if isinstance(fact, Exception):
        return _failed(reader, number, fact, now)
    try:
        with transaction.atomic():
            reader.handle(fact)
    except (OperationalError, InterfaceError) as error:
        if not answers(connections["default"]):
            raise  # the database went away: no fault of this fact, which must not be parked for it
        return _failed(reader, number, error, now)
    except Exception as error:
        return _failed(reader, number, error, now)
    return True


def _failed(reader: Reader, number: int, error: Exception, now: datetime) -> bool:
    failures = Cursor.objects.values_list("failures", flat=True).get(reader=reader.name) + 1
    # The class only: a message could carry personal data into logs.
    log.warning(
        "reader %s: fact %s failed (%s), attempt %s", reader.name, number, type(error).__name__, failures
    )
    if failures < ATTEMPTS:
        wait = timedelta(seconds=2 ** (failures * 2))
        Cursor.objects.filter(reader=reader.name).update(failures=failures, retry_at=now + wait)
        return False
    Parked.objects.update_or_create(
        reader=reader.name,
        fact=number,
        defaults={"error": type(error).__name__, "attempts": failures, "parked": now},
    )
    return True


def replay(name: str, facts: Sequence[int] = ()) -> tuple[int, int]:
    """Handle parked facts again (all, or the named ones). Gives (handled, still parked)."""
    reader = _readers[name]
    rows = Parked.objects.filter(reader=name)
    if facts:
        rows = rows.filter(fact__in=list(facts))
    good = bad = 0
    for parked in rows.order_by("fact"):
        try:
            with transaction.atomic():
                reader.handle(fact_rows([parked.fact])[0])
                parked.delete()
            good += 1
        except Exception as error:
            Parked.objects.filter(pk=parked.pk).update(
                error=type(error).__name__, attempts=parked.attempts + 1
            )
            bad += 1
    return good, bad
