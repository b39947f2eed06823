"""`baodao demo`: a simulated district in an embedded database, lived for thirty days, then served. The second start takes seconds."""

import json
import os
import random
import shutil
import sys
from datetime import timedelta
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

from baodao.kernel.processes import Failed, serve
from baodao.orgs.selectors import name_of
from baodao.simulate.district import build
from baodao.simulate.life import Life
from baodao.simulate.roles import roles
from baodao.simulate.truths import plant

DAYS, REQUESTS, RESIDENTS = 30, 370, 160
UNFINISHED = "unfinished"


class Command(BaseCommand):
    """Builds, lives and serves the demonstration."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--pack", default="fuling")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--fresh", action="store_true", help="throw the lived district away and begin anew"
        )
        parser.add_argument("--no-serve", action="store_true", help="build only")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("this is not a demonstration: run `baodao demo` from the command line")
        if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
            raise CommandError("the demonstration uses the embedded database: leave BAODAO_DATABASE empty")
        self.console = Console()
        data = Path(settings.DATA)
        told = data / "demo.json"
        if options["fresh"] or (data / UNFINISHED).exists():
            _wipe(data)
            # The keys are gone too, and this process has read them: begin again as a new one.
            rest = [argument for argument in sys.argv[1:] if argument != "--fresh"]
            os.execv(sys.executable, [sys.executable, "-m", "baodao.cli", *rest])  # noqa: S606
        if not told.exists():
            self._build(data, told, options)
        else:
            call_command("migrate", verbosity=0)  # lived under an earlier version
        self._serve(told, options)

    def _build(self, data: Path, told: Path, options: dict[str, Any]) -> None:
        data.mkdir(parents=True, exist_ok=True)
        (data / UNFINISHED).touch()
        try:
            self._live(told, options)
        except BaseException:
            # Ctrl-C or a fault: half a district is worse than none.
            connections.close_all()
            _wipe(data)
            raise
        (data / UNFINISHED).unlink()

    def _live(self, told: Path, options: dict[str, Any]) -> None:
        rng = random.Random(options["seed"])
        now = timezone.now().replace(microsecond=0)
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task("建数据库", total=5 + DAYS)
            call_command("migrate", verbosity=0)
            call_command("calendar", "seed", stdout=StringIO())
            pack = Path(settings.PACKS) / options["pack"]
            begin = now - timedelta(days=DAYS + 1)
            cast = build(
                pack,
                begin,
                rng,
                RESIDENTS,
                lambda n, of, what: bar.update(task, completed=n, description=f"建{what}"),
            )
            truths = plant(cast, rng)
            life = Life(cast, truths, now, rng)
            life.run(
                DAYS,
                REQUESTS,
                lambda n, of: bar.update(task, completed=5 + n, description=f"第 {n} 天（模拟）"),
            )
        call_command("readers", "--run", stdout=StringIO())
        people = len(cast.posts) + len(cast.residents)
        told.write_text(
            json.dumps(
                {
                    "simulated": True,
                    "note": "居民、工作人员、网格和诉求都是模拟的；街道、社区、村的名称和代码是公开的。",
                    "district": cast.district,
                    "counts": {
                        "requests": life.opened,
                        "commands": life.commands,
                        "people": people,
                        "refused_steps": len(life.refused),
                    },
                    "roles": [_role(role) for role in roles(cast)],
                    "truths": truths.told(name_of),
                },
                ensure_ascii=False,
                indent=1,
            )
        )

    def _serve(self, told: Path, options: dict[str, Any]) -> None:
        address = f"http://127.0.0.1:{options['port']}"
        story = json.loads(told.read_text())
        story["address"] = address
        for role in story["roles"]:
            role["link"] = address + role["path"]
        told.write_text(json.dumps(story, ensure_ascii=False, indent=1))
        if options["no_serve"]:
            self.console.print(f"{told}")
            return
        try:
            serve(
                "127.0.0.1", options["port"], announce=lambda: self._tell(story, told), say=self.stderr.write
            )
        except Failed as failed:
            raise CommandError(str(failed)) from None

    def _tell(self, story: dict[str, Any], told: Path) -> None:
        counts = story["counts"]
        self.console.print(f"\n[bold]{story['address']}[/bold]   {story['note']}")
        self.console.print(
            f"{counts['requests']} 件诉求，{counts['commands']} 次办理，{counts['people']} 人（都是模拟的）"
        )
        self.console.print("\n一键登录（只在演示里有）：")
        for role in story["roles"]:
            self.console.print(f"  {role['title']}（{role['org_name']}）", highlight=False)
            self.console.print(f"    {role['link']}", soft_wrap=True, highlight=False)
        self.console.print(f"\n埋下的事实：{told}    Ctrl-C 结束")


def _role(role: Any) -> dict[str, Any]:
    return {
        "role": role.role,
        "title": role.title,
        "post": role.post,
        "org": role.org,
        "org_name": role.org_name,
        "path": role.path,
    }


def _wipe(data: Path) -> None:
    """Everything that a demonstration made; nothing else lies in its folder."""
    for path in data.iterdir() if data.exists() else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
