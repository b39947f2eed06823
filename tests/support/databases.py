"""Which database a test run uses, and how tests get copies of it.

A run has one engine. The template is migrated once per run, by the first worker that wants it; every worker's own database
and every test with committed data is a copy (a file copy on SQLite; on PostgreSQL CREATE DATABASE … TEMPLATE, and made
fresh again after each test: see reset.py).
"""

import contextlib
import fcntl
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support import reset

TEMPLATE = "template_baodao"
_numbers = itertools.count()


class Databases:
    """The databases of one run. `server` is a PostgreSQL address with any database name, or "" for SQLite files in `home`."""

    def __init__(self, home: Path, server: str, worker: str) -> None:
        self.home = home
        self.server = server
        self.worker = worker
        # The copy that `committed_db` points this process at.
        self.current = ""
        # PostgreSQL: what a copy holds before its first use, and those that are so again.
        self._first: reset.Fresh | None = None
        self._clean: list[str] = []

    @property
    def engine(self) -> str:
        """sqlite or postgres."""
        return "postgres" if self.server else "sqlite"

    def url(self, name: str) -> str:
        """BAODAO_DATABASE for the database `name` of this run."""
        if not self.server:
            return f"sqlite:///{self.home / name}.sqlite3"
        parts = urlsplit(self.server)
        return parts._replace(path=f"/{name}").geturl()

    def name_in_django(self, name: str) -> str:
        """What Django calls it in DATABASES["NAME"]."""
        return name if self.server else str(self.home / f"{name}.sqlite3")

    def ensure_template(self) -> None:
        """Migrate the template unless a worker of this run already did."""
        done = self.home / "template.done"
        with (self.home / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if done.exists():
                return
            if self.server:
                self._admin(f'CREATE DATABASE "{TEMPLATE}"')
            # In a process of its own: nothing that migrating touches stays in the test process.
            env = {**os.environ, "BAODAO_DATABASE": self.url(TEMPLATE)}
            ran = subprocess.run(
                [sys.executable, "-m", "baodao.cli", "migrate", "--verbosity", "0"],
                env=env, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if ran.returncode:
                raise RuntimeError(f"The template database could not be migrated:\n{ran.stdout}{ran.stderr}")
            if not self.server:
                _fold_wal(Path(self.name_in_django(TEMPLATE)))
            done.touch()

    def copy(self, name: str) -> None:
        """Make the database `name` from the template; an older one of that name goes."""
        self.ensure_template()
        self.drop(name)
        if self.server:
            self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
        else:
            shutil.copyfile(self.name_in_django(TEMPLATE), self.name_in_django(name))

    def fresh(self) -> str:
        """A copy that nobody has used, or that is again as if; returns its name."""
        if self._clean:
            return self._clean.pop()
        name = f"baodao_{self.worker}_{next(_numbers)}"
        self.copy(name)
        if self.server and self._first is None:
            with self.connect(name) as connection:
                self._first = reset.remember(connection)
        return name

    def give_back(self, name: str) -> None:
        """The test that had it is over: it is made fresh (PostgreSQL) or removed."""
        if self._first is not None:
            with self.connect(name) as connection, connection.transaction():
                fresh = reset.reset(connection, self._first)
            if fresh:
                self._clean.append(name)
                return
        self.drop(name)

    def drop(self, name: str) -> None:
        """Remove the database with whoever is still connected to it."""
        if self.server:
            self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            return
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(self.name_in_django(name) + suffix).unlink(missing_ok=True)

    def _admin(self, statement: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(statement)

    def connect(self, name: str) -> Any:
        """A psycopg connection to a database of this run (PostgreSQL only)."""
        import psycopg

        parts = urlsplit(self.server)
        host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
        return psycopg.connect(
            host=host,
            port=parts.port,
            user=parts.username,
            password=parts.password,
            dbname=name,
            autocommit=True,
        )


def _fold_wal(path: Path) -> None:
    """Write the log back so that the one file is the whole database."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def pointed_at(databases: Databases, name: str) -> Iterator[None]:
    """This process, all its threads included, uses the database `name` until the end."""
    from django.db import connections

    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = databases.name_in_django(name)
    forget()
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        forget()


def forget() -> None:
    """Drop what the process remembers of the database that it had before."""
    from django.contrib.contenttypes.models import ContentType

    from baodao.kernel import epochs

    ContentType.objects.clear_cache()
    epochs.forget()
