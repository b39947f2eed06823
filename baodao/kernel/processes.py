"""Child processes under one parent: started, watched, started again, ended. Nothing is left behind, also when
the parent is killed with signal 9.

On Linux each child asks the kernel for SIGTERM at its parent's death (prctl(2), PR_SET_PDEATHSIG); its own
children follow it in turn. Elsewhere a killed parent leaves them to whoever watches the machine.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import msgspec

PR_SET_PDEATHSIG = 1
GRACE = 12.0  # seconds between SIGTERM and SIGKILL
STEADY = 10.0  # seconds after which a child counts as healthy: it is then started again at once
#: What `serve` runs beside the web server and the senders.
WORKER = ("work", "--senders", "without")
_libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Failed(Exception):
    """A child cannot be brought up; the message says which."""


class Child(msgspec.Struct, frozen=True):
    """One process to keep alive: a name for messages and its arguments."""

    name: str
    argv: tuple[str, ...]


class _Held(msgspec.Struct):
    child: Child
    process: Any = None
    started: float = 0.0
    failures: int = 0
    again_at: float = 0.0


def follow_parent(how: int = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask to get the signal `how` when the thread that started this process ends; ends at once if the parent
    is gone already."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os._exit(0)


def confine(data: int) -> None:
    """Take at most so many bytes of data from now on (RLIMIT_DATA): past them this process ends with a MemoryError in place of taking the
    machine along. Nothing on Windows."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))


def port_taken(host: str, port: int) -> bool:
    """Whether somebody listens on this address now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def answers(host: str, port: int, path: str = "/") -> bool:
    """Whether a web server gives any HTTP answer here."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1" if host in {"", "0.0.0.0"} else host, port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


class Supervisor:
    """Keeps children alive until SIGINT or SIGTERM. `say` gets one line for each thing worth telling."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None] = print) -> None:
        self._held = [_Held(child) for child in children]
        self._say = say
        self._stop = False

    def run(self, ready: Callable[[], bool], announce: Callable[[], None], patience: float = 60.0) -> None:
        """Start all, call `announce` once `ready()` holds, keep them alive, end them. Raises Failed when a
        child ends three times, or nothing is ready, within `patience` seconds from the start."""
        before = {sig: signal.signal(sig, self._asked_to_stop) for sig in (signal.SIGINT, signal.SIGTERM)}
        try:
            began = time.monotonic()
            announced = False
            while not self._stop:
                self._tend(within_start=not announced)
                if not announced and ready():
                    announced = True
                    announce()
                if not announced and time.monotonic() - began > patience:
                    raise Failed(f"nothing answered within {patience:.0f} seconds")
                time.sleep(0.1)
        finally:
            self._end_all()
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop = True

    def _tend(self, *, within_start: bool) -> None:
        now = time.monotonic()
        for held in self._held:
            if held.process is None:
                if now >= held.again_at:
                    held.process, held.started = _start(held.child), now
                continue
            code = held.process.poll()
            if code is None:
                continue
            if now - held.started > STEADY:
                held.failures = 0
            # Its own children (web workers) must not live on and hold the port.
            _signal_group(held.process.pid, signal.SIGKILL)
            held.failures += 1
            if within_start and held.failures >= 3:
                raise Failed(f"{held.child.name} ended with code {code} three times")
            wait = min(0.25 * 2**held.failures, 30.0)
            held.process, held.again_at = None, now + wait
            self._say(f"{held.child.name} ended (code {code}); again in {wait:.1f} s")

    def _end_all(self) -> None:
        running = [held.process for held in self._held if held.process is not None]
        for process in running:
            # To the leader only: it ends its own children in order.
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _start(child: Child) -> "subprocess.Popen[bytes]":
    parent = os.getpid()
    return subprocess.Popen(
        list(child.argv),
        stdin=subprocess.DEVNULL,
        # A session of its own: Ctrl-C reaches the parent only, which ends the children in order.
        start_new_session=True,
        # Safe here: the supervisor has no other threads.
        preexec_fn=lambda: follow_parent(signal.SIGTERM, parent),  # noqa: PLW1509
    )


def _signal_group(group: int, how: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, how)


def product_command(*arguments: str) -> tuple[str, ...]:
    """argv of `baodao <arguments>` with this very interpreter."""
    return (sys.executable, "-m", "baodao.cli", *arguments)


def serve(
    host: str,
    port: int,
    *,
    workers: int = 2,
    worker: Sequence[str] = WORKER,
    announce: Callable[[], None] = lambda: None,
    say: Callable[[str], None] = print,
) -> None:
    """Web server, worker and senders of this installation until SIGINT or SIGTERM; used by `baodao serve` and the
    demonstration, whose ``worker`` is another command that becomes `WORKER` in the end. Raises Failed (also when the
    port is taken)."""
    if port_taken(host, port):
        raise Failed(f"port {port} on {host or 'all addresses'} is taken: choose another one with --port")
    web = product_command("web", "--host", host, "--port", str(port), "--workers", str(workers))
    children = [
        Child("web", web),
        Child("work", product_command(*worker)),
        Child("senders", product_command("work", "--senders", "only")),
    ]
    Supervisor(children, say).run(lambda: answers(host, port), announce)
