"""`baodao divisions load FILE --district 500102 [--pack fuling] [--under 500000=重庆市]`: the official streets,
communities and villages."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from baodao.kernel.act import new_key, system_act
from baodao.orgs.divisions import read_divisions
from baodao.orgs.ruling import NewOrg
from baodao.orgs.selectors import read_forest
from baodao.orgs.services import create_orgs, load_divisions


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
            "--under", default="", metavar="CODE=NAME", help="the municipality above; made if it is not there"
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, default=date(2024, 1, 1), help="first day, YYYY-MM-DD"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say what was new."""
        district = read_divisions(options["file"], options["district"])
        now = timezone.now().replace(microsecond=0)
        by = system_act(now, new_key(f"divisions-{district.code}"))
        since = options["since"]
        under, _sep, name = options["under"].partition("=")
        if under and name and under not in read_forest():
            city = NewOrg(code=under, name=name, level="municipality", kind="municipality", since=since)
            create_orgs(system_act(now, new_key(f"municipality-{under}")), orgs=[city])
        placed = load_divisions(by, district=district, since=since, pack=options["pack"], under=under)
        self.stdout.write(f"{district.code} {district.name}: +{len(placed.created)} ={len(placed.same)}")
