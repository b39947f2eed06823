"""`baodao dump [--caches] [--facts]`: the canonical dump as sorted JSON lines."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from baodao.ledger.caches import dump


class Command(BaseCommand):
    """Prints the dump."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--caches", action="store_true", help="also caches")
        parser.add_argument("--facts", action="store_true", help="also facts and contents")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in dump(with_caches=options["caches"], with_facts=options["facts"]):
            self.stdout.write(line)
