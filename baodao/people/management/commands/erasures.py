"""`baodao erasures`: who asked to be forgotten, oldest first, as the lines to run."""

from typing import Any

from django.core.management.base import BaseCommand

from baodao.people.selectors import erasures


class Command(BaseCommand):
    """Lists open requests."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for row in erasures():
            self.stdout.write(f"baodao erase {row.person_id}  # {row.asked:%Y-%m-%d}")
