"""`baodao export NAME… --out FILE`: templates filled with all that is there, to be imported elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from msgspec.structs import replace

from baodao.kernel.act import new_key, system_act
from baodao.kernel.tables.books import write_empty, write_filled
from baodao.kernel.tables.template import template_of, templates


class Command(BaseCommand):
    """Exports registries."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="templates (default: all)")
        parser.add_argument("--out", type=Path, required=True, help="the workbook to write")
        parser.add_argument("--purpose", default="", help="needed where the sheets hold personal data")
        parser.add_argument(
            "--empty", action="store_true", help="the empty workbook of one template, to fill in"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = [template_of(name) for name in options["names"]] or templates()
        now = timezone.now().replace(microsecond=0)
        by = replace(system_act(now, new_key("export")), purpose=options["purpose"])
        if options["empty"] and len(chosen) != 1:
            raise CommandError("--empty: name one template")
        options["out"].touch(mode=0o600)
        with options["out"].open("wb") as out:
            if options["empty"]:
                write_empty(out, chosen[0], by)
                return
            for name, n in write_filled(out, chosen, by).items():
                self.stdout.write(f"{name} {n}")
