"""Writers of one process on the embedded database, one after another in the order in which they came.

That database has one lock for writing. Whoever finds it taken asks again after a pause that grows to a tenth of a second, and loses to those
who came later and asked at the right moment. Here each waits for the one before. Other processes have lines of their own; only the
first of each line asks for the lock. Tested against a crowd by `benchmarks.crowd`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

#: As long as the database itself would have let a writer wait (`kernel.environment`).
LONGEST = 20.0

_line: deque[threading.Event] = deque()
_guard = threading.Lock()


@contextmanager
def turn(longest: float = LONGEST) -> Iterator[None]:
    """Wait for those who came before. Does nothing on PostgreSQL, where only the flush is in a line, and inside of a transaction, which
    has the lock. Raises OperationalError after `longest` seconds."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    mine = threading.Event()
    with _guard:
        _line.append(mine)
        if len(_line) == 1:
            mine.set()
    try:
        if not mine.wait(longest):
            raise OperationalError("database is locked: too many write at once")
        yield
    finally:
        with _guard:
            _line.remove(mine)
            if _line:
                _line[0].set()
