"""`baodao serve`: web server and worker as children of this process; Ctrl-C ends all of them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from baodao.kernel.processes import Failed, serve


class Command(BaseCommand):
    """Runs Baodao."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="web processes")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]

        def announce() -> None:
            self.stdout.write(f"http://{host}:{port}/  (links in messages: {settings.BASE_URL}; Ctrl-C ends)")
            self.stdout.flush()

        try:
            serve(host, port, workers=options["workers"], announce=announce, say=self._say)
        except Failed as failed:
            raise CommandError(str(failed)) from None

    def _say(self, line: str) -> None:
        self.stderr.write(line)
