"""A private PostgreSQL cluster for one run: made, started, restarted, stopped and removed by the tests.

It listens on a Unix socket in a short path only, never syncs to disk (the machine does not lose power in a test; a killed
server still loses nothing that it acknowledged), and dies with its parent, also when that is killed with signal 9.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

USERS = ("postgres", "nobody")
MARK = "baodao-pg-"


class NoServer(Exception):
    """No server binaries of PostgreSQL 15 or newer on this machine; `make setup` installs them."""


def binaries() -> Path:
    """The newest `bin` folder of PostgreSQL ≥ 15. Raises NoServer."""
    found = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "postgres").exists()]
    found = sorted((p for p in found if int(p.parent.name) >= 15), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    raise NoServer("PostgreSQL 15 or newer is not installed: run make setup")


class Cluster:
    """One server with its data under /tmp. `url(name)` names a database of it as BAODAO_DATABASE wants it."""

    def __init__(self, options: tuple[str, ...] = ()) -> None:
        self.bin = binaries()
        self.options = options
        self.home = Path(tempfile.mkdtemp(prefix=f"{MARK}{os.getpid()}-", dir="/tmp"))
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self._prefix: list[str] = ["setpriv", "--pdeathsig", "INT"]
        if os.geteuid() == 0:
            # The server refuses to run as root.
            user = next(u for u in USERS if u in {p.pw_name for p in pwd.getpwall()})
            entry = pwd.getpwnam(user)
            os.chown(self.home, entry.pw_uid, entry.pw_gid)
            self._prefix += [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
        self.home.chmod(0o700)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "baodao",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )

    def _run(self, program: str, *args: str) -> None:
        done = subprocess.run(
            [*self._prefix, str(self.bin / program), *args],
            cwd="/", capture_output=True, text=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}\n{done.stderr}")

    def start(self) -> None:
        """Start and wait until it answers (30 s at most)."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home),
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "80",
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "max_wal_size": "2GB",
        }
        args = [piece for key, value in settings.items() for piece in ("-c", f"{key}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._prefix, str(self.bin / "postgres"), "-D", str(self.data), *args, *self.options],
                cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.perf_counter() + 30
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        done = subprocess.run(
            [str(self.bin / "pg_isready"), "-q", "-h", str(self.home), "-U", "baodao"], check=False
        )
        return done.returncode == 0

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT ends sessions and stops cleanly; SIGQUIT is the crash from which it must recover."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def restart(self, how: int = signal.SIGINT) -> None:
        """Stop and start again; sessions are cut."""
        self.stop(how)
        self.start()

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop(signal.SIGINT)
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, name: str) -> str:
        """`BAODAO_DATABASE` for one database of this cluster."""
        return f"postgresql://baodao@/{name}?host={quote(str(self.home), safe='/')}"


def sweep() -> None:
    """Remove what runs killed with signal 9 left under /tmp (their servers died with them)."""
    for path in Path("/tmp").glob(f"{MARK}*"):
        owner = re.match(rf"{MARK}(\d+)-", path.name)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            shutil.rmtree(path, ignore_errors=True)
