"""`baodao erase PERSON`: erase a person everywhere; prints what each part deleted and what this version does not hold at all."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from baodao.kernel.act import new_key, system_act
from baodao.ledger.erasure import NOT_YET
from baodao.ledger.services import checkpoint, erase


class Command(BaseCommand):
    """Erases one person."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="the person's uid in the vault")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = erase(
            system_act(timezone.now().replace(microsecond=0), new_key("erase")), person=options["person"]
        )
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
        for name in NOT_YET:
            self.stdout.write(f"{name}: not kept in this version")
        checkpoint()
