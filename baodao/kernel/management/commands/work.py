"""`baodao work`: all that goes on without a page: readers, notices, clocks, jobs, senders. Run as many as wanted."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from baodao.kernel.beats import beats, keep_going, run_all_once
from baodao.kernel.structs import prepare


class Command(BaseCommand):
    """Runs the registered beats until SIGTERM."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do all that is due now, then stop")
        parser.add_argument(
            "--only", action="append", default=[], metavar="NAME", help="only this beat; may be repeated"
        )
        parser.add_argument(
            "--senders", choices=("with", "without", "only"), default="with",
            help="what talks to machines outside: with the rest, left to another process, or nothing else",
        )  # fmt: skip
        parser.add_argument("--list", action="store_true", help="print the beats")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {beat.name: beat for beat in beats()}
        if unknown := [name for name in options["only"] if name not in known]:
            raise CommandError(f"no beat {', '.join(unknown)}; there are: {', '.join(known)}")
        kinds = {"with": (True, False), "without": (False,), "only": (True,)}[options["senders"]]
        names = [name for name, beat in known.items() if beat.apart in kinds]
        names = [name for name in names if name in options["only"] or not options["only"]]
        if not names:
            raise CommandError("nothing is left to do with these options")
        if options["list"]:
            for name in names:
                self.stdout.write(f"{name}: every {known[name].every:g} s")
            return
        if options["once"]:
            for name, count in run_all_once(names=names).items():
                self.stdout.write(f"{name}: {count}")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        connections.close_all()
        prepare()
        keep_going(stop, names)
