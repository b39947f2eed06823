"""`baodao demo`: five simulated districts in an embedded database. The first is lived, then served; the others fill while the server runs.
The second start takes seconds; a start after a kill goes on where the filling was."""

import os
import random
import shutil
import sys
import time
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from baodao.kernel.beats import beats, run_all_once
from baodao.kernel.errors import Problem
from baodao.kernel.processes import WORKER, Failed, answers, product_command, serve
from baodao.simulate import bulk, plan, told
from baodao.simulate.life import patiently

UNFINISHED = "unfinished"
#: What the filling process does besides, every simulated day: all that a worker does but the clocks, which belong to simulated time.
TIMER, READERS = "matters.timer", "ledger.readers"


class Command(BaseCommand):
    """Builds, lives and serves the demonstration."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--pack", default="fuling", help="the district that is there first")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--one", action="store_true", help="this district only")
        parser.add_argument("--fresh", action="store_true", help="throw what was lived away and begin anew")
        parser.add_argument("--no-serve", action="store_true", help="build the first district only")
        parser.add_argument("--all", action="store_true", help="with --no-serve: build the others too")
        parser.add_argument("--others", action="store_true", help="(started by the server) fill, then work")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("this is not a demonstration: run `baodao demo` from the command line")
        if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
            raise CommandError("the demonstration uses the embedded database: leave BAODAO_DATABASE empty")
        self.console = Console()
        data = Path(settings.DATA)
        if options["others"]:
            self._wait(options["port"])
            self._fill()
            connections.close_all()
            command = product_command(*WORKER)
            os.execv(command[0], list(command))  # noqa: S606
        if options["fresh"] or (data / UNFINISHED).exists():
            _wipe(data)
            # The keys are gone too, and this process has read them: begin again as a new one.
            rest = [argument for argument in sys.argv[1:] if argument != "--fresh"]
            os.execv(sys.executable, [sys.executable, "-m", "baodao.cli", *rest])  # noqa: S606
        if not told.path().exists():
            self._build(data, options)
        else:
            call_command("migrate", verbosity=0)  # lived under an earlier version
        self._serve(options)

    # ── the first district ──────────────────────────────────────────────────────────────────────────────

    def _build(self, data: Path, options: dict[str, Any]) -> None:
        data.mkdir(parents=True, exist_ok=True)
        (data / UNFINISHED).touch()
        try:
            self._live_first(options)
        except BaseException:
            # Ctrl-C or a fault: half a district is worse than none.
            connections.close_all()
            _wipe(data)
            raise
        (data / UNFINISHED).unlink()

    def _live_first(self, options: dict[str, Any]) -> None:
        now = timezone.now().replace(microsecond=0)
        story = told.begun(options["pack"], now.isoformat(), options["seed"], not options["one"])
        with self._bar() as bar:
            task = bar.add_task("建数据库", total=5 + plan.DAYS)
            call_command("migrate", verbosity=0)
            call_command("calendar", "seed", stdout=StringIO())
            lived = plan.live(
                options["pack"],
                now,
                options["seed"],
                progress=lambda n, of, what: bar.update(task, completed=n, description=f"建{what}"),
                tick=lambda n, of: bar.update(task, completed=5 + n, description=f"第 {n} 天（模拟）"),
            )
            # Pages of figures stand on what readers count; without a worker nobody would.
            patiently(bulk.catch_up)
        told.add(story, lived)
        told.write(story)

    # ── the others, while the server runs ───────────────────────────────────────────────────────────────

    def _wait(self, port: int) -> None:
        """Let the server come up first: whoever started it wants to see something."""
        until = time.monotonic() + 30
        while not answers("127.0.0.1", port) and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(1)

    def _fill(self) -> None:
        story = told.read()
        rows = told.waiting(story)
        if not rows:
            return
        patiently(bulk.catch_up)
        with self._bar() as bar:
            for row in rows:
                task = bar.add_task(row["name"], total=plan.DAYS)
                try:
                    self._live(story, row, lambda n, task=task: bar.update(task, completed=n))
                except Problem as problem:
                    # Another version of the code lives otherwise: what was begun cannot be gone on with.
                    row["state"] = "failed"
                    told.write(story)
                    bar.console.print(f"{row['name']}：{problem}（baodao demo --fresh）")

    def _live(self, story: dict[str, Any], row: dict[str, Any], show: Any) -> None:
        keep = told.telling(story, row)

        def tick(day: int, days: int) -> None:
            keep(day, days)
            show(day)
            _work()

        keep(0, plan.DAYS)
        lived = plan.live(row["pack"], datetime.fromisoformat(story["now"]), story["seed"], tick=tick)
        patiently(bulk.catch_up)
        told.add(story, lived)
        told.write(story)

    def _bar(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self.console)

    # ── the server ──────────────────────────────────────────────────────────────────────────────────────

    def _serve(self, options: dict[str, Any]) -> None:
        if options["no_serve"] and options["all"]:
            self._fill()
        story = told.read()
        told.addressed(story, f"http://127.0.0.1:{options['port']}")
        told.write(story)
        if options["no_serve"]:
            self.console.print(f"{told.path()}")
            return
        filling = ("demo", "--others", "--port", str(options["port"]))
        try:
            serve(
                "127.0.0.1",
                options["port"],
                worker=filling if told.waiting(story) else WORKER,
                announce=lambda: self._tell(story),
                say=self.stderr.write,
            )
        except Failed as failed:
            raise CommandError(str(failed)) from None

    def _tell(self, story: dict[str, Any]) -> None:
        counts = story["counts"]
        self.console.print(f"\n[bold]{story['address']}[/bold]   {story['note']}")
        self.console.print(
            f"{counts['requests']} 件事，{counts['commands']} 次办理，{counts['people']} 人（都是模拟的）"
        )
        self.console.print("\n一键登录（只在演示里有）：")
        for role in story["roles"]:
            if role.get("district", story["district"]) != story["district"]:
                continue
            self.console.print(f"  {role['title']}（{role['org_name']}）", highlight=False)
            self.console.print(f"    {role['link']}", soft_wrap=True, highlight=False)
        self.console.print(
            f"\n各区县的登录和埋下的事实：{story['address']}/demo/    {told.path()}    Ctrl-C 结束"
        )
        if rows := told.waiting(story):
            names = "、".join(row["name"] for row in rows)
            self.console.print(f"正在后台建：{names}（现在就可以用第一个区）")


def _work() -> None:
    """One round of what a worker does, but for the clocks. What fails now is tried again tomorrow."""
    names = [beat.name for beat in beats() if beat.name not in (TIMER, READERS)]
    try:
        bulk.pass_by()
        run_all_once(names=names)
    except Exception:
        connections.close_all()
        time.sleep(random.random())  # not a secret: out of step with the other writer


def _wipe(data: Path) -> None:
    """Everything that a demonstration made; nothing else lies in its folder."""
    for path in data.iterdir() if data.exists() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
