"""Writers of the embedded database: one after another, in the order of coming; whoever waits too long is told so."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import OperationalError

from baodao.kernel import turns


@pytest.fixture
def embedded(monkeypatch: Any) -> None:
    """Turns are taken whatever database this run has; no statement is made."""

    class Embedded:
        vendor, in_atomic_block = "sqlite", False

    monkeypatch.setattr(turns, "connection", Embedded)


def test_they_come_in_order_and_alone(embedded: None) -> None:
    came: list[int] = []
    inside: list[int] = []

    def write(n: int) -> None:
        with turns.turn():
            inside.append(n)
            assert inside == [n]
            came.append(n)
            time.sleep(0.002)
            inside.remove(n)

    threads = []
    with turns.turn():
        for n in range(12):
            threads.append(threading.Thread(target=write, args=(n,)))
            threads[-1].start()
            while len(turns._line) < n + 2:
                time.sleep(0.001)
        assert came == []
    for thread in threads:
        thread.join(10)
    assert came == list(range(12))
    assert not turns._line


def test_whoever_waits_too_long_is_told_and_leaves_the_line(embedded: None) -> None:
    told: list[str] = []

    def impatient() -> None:
        try:
            with turns.turn(0.01):
                told.append("in")
        except OperationalError as error:
            told.append(str(error))

    with turns.turn():
        thread = threading.Thread(target=impatient)
        thread.start()
        thread.join(10)
        assert told == ["database is locked: too many write at once"]
    with pytest.raises(ZeroDivisionError), turns.turn(0.01):
        raise ZeroDivisionError
    assert not turns._line
