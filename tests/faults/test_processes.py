"""`baodao serve` with real processes: it comes up, mends itself, and leaves nothing behind, however it ends."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.served import Served, keys_in, until
from tests.support.databases import Databases
from tests.support.running import Running, free_port

pytestmark = [pytest.mark.processes]


@pytest.fixture
def served(committed_db: Databases, tmp_path: Path) -> Iterator[Served]:
    running = Served(committed_db.url(committed_db.current), keys_in(tmp_path / "data"))
    try:
        yield running
    finally:
        running.end()


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_everything_in_order(served: Served, how: int) -> None:
    assert served.answers()
    assert len(served.pids("web")) == 3
    assert len(served.pids("work --senders without")) == len(served.pids("work --senders only")) == 1
    os.kill(served.main.pid, how)
    assert served.main.wait(30) == 0, served.log("serve")
    assert served.all() == {}
    assert port_is_free(served.port)
    assert "Traceback" not in served.log("serve")


def test_kill_9_of_the_parent_leaves_nothing_behind(served: Served) -> None:
    os.kill(served.main.pid, signal.SIGKILL)
    until(lambda: not served.all())
    assert port_is_free(served.port)


def test_a_killed_web_server_or_worker_is_started_again(served: Served) -> None:
    master, works = served.master(), served.pids("work")
    old = set(served.pids("web"))
    for pid in (master, *works):
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(served.pids("web")) == 3 and not old & set(served.pids("web")), 40)
    until(lambda: len(served.pids("work")) == 2 and not set(works) & set(served.pids("work")))
    until(served.answers)
    worker = next(pid for pid in served.pids("web") if pid != served.master())
    os.kill(worker, signal.SIGKILL)
    until(lambda: len(served.pids("web")) == 3 and worker not in served.pids("web"), 40)
    assert served.answers()
    assert served.main.poll() is None


def test_a_taken_port_is_told_and_nothing_starts(committed_db: Databases, tmp_path: Path) -> None:
    running = Running(committed_db.url(committed_db.current), keys_in(tmp_path / "data"))
    with socket.socket() as other:
        port = free_port()
        other.bind(("127.0.0.1", port))
        other.listen()
        process = running.spawn("serve", "serve", "--port", str(port))
        assert process.wait(30) == 1
    assert f"port {port}" in running.log("serve")
    assert "--port" in running.log("serve")
