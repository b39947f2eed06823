"""`baodao divisions load FILE --district 500102 [--pack fuling]`: the official streets, communities and
villages."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from baodao.kernel.act import new_key, system_act
from baodao.orgs.divisions import read_divisions
from baodao.orgs.services import load_divisions


class Command(BaseCommand):
    """Loads a district's official divisions; the same file again adds nothing."""

    help = "Load a district's official streets, communities and villages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments of the command line."""
        parser.add_argument("action", choices=["load"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--district", default="", help="six digits, when the file has several")
        parser.add_argument("--pack", default="", help="bind this pack to the district")
        parser.add_argument(
            "--since", type=date.fromisoformat, default=date(2024, 1, 1), help="first day, YYYY-MM-DD"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say what was new."""
        district = read_divisions(options["file"], options["district"])
        now = timezone.now().replace(microsecond=0)
        by = system_act(now, new_key(f"divisions-{district.code}"))
        placed = load_divisions(by, district=district, since=options["since"], pack=options["pack"])
        self.stdout.write(f"{district.code} {district.name}: +{len(placed.created)} ={len(placed.same)}")
