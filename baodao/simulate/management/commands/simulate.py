"""`baodao simulate`: live a simulated district in this database (`--days`), and multiply what was lived (`--fill`, for benchmarks only)."""

import random
from collections.abc import Callable
from datetime import timedelta
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
from baodao.simulate.district import build
from baodao.simulate.fill import NotSimulated, fill
from baodao.simulate.life import Life
from baodao.simulate.truths import plant


class Command(BaseCommand):
    """Lives and fills."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=0, help="live so many days in an empty database")
        parser.add_argument("--requests", type=int, default=370)
        parser.add_argument("--residents", type=int, default=160)
        parser.add_argument("--pack", default="fuling")
        parser.add_argument("--seed", type=int, default=2026)
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
                self._live(options, _teller(bar, "天（模拟）"))
            if options["fill"] > 0:
                self._fill(options["fill"], _teller(bar, "件（只供测速）"))

    def _live(self, options: dict[str, Any], tell: Callable[[int, int], None]) -> None:
        if Org.objects.exists():
            raise CommandError("this database already holds organizations: live in an empty one")
        rng = random.Random(options["seed"])
        now = timezone.now().replace(microsecond=0)
        call_command("calendar", "seed", stdout=StringIO())
        begin = now - timedelta(days=options["days"] + 1)
        pack = Path(settings.PACKS) / options["pack"]
        cast = build(pack, begin, rng, options["residents"], lambda n, of, what: None)
        life = Life(cast, plant(cast, rng), now, rng)
        life.run(options["days"], options["requests"], tell)
        call_command("readers", "--run", stdout=StringIO())
        self.stdout.write(f"{life.opened} matters, {life.commands} commands, all simulated")

    def _fill(self, count: int, tell: Callable[[int, int], None]) -> None:
        try:
            facts = fill(count, tell)
        except NotSimulated as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(
            f"{count} matters and {facts} facts copied in bulk, past the verbs: for benchmarks only"
        )


def _teller(bar: Progress, words: str) -> Callable[[int, int], None]:
    task = bar.add_task(words, total=None)

    def tell(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    return tell
