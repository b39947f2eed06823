"""`baodao match < request.json > plan.json`: who could take which seat, and why (docs/matching.md)."""

from typing import Any

from django.core.management.base import BaseCommand

from baodao.gather.matching.__main__ import main


class Command(BaseCommand):
    """The same process that the pages start, for whoever wants to look at a request by hand."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        raise SystemExit(main())
