"""The database is restarted, and crashes, under load: clean errors, nothing acknowledged lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.build import packs_in
from tests.faults.load import Client
from tests.faults.served import keys_in
from tests.support.cluster import Cluster
from tests.support.running import ROOT, Running

pytestmark = [pytest.mark.processes, pytest.mark.postgres]


class Restartable(Running):
    """Web and worker over a PostgreSQL of its own: restarting the run's would disturb other tests."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        super().__init__(cluster.url("postgres"), keys_in(folder / "data"))
        self.cluster = cluster
        self.environment |= {"BAODAO_PACKS": str(packs_in(folder / "packs")), "BAODAO_LOG_LEVEL": "WARNING"}
        for program in (["baodao.cli", "migrate", "--verbosity", "0"], ["tests.faults.build"]):
            done = subprocess.run(
                [sys.executable, "-m", *program],
                cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        self.serve(workers=2)
        self.work()

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Rows of one statement, by a connection of the test's own."""
        with psycopg.connect(host=str(self.cluster.home), user="baodao", dbname="postgres") as connection:
            return connection.execute(statement).fetchall()  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Restartable]:
    cluster = Cluster()
    cluster.start()
    made = Restartable(cluster, tmp_path)
    try:
        yield made
    finally:
        made.stop()
        cluster.remove()


def prove(running: Restartable, count: int, restarts: list[int]) -> None:
    clients = [Client(running.url, name, count // 3) for name in ("a", "b", "c")]
    total = 3 * (count // 3)
    for client in clients:
        client.start()
    for number, how in enumerate(restarts):
        while sum(len(c.acknowledged) for c in clients) < (number + 1) * total // (len(restarts) + 1):
            time.sleep(0.01)
        running.cluster.stop(how)
        time.sleep(0.5)  # long enough that somebody asks while it is away
        running.cluster.start()
    for client in clients:
        client.join(150)
    assert [line for client in clients for line in client.wrong] == []
    # The web server stood all the time: whoever asked meanwhile got an answer, and a clean one.
    seen = {answer for client in clients for answer in client.answers}
    assert seen == {"201", "503"}, [dict(client.answers) for client in clients]
    acknowledged = {key: number for client in clients for key, number in client.acknowledged.items()}
    assert len(set(acknowledged.values())) == total
    opened = running.ask("SELECT command, subject FROM ledger_fact WHERE kind = 'matter.opened' ORDER BY id")
    assert {str(c).rpartition(":")[2]: str(s).partition(":")[2] for c, s in opened} == acknowledged
    assert len(opened) == total
    called = running.ask("SELECT subject FROM ledger_fact WHERE kind = 'matter.leg_called'")
    assert sorted(called) == sorted((subject,) for _command, subject in opened)
    # The worker lived through it, too, and went on.
    assert running.processes["work"].poll() is None
    deadline = time.perf_counter() + 60
    while running.ask("SELECT position FROM ledger_cursor WHERE reader = 'notify'") != running.ask(
        "SELECT max(id) FROM ledger_fact"
    ):
        assert time.perf_counter() < deadline, running.log("work")[-3000:]
        time.sleep(0.2)
    checked = subprocess.run(
        [sys.executable, "-m", "baodao.cli", "doctor"],
        cwd=ROOT, env={**os.environ, **running.environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def test_a_restart_under_load_loses_nothing(running: Restartable) -> None:
    prove(running, 60, [signal.SIGINT])


@pytest.mark.long
def test_ten_restarts_and_crashes_under_load_lose_nothing(running: Restartable) -> None:
    prove(running, 600, [signal.SIGINT, signal.SIGQUIT] * 5)
