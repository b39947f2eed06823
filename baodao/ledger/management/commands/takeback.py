"""`baodao takeback BATCH`: void everything an import added."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from baodao.kernel.act import new_key, system_act
from baodao.ledger.services import takeback


class Command(BaseCommand):
    """Takes an import back."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", help="the batch name that the import printed")

    def handle(self, *args: Any, **options: Any) -> None:
        taken = takeback(
            system_act(timezone.now().replace(microsecond=0), new_key("takeback")), batch=options["batch"]
        )
        self.stdout.write(f"{taken.facts} facts of {taken.subjects} subjects voided")
