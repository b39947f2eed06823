"""Real processes of the product in a test: the server, the timer, the readers; started, killed, started again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CLOCK = ROOT / "tests" / "clock"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """Processes that share one database and one data folder; all end with the test, also when it is killed."""

    def __init__(self, database: str, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "BAODAO_DATABASE": database,
            "BAODAO_DATA": str(data),
            "BAODAO_BASE_URL": self.url,
            "PYTHONPATH": os.pathsep.join([str(CLOCK), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def log(self, name: str) -> str:
        """What the process `name` printed."""
        return (self.data / f"{name}.log").read_text(errors="replace")

    def spawn(self, name: str, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start `baodao COMMAND …` under a name, with its output in `log(name)`."""
        return self.run(name, [sys.executable, "-m", "baodao.cli", *command], **environment)

    def run(self, name: str, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start any program under a name; it dies with this process."""
        with (self.data / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                cwd=ROOT, env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes[name] = process
        return process

    def serve(self, workers: int = 1, threads: int = 4) -> None:
        """Start the web server and wait until it answers."""
        self.spawn(
            "web", "web", "--port", str(self.port), "--workers", str(workers), "--threads", str(threads)
        )
        self.wait_for_web()

    def work(self) -> None:
        """Start the worker: timer, readers, notices, jobs."""
        self.spawn("work", "work")

    def wait_for_web(self, seconds: float = 40) -> None:
        """Until any answer comes, be it an error page."""
        deadline = time.perf_counter() + seconds
        while True:
            try:
                with urllib.request.urlopen(self.url + "/", timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError as error:
                if self.processes["web"].poll() is not None or time.perf_counter() > deadline:
                    raise RuntimeError(
                        f"The server did not start: {error}\n{self.log('web')[-4000:]}"
                    ) from None
                time.sleep(0.1)

    def kill(self, name: str, how: int = signal.SIGKILL) -> None:
        """End the process and all that it started; returns when they are gone."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """End everything."""
        for name in list(self.processes):
            self.kill(name, signal.SIGTERM)


class Live(Running):
    """A served database: `url`, `client()` for HTTP, and everything of Running."""

    def client(self, cookies: dict[str, str] | None = None) -> Any:
        """A requests session whose `get("/x")` and `post("/x", data=…)` take paths and send the CSRF token by themselves."""
        from tests.support.http import Client

        return Client(self.url, cookies)
