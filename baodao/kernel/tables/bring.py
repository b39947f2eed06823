"""Reading a filled template and loading what is good: the one way of every template, on pages, on the command line and
in a job."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel import epochs
from baodao.kernel.act import Act, batch_of
from baodao.kernel.errors import Fault, Invalid, Refused

from .books import is_example
from .columns import CellFault, map_columns, parse_rows
from .read import read_table, source_digest
from .template import Given, Template, Verdicts, columns_of, titles_in_all
from .write import write_error_file

#: Faults that are told in words; the error file has all.
TOLD = 20


class Filled(msgspec.Struct):
    """A sheet as judged: which title each field takes, (row, item) to load, faults by row, rows that are there."""

    header: list[str]
    mapping: dict[str, str]
    items: list[tuple[int, Any]]
    faults: dict[int, list[CellFault]]
    same: int
    total: int


class Loaded(msgspec.Struct):
    """What an import did. ``batch`` is "" when nothing was added; it is what `baodao takeback` asks for."""

    total: int
    bad: int
    same: int
    added: int
    batch: str = ""
    dry: bool = False
    refused: bool = False


def read_filled(template: Template, path: Path, by: Act, given: Mapping[str, str] | None = None) -> Filled:
    """Read and judge all rows; a faulty row is never raised. Raises Refused for an actor who may load no such row,
    Invalid or TooLarge for a file, a column or a mapping that cannot be."""
    if not template.may_load(by):
        raise Refused.of("", _("这种表不归您导入"), _("请换岗位，或请单位的管理员导入"))
    epochs.refresh(0)
    columns = columns_of(template, by)
    with read_table(path, prefer=titles_in_all(template)) as table:
        positions = map_columns(table.header, columns, given)
        mapping = {field: table.header[at] for field, at in positions.items()}
        verdicts, rows, total = Verdicts(mapping), [], 0
        for parsed in parse_rows(table, columns, positions, skip=is_example):
            total += 1
            if parsed.faults:
                verdicts.faults[parsed.row] = list(parsed.faults)
            else:
                rows.append(Given(parsed.row, parsed.values))
        header = table.header
    template.judge(by, rows, verdicts)
    items = [(row, item) for row, item in verdicts.items if row not in verdicts.faults]
    same = len(verdicts.same - set(verdicts.faults))
    return Filled(header, mapping, items, verdicts.faults, same, total)


def load_filled(
    template: Template,
    path: Path,
    sheet: Filled,
    by: Act,
    *,
    good: bool = False,
    dry: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Loaded:
    """Load a judged sheet as one batch of commands of origin `import`. With faulty rows nothing is loaded unless ``good``
    asks for the others. Begun anew after a kill, what was loaded is the same and adds nothing."""
    outcome = Loaded(sheet.total, len(sheet.faults), sheet.same, 0, dry=dry)
    outcome.refused = bool(sheet.faults) and not good
    if dry:
        outcome.added = len(sheet.items)
        return outcome
    if outcome.refused or not sheet.items:
        return outcome
    outcome.batch = batch_of(by, template.name, source_digest(path))
    for start in range(0, len(sheet.items), template.chunk):
        items = [item for _row, item in sheet.items[start : start + template.chunk]]
        mark = hashlib.sha256(msgspec.json.encode(items, order="sorted")).hexdigest()[:24]
        act = replace(by, command=f"{outcome.batch}:{mark}", batch=outcome.batch, origin="import")
        template.load(act, items)
        outcome.added += len(items)
        progress(outcome.added, len(sheet.items))
    if template.after is not None:
        template.after(replace(by, origin="import", batch=""), outcome.batch)
    return outcome


def write_filled_faults(path: Path, template: Template, sheet: Filled, out: BinaryIO, *, whole: bool) -> None:
    """The error file: the faulty rows (or the ``whole`` sheet) with row number, what is wrong, how to mend it."""
    with read_table(path, prefer=titles_in_all(template)) as table:
        write_error_file(out, table, sheet.faults, whole=whole)


def told_faults(faults: Mapping[int, list[CellFault]], most: int = TOLD) -> list[Fault]:
    """The first faults in words."""
    shown = [fault for row in sorted(faults) for fault in faults[row]]
    told = [
        Fault(
            _("第 %(row)d 行 %(column)s") % {"row": fault.row, "column": fault.column},
            f"{fault.reason}：{fault.shown}" if fault.shown else fault.reason,
            fault.remedy,
            href=fault.href,
        )
        for fault in shown[:most]
    ]
    if len(shown) > most:
        told.append(Fault("", _("还有 %(n)d 处，都在错误表里") % {"n": len(shown) - most}))
    return told


def raise_faults(sheet: Filled) -> None:
    """Invalid with the first faults, if there are any."""
    if sheet.faults:
        raise Invalid(*told_faults(sheet.faults))
