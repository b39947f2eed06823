"""`baodao simulate`: live simulated districts in this database (`--days`), and multiply what was lived (`--fill`, for benchmarks only)."""

import json
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from baodao.orgs.models import Org
from baodao.orgs.selectors import name_of
from baodao.simulate import bulk
from baodao.simulate.fill import NotSimulated, fill
from baodao.simulate.plan import DISTRICTS, RESIDENTS, live


class Command(BaseCommand):
    """Lives and fills."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=0, help="live so many days in an empty database")
        parser.add_argument("--requests", type=int, default=0, help="requests of each district")
        parser.add_argument("--residents", type=int, default=RESIDENTS, help="residents of each district")
        parser.add_argument(
            "--pack",
            action="append",
            metavar="NAME",
            help="this district only; may be repeated; else all five",
        )
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--truths", default="", metavar="FILE", help="where to write the planted truths")
        parser.add_argument(
            "--fill",
            type=int,
            default=0,
            metavar="N",
            help="add N matters by copying lived ones in bulk; for benchmarks only",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1 and options["fill"] < 1:
            raise CommandError("say what to do: --days N, --fill N, or both")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            if options["days"] > 0:
                self._live(options, bar)
            if options["fill"] > 0:
                self._fill(options["fill"], _teller(bar, "件（只供测速）"))

    def _live(self, options: dict[str, Any], bar: Progress) -> None:
        if Org.objects.exists():
            raise CommandError("this database already holds organizations: live in an empty one")
        now = timezone.now().replace(microsecond=0)
        call_command("calendar", "seed", stdout=StringIO())
        told, opened, commands = {}, 0, 0
        for pack in options["pack"] or DISTRICTS:
            lived = live(
                pack,
                now,
                options["seed"],
                days=options["days"],
                asked=options["requests"],
                residents=options["residents"],
                tick=_teller(bar, f"{pack}：天（模拟）"),
            )
            told[pack] = lived.truths.told(lived.cast.district, name_of)
            opened, commands = opened + lived.life.opened, commands + lived.life.commands
        bulk.catch_up()
        file = Path(options["truths"] or Path(settings.DATA) / "truths.json")
        file.write_text(json.dumps(told, ensure_ascii=False, indent=1))
        self.stdout.write(f"{opened} matters, {commands} commands, all simulated; what was planted: {file}")

    def _fill(self, count: int, tell: Callable[[int, int], None]) -> None:
        marks = [(0, time.monotonic())]

        def tick(done: int, total: int) -> None:
            marks.append((done, time.monotonic()))
            tell(done, total)

        try:
            facts = fill(count, tick)
        except NotSimulated as refused:
            raise CommandError(str(refused)) from None
        # Reading what is copied comes before the first chunk, whatever N is: not part of the rate where there are more.
        (before, begin), (done, end) = marks[1] if len(marks) > 2 else marks[0], marks[-1]
        took = max(end - begin, 0.001) / (done - before)
        self.stdout.write(
            f"{count} matters and {facts} facts copied in bulk, past the verbs: for benchmarks only; "
            f"{1 / took:.0f} matters a second, a million in {1_000_000 * took / 60:.0f} minutes"
        )


def _teller(bar: Progress, words: str) -> Callable[[int, int], None]:
    task = bar.add_task(words, total=None)

    def tell(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    return tell
