"""From commit to notice: twenty commands a second for half a minute, worker and senders beside; how long until the first
notice of each is there. One command in ten is a whistle with five legs, the others are requests.

.venv/bin/python -m benchmarks.notices [--seconds 30] [--rate 20] [--whistles 10]
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from .ground import ROOT, ground, wsgi
from .writes import _secretary, api_intake, api_whistle

PATIENCE = 60


def main() -> None:
    """Print the delays and what was left undone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rate", type=int, default=20)
    parser.add_argument("--whistles", type=int, default=10, help="one command in so many is a whistle")
    asked = parser.parse_args()
    with ground() as cast:
        _secretary(cast, 1)
        call = wsgi()
        whistle, intake = api_whistle(call, cast), api_intake(call, cast)
        whistle(-1)

        def one(n: int) -> None:
            (whistle if n % asked.whistles == 0 else intake)(n)

        with _worker():
            time.sleep(5)  # it has started and read what was there
            first, answered = _position(), _press(one, asked.seconds * asked.rate, asked.rate)
            waits = _waits(first, answered)
    waits.sort()
    told = f"{len(waits)} of {len(answered)} commands have a notice"
    if not waits:
        print(told)
        return
    middle, late = statistics.median(waits), waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    print(f"{told}; seconds from answer to notice: median {middle:.2f}, p99 {late:.2f}, most {waits[-1]:.2f}")


@contextlib.contextmanager
def _worker() -> Any:
    """Readers and senders in two processes on the same database, as `baodao serve` starts them."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "baodao.cli", "work", "--senders", which],
            cwd=ROOT,
            env=os.environ,
            stdout=subprocess.DEVNULL,
        )
        for which in ("without", "only")
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _position() -> int:
    from baodao.ledger.selectors import position

    return position()


def _press(one: Any, count: int, rate: int) -> list[tuple[int, float]]:
    """(ledger position after the answer, when it came) of each command, sent at an even pace."""
    answered, begun = [], time.time()
    for n in range(count):
        time.sleep(max(0.0, begun + n / rate - time.time()))
        one(n)
        answered.append((_position(), time.time()))
    print(f"{count} commands in {time.time() - begun:.1f} s")
    return answered


def _waits(first: int, answered: list[tuple[int, float]]) -> list[float]:
    """Seconds from the answer of a command to its first notice, polled ten times a second while they come."""
    from baodao.notify.models import Notice

    seen: dict[int, float] = {}
    until = time.time() + PATIENCE
    last = answered[-1][0]
    while time.time() < until and (not seen or max(seen) < last - 6):
        rows = Notice.objects.filter(fact__gt=first).values_list("fact", "created")
        seen = {fact: created.timestamp() for fact, created in rows if fact is not None}
        time.sleep(0.1)
    waits, before = [], first
    for position, when in answered:
        found = [at for fact, at in seen.items() if before < fact <= position]
        waits += [max(0.0, min(found) - when)] if found else []
        before = position
    return waits


if __name__ == "__main__":
    main()
