"""`baodao serve` with real processes: it comes up, mends itself, and leaves nothing behind, however it ends."""

import os
import secrets
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import Databases
from tests.support.running import Running, free_port

pytestmark = [pytest.mark.processes]
MARK = "HOUSE_TEST_MARK"


def marked(mark: str, port: int) -> dict[int, str]:
    """pid → command line of all processes that carry the mark in their environment (the web server writes its
    title over that: it is known by its port), wherever their parent went."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (path / "environ").read_bytes().split(b"\0")
            if f"{MARK}={mark}".encode() not in environment and f"baodao web 127.0.0.1:{port}" not in command:
                continue
            state = (path / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z" and command:
            found[int(path.name)] = command
    return found


def until(holds: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until something holds; gives it. Fails after `seconds`."""
    deadline = time.perf_counter() + seconds
    while not (value := holds()):
        assert time.perf_counter() < deadline, "it never came to hold"
        time.sleep(0.05)
    return value


class Served(Running):
    """`baodao serve` on a free port, all its processes marked."""

    def __init__(self, database: str, data: Path) -> None:
        super().__init__(database, data)
        self.mark = secrets.token_hex(8)
        self.environment[MARK] = self.mark
        self.main = self.spawn("serve", "serve", "--port", str(self.port), "--workers", "2")
        until(lambda: self.main.poll() is not None or "Ctrl-C" in self.log("serve"), 60)
        assert self.main.poll() is None, self.log("serve")

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(self.url + "/", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def pids(self, word: str) -> list[int]:
        """Processes of `baodao <word>`."""
        names = (f"baodao.cli {word}", f"baodao {word}")
        return sorted(pid for pid, command in self.all().items() if any(name in command for name in names))

    def all(self) -> dict[int, str]:
        """Everything that `serve` started, and itself."""
        return marked(self.mark, self.port)

    def master(self) -> int:
        """The web process that accepts: the parent of the other ones."""
        held = set(self.pids("web"))
        return next(pid for pid in held if parent(pid) not in held)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.fixture
def served(committed_db: Databases, tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret").write_text("only for tests, never for a deployment " * 2)
    running = Served(committed_db.url(committed_db.current), tmp_path)
    try:
        yield running
    finally:
        running.stop()
        for pid in running.all():
            os.kill(pid, signal.SIGKILL)


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
    assert len(served.pids("work")) == 1
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
    master, work = served.master(), served.pids("work")[0]
    old = set(served.pids("web"))
    os.kill(master, signal.SIGKILL)
    os.kill(work, signal.SIGKILL)
    until(lambda: len(served.pids("web")) == 3 and not old & set(served.pids("web")), 40)
    until(lambda: served.pids("work") not in ([], [work]))
    until(served.answers)
    worker = next(pid for pid in served.pids("web") if pid != served.master())
    os.kill(worker, signal.SIGKILL)
    until(lambda: len(served.pids("web")) == 3 and worker not in served.pids("web"), 40)
    assert served.answers()
    assert served.main.poll() is None


def test_a_taken_port_is_told_and_nothing_starts(committed_db: Databases, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret").write_text("only for tests, never for a deployment " * 2)
    running = Running(committed_db.url(committed_db.current), tmp_path)
    with socket.socket() as other:
        port = free_port()
        other.bind(("127.0.0.1", port))
        other.listen()
        process = running.spawn("serve", "serve", "--port", str(port))
        assert process.wait(30) == 1
    assert f"port {port}" in running.log("serve")
    assert "--port" in running.log("serve")
