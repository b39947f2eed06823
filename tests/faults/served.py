"""`baodao serve` under a test: all of its processes can be found, whatever becomes of their parents."""

import contextlib
import os
import secrets
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.running import Running

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

    def __init__(self, database: str, data: Path, workers: int = 2, **more: str) -> None:
        super().__init__(database, data)
        self.mark = secrets.token_hex(8)
        self.environment[MARK] = self.mark
        self.environment.update(more)
        self.main = self.spawn("serve", "serve", "--port", str(self.port), "--workers", str(workers))
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

    def end(self) -> None:
        """Whatever still runs, ends."""
        self.stop()
        for pid in self.all():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def master(self) -> int:
        """The web process that accepts: the parent of the other ones."""
        held = set(self.pids("web"))
        return next(pid for pid in held if parent(pid) not in held)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def keys_in(data: Path) -> Path:
    """A data folder with the tests' signing key."""
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "secret").write_text("only for tests, never for a deployment " * 2)
    return data
