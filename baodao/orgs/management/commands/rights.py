"""`baodao rights [--pack fuling] [--csv]`: kind of post × right × reach × level, in Chinese and English."""

import sys
import unicodedata
from argparse import ArgumentParser
from typing import Any, BinaryIO, cast

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from baodao.kernel.declare import get_pack, pack_names
from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Invalid
from baodao.kernel.tables import write_csv
from baodao.orgs.matrix import HEADER, rows_of
from baodao.orgs.selectors import BASE, home_pack


class Command(BaseCommand):
    """Prints what the policy really opens: declared levels above a reach's ceiling are cut."""

    help = "Print the matrix of rights."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Arguments of the command line."""
        parser.add_argument("--pack", default="", help="default: the pack of the district that is loaded")
        parser.add_argument("--csv", action="store_true", help="UTF-8 CSV for a spreadsheet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        pack = options["pack"] or home_pack()
        known = [BASE, *pack_names()]
        if pack not in known:
            raise Invalid.of("pack", _("没有叫 %(name)s 的包") % {"name": pack}, suggest(pack, known)[1])
        get_pack(pack)
        rows = rows_of(pack)
        if options["csv"]:
            out = getattr(self.stdout, "_out", sys.stdout)
            write_csv(cast(BinaryIO, getattr(out, "buffer", out)), HEADER, rows)
            return
        self.stdout.write(table(HEADER, rows))


def width(text: str) -> int:
    """Cells that a terminal gives to a text."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def table(header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """Columns aligned by the width that a terminal gives to each character."""
    cells = [tuple(map(str, row)) for row in (header, *rows)]
    widths = [max(width(row[n]) for row in cells) for n in range(len(header))]
    return "\n".join(
        "  ".join(text + " " * (widths[n] - width(text)) for n, text in enumerate(row)).rstrip()
        for row in cells
    )
