"""A private PostgreSQL with a simulated district, and a meter of CPU time: this process plus the server process of its connection."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def cluster() -> Any:
    """Set Django up on a fresh, migrated cluster. Gives the address of its database."""
    sys.path.insert(0, str(ROOT))
    from tests.support.cluster import Cluster

    with tempfile.TemporaryDirectory(prefix="baodao-bench-") as home:
        server = Cluster()
        server.start()
        try:
            os.environ["BAODAO_DATABASE"] = server.url("postgres")
            set_up(home)
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            yield server.url("postgres")
        finally:
            from django.db import connections

            connections.close_all()
            server.remove()


def set_up(home: str) -> None:
    """Django on the database that the environment names; files and keys in `home`."""
    import django

    (Path(home) / "static").mkdir(exist_ok=True)
    os.environ.update(BAODAO_DATA=home, BAODAO_DEMO="true", BAODAO_LOG_LEVEL="ERROR")
    os.environ["DJANGO_SETTINGS_MODULE"] = "baodao.settings"
    django.setup()


@contextmanager
def ground(residents: int = 200) -> Any:
    """A fresh cluster with Fuling built (not lived). Gives the cast."""
    with cluster():
        yield _district(residents)


def _district(residents: int) -> Any:
    import random
    from datetime import timedelta
    from io import StringIO

    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from baodao.simulate.district import build

    call_command("calendar", "seed", stdout=StringIO())
    now = timezone.now().replace(microsecond=0) - timedelta(days=31)
    return build(Path(settings.PACKS) / "fuling", now, random.Random(1), residents, lambda *a: None)


def backend_cpu(pid: int) -> float:
    """Seconds of CPU that a server process has used (resolution: one clock tick)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def meter(do: Callable[[int], Any], times: int, warm: int = 20) -> tuple[float, float, float]:
    """(total, web, database) CPU milliseconds per call, after `warm` calls that do not count."""
    from django.db import connection

    for n in range(warm):
        do(-n - 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    web, database = time.process_time(), backend_cpu(pid)
    for n in range(times):
        do(n)
    web, database = time.process_time() - web, backend_cpu(pid) - database
    return 1000 * (web + database) / times, 1000 * web / times, 1000 * database / times


def statements(do: Callable[[], Any]) -> list[str]:
    """The statements of one call, BEGIN and COMMIT among them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        do()
    return [query["sql"] for query in captured.captured_queries]


def wsgi() -> Callable[..., tuple[int, dict[str, str], bytes]]:
    """The product's own WSGI application, called in this process as a server would."""
    import io

    from baodao.wsgi import application

    def call(method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        where, _question, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": where,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            "CONTENT_LENGTH": str(len(body)),
            **headers,
        }
        got: dict[str, Any] = {}

        def start(status: str, fields: list[tuple[str, str]], *_: Any) -> None:
            got.update(status=int(status.split(maxsplit=1)[0]), headers=dict(fields))

        answer = application(environ, start)
        data = b"".join(answer)
        close = getattr(answer, "close", None)
        # A server ends each request so; without it Django's connection would never be checked.
        if close is not None:
            close()
        return got["status"], got["headers"], data

    return call
