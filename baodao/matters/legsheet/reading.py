"""The sheet as it comes back: rows that were filled in, and every fault with its row."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct, field

from baodao.kernel.errors import Invalid
from baodao.kernel.tables import (
    CellFault,
    map_columns,
    parse_rows,
    read_table,
    source_digest,
    write_error_file,
)

from .columns import FILLED, TITLES, columns
from .export import MOST


class Entry(Struct, frozen=True):
    """One filled row: which leg, as of which ledger position, and what was typed by column."""

    row: int
    number: str
    leg: int
    position: int
    values: dict[str, Any]


class Sheet(Struct):
    """A sheet as read. ``untouched``: rows in which nothing was filled; ``digest`` of the file keys its commands."""

    digest: str
    entries: list[Entry] = field(default_factory=list)
    faults: dict[int, list[CellFault]] = field(default_factory=dict)
    total: int = 0
    untouched: int = 0


def read_sheet(path: Path) -> Sheet:
    """Read all rows. Raises Invalid for a file that is no such sheet; a faulty row is never raised."""
    sheet = Sheet(source_digest(path))
    wanted = columns()
    first: dict[tuple[str, int], int] = {}
    with read_table(path) as table:
        for parsed in parse_rows(table, wanted, map_columns(table.header, wanted)):
            sheet.total += 1
            if sheet.total > MOST:
                raise Invalid.of("file", _("超过 %(most)d 行") % {"most": MOST}, _("请分成几个文件"))
            filled = {
                name: parsed.values[name]
                for name in FILLED
                if parsed.values.get(name) not in (None, "", False)
            }
            if parsed.faults:
                sheet.faults[parsed.row] = list(parsed.faults)
            elif not filled:
                sheet.untouched += 1
            else:
                told = parsed.values
                entry = Entry(parsed.row, told["number"], told["leg"], told["position"], filled)
                twin = first.setdefault((entry.number, entry.leg), entry.row)
                if twin != entry.row:
                    sheet.faults[entry.row] = [
                        fault(
                            entry.row,
                            "number",
                            entry.number,
                            _("和第 %(row)d 行是同一件承办") % {"row": twin},
                            _("只留一行"),
                        )
                    ]
                else:
                    sheet.entries.append(entry)
    return sheet


def fault(row: int, name: str, shown: str, reason: str, remedy: str = "") -> CellFault:
    """A fault under the title of a column ("" for the whole row)."""
    return CellFault(row, str(TITLES[name]) if name in TITLES else "", shown[:60], reason, remedy)


def write_faults(path: Path, faults: dict[int, list[CellFault]], out: Path) -> None:
    """The error file: the faulty rows as they were sent, with what is wrong and how to mend it."""
    with read_table(path) as table, out.open("wb") as stream:
        write_error_file(stream, table, faults)
