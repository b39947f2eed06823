"""`baodao readers`: show cursors and parked facts; `--run` works through what is new; `--replay NAME [FACT …]` handles parked ones."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from baodao.ledger.models import Cursor, Parked
from baodao.ledger.readers import readers, replay, run_once
from baodao.ledger.selectors import position


class Command(BaseCommand):
    """Shows, runs and replays readers."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--run", action="store_true", help="handle everything that is new, then stop")
        parser.add_argument("--replay", metavar="NAME", help="handle this reader's parked facts again")
        parser.add_argument("facts", nargs="*", type=int, help="with --replay: only these facts")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {reader.name: reader for reader in readers()}
        if options["replay"]:
            if options["replay"] not in known:
                raise CommandError(f"no reader {options['replay']}; there are: {', '.join(known)}")
            good, bad = replay(options["replay"], options["facts"])
            self.stdout.write(f"{good} handled, {bad} still parked")
            return
        if options["run"]:
            for reader in known.values():
                while run_once(reader):
                    pass
        end = position()
        for name in known:
            cursor = Cursor.objects.filter(reader=name).first()
            at = cursor.position if cursor else 0
            self.stdout.write(f"{name}: at {at} of {end}, failures {cursor.failures if cursor else 0}")
            for parked in Parked.objects.filter(reader=name).order_by("fact"):
                self.stdout.write(f"  parked fact {parked.fact}: {parked.error}, {parked.attempts} attempts")
