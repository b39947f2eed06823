"""Id order is commit order: a reader that follows with one integer misses nothing, whoever writes meanwhile."""

import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from baodao.ledger.flush import LOCK
from baodao.ledger.models import Fact
from baodao.ledger.selectors import newer_than
from tests.ledger import noting  # noqa: F401 (the kind that the writers note)
from tests.support.databases import Databases

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes


def follow(databases: Databases, locks: list[int], commands: int) -> tuple[list[int], list[int]]:
    """Let processes write at once and follow them; gives (ids seen by the follower, ids that are there)."""
    environment = {**os.environ, "BAODAO_DATABASE": databases.url(databases.current)}
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.ledger.writer", f"w{number}", str(commands), str(lock)],
            cwd=ROOT,
            env=environment,
        )
        for number, lock in enumerate(locks)
    ]
    seen: list[int] = []
    try:
        running, deadline = True, time.perf_counter() + 120
        while running:
            # Asked before reading: the last round reads what the last writer left.
            running = any(writer.poll() is None for writer in writers)
            assert time.perf_counter() < deadline
            seen.extend(fact.id for fact in newer_than(seen[-1] if seen else 0, limit=7))
            time.sleep(0.001)
        while more := newer_than(seen[-1] if seen else 0):
            seen.extend(fact.id for fact in more)
        assert [writer.returncode for writer in writers] == [0] * len(writers)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    return seen, list(Fact.objects.order_by("id").values_list("id", flat=True))


def test_a_follower_misses_nothing_while_four_processes_write(committed_db: Databases) -> None:
    seen, there = follow(committed_db, [LOCK] * 4, 25)
    assert len(there) >= 100
    assert seen == there
    assert len(set(Fact.objects.values_list("command", flat=True))) == 100


@pytest.mark.postgres
def test_without_the_one_lock_the_follower_would_lose_facts(committed_db: Databases) -> None:
    """The test above can fail: with a lock for each writer it does, on a crowded machine not each time."""
    rounds = (follow(committed_db, [LOCK + number for number in range(4)], 25) for _round in range(5))
    assert any(set(seen) < set(there) for seen, there in rounds)


def test_facts_of_a_command_lie_together(committed_db: Databases) -> None:
    follow(committed_db, [LOCK] * 2, 15)
    commands = list(Fact.objects.order_by("id").values_list("command", flat=True))
    changes = sum(1 for one, two in itertools.pairwise(commands) if one != two)
    assert changes == len(set(commands)) - 1
