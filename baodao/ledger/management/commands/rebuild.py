"""`baodao rebuild`: drop every cache and compute it again from the truth."""

from typing import Any

from django.core.management.base import BaseCommand

from baodao.ledger.services import rebuild


class Command(BaseCommand):
    """Rebuilds all caches."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for name in rebuild():
            self.stdout.write(name)
