"""`baodao keys status|rotate|resume|retire`: the vault's keys."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from baodao.people import rotation, vault
from baodao.people.services import keys

RINGS = ("seal", "blind")


class Command(BaseCommand):
    """Shows and rotates the keys of sealed fields and of blind indexes."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["status", "rotate", "resume", "retire"])
        parser.add_argument(
            "--ring", choices=[*RINGS, "all"], default="seal", help="ciphers, blind indexes, or both"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rings = RINGS if options["ring"] == "all" or options["action"] == "status" else (options["ring"],)
        for ring in rings:
            getattr(self, options["action"])(ring)

    def status(self, ring: str) -> None:
        """Keys, oldest first, with the rows that need each."""
        used = rotation.rows_per_key()[ring]
        ring_keys = getattr(vault.keys(), ring)
        for key in ring_keys:
            mark = " (writes)" if key is ring_keys[-1] else ""
            self.stdout.write(f"{ring} {key.id} {key.made.isoformat()} rows: {used.get(key.id, 0)}{mark}")

    def rotate(self, ring: str) -> None:
        """A new key, then all rows."""
        self._move(ring, fresh=True)

    def resume(self, ring: str) -> None:
        """Go on with a rotation that was stopped."""
        self._move(ring, fresh=False)

    def retire(self, ring: str) -> None:
        """Forget keys that no row needs."""
        gone = keys.retire(ring)
        self.stdout.write(f"{ring}: {', '.join(gone) if gone else 'nothing'} retired")

    def _move(self, ring: str, fresh: bool) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(file=sys.stderr)
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task(ring, total=None)
            moved = keys.rotate(
                ring, lambda done, total: bar.update(task, completed=done, total=total), fresh=fresh
            )
        newest = getattr(vault.keys(), ring)[-1].id
        self.stdout.write(f"{ring}: {moved} rows now under {newest}")
