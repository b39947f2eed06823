"""`baodao web`: the web server alone (granian, WSGI). `baodao serve` runs it together with the worker."""

import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from baodao.kernel.processes import follow_parent
from baodao.kernel.warm import warm


def load_application(target: str) -> Any:
    """Called in each worker process: it must not outlive the one that accepts for it."""
    follow_parent(signal.SIGKILL)
    return import_string(target)


class Command(BaseCommand):
    """Serves pages until SIGTERM."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="processes")
        parser.add_argument("--threads", type=int, default=4, help="requests at once in each process")

    def handle(self, *args: Any, **options: Any) -> None:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels

        # Else whitenoise warns in each worker of a fresh installation.
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        # The workers are forked: they share what is read here, and none may inherit an open connection.
        warm()
        server = Granian(
            settings.WSGI_APPLICATION,
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=options["threads"],
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            respawn_interval=0.1,
            workers_kill_timeout=8,
        )
        server.serve(target_loader=load_application)
