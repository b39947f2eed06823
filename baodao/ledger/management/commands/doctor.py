"""`baodao doctor`: examine facts, texts, triggers and what apps check; exit code 1 and one line for each thing that does not hold."""

from typing import Any

from django.core.management.base import BaseCommand

from baodao.ledger.doctor import examine
from baodao.ledger.selectors import position


class Command(BaseCommand):
    """Examines the database."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for line in examine():
            found += 1
            self.stdout.write(line)
        if found:
            self.stderr.write(f"{found} things do not hold")
            raise SystemExit(1)
        self.stdout.write(f"healthy at position {position()}")
