"""Beats: what a worker process does again and again. Apps register theirs, `baodao work` keeps them going.

    register_beat("notify.sender", send_due, every=1.0)     # from an app's ready() or beats.py

A beat gets the present moment and gives how much it did; more than zero means: again at once. It must be safe
to kill at any line and to run in several processes at the same time (leases, compare-and-set).
"""

import logging
import threading
from collections.abc import Callable, Collection
from datetime import datetime

import msgspec
from django.db import connections
from django.utils import timezone

log = logging.getLogger("baodao.beats")

# After a failure: doubled up to this many seconds.
LONGEST_WAIT = 30.0


class Beat(msgspec.Struct, frozen=True):
    """`every` seconds of rest after a run that found nothing to do. A beat `apart` talks to machines outside or plans for minutes: `baodao
    serve` gives those a process of their own, so that no notice waits for a letter to be written."""

    name: str
    run: Callable[[datetime], int]
    every: float = 1.0
    apart: bool = False


_beats: dict[str, Beat] = {}


def register_beat(
    name: str, run: Callable[[datetime], int], every: float = 1.0, *, apart: bool = False
) -> None:
    """Add a beat, or replace the one of that name."""
    _beats[name] = Beat(name, run, every, apart)


def beats() -> list[Beat]:
    """All registered beats by name."""
    return [_beats[name] for name in sorted(_beats)]


def run_all_once(now: datetime | None = None, names: Collection[str] = ()) -> dict[str, int]:
    """Run each beat until it finds nothing more; name → how much it did (tests, `baodao work --once`)."""
    done: dict[str, int] = {}
    for beat in beats():
        if names and beat.name not in names:
            continue
        done[beat.name] = 0
        while n := beat.run(now or timezone.now()):
            done[beat.name] += n
    return done


def keep_going(stop: threading.Event, names: Collection[str] = ()) -> None:
    """Run the beats, each in a thread of its own, so that a slow gateway holds up no clock. Returns after
    `stop` was set and each has finished what it was doing."""
    threads = [
        threading.Thread(target=_keep, args=(beat, stop), name=beat.name, daemon=True)
        for beat in beats()
        if not names or beat.name in names
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(0.5):
        if not all(thread.is_alive() for thread in threads):
            # Only a defect of this file ends a thread: better to be started anew by the supervisor.
            raise RuntimeError("a beat has ended")
    for thread in threads:
        thread.join(20)


def _keep(beat: Beat, stop: threading.Event) -> None:
    failures = 0
    try:
        while not stop.is_set():
            try:
                busy = beat.run(timezone.now())
                failures = 0
            except Exception as error:
                # The class only: a message could carry personal data into logs.
                failures += 1
                log.warning("beat %s failed (%s), attempt %s", beat.name, type(error).__name__, failures)
                busy = 0
                # A connection that broke must not be used again.
                connections.close_all()
            if not busy:
                stop.wait(min(beat.every * 2**failures, LONGEST_WAIT) if failures else beat.every)
    finally:
        connections.close_all()
