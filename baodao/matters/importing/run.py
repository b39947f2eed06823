"""One import: a batch of list commands. The same rows again add nothing, unless their batch was taken back."""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.tables import source_digest
from baodao.matters.services import Past, replay

from .known import imported_rows
from .rows import Sheet

#: Rows of one command: a transaction of some tenths of a second, so that other writers get their turn.
CHUNK = 100


class Outcome(msgspec.Struct):
    """What an import did: rows of the sheet, faulty ones, repeats within the sheet, rows that were there already, matters added.
    `batch` is "" when nothing was added."""

    total: int
    bad: int
    repeated: int
    known: int
    added: int
    batch: str = ""
    dry: bool = False


def run(
    act: Callable[[str, str], Act],
    path: Path,
    sheet: Sheet,
    *,
    org: str,
    good: bool = False,
    dry: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Import a judged sheet. `act(command, batch)` builds the Act of each command (origin `import`). With faulty rows nothing is loaded
    unless `good` asks for the others. Raises Invalid (which names the first faults) and what the verb raises."""
    if sheet.faults and not good and not dry:
        raise Invalid(*_first(sheet))
    fresh, known, taken = _unused(sheet.rows)
    outcome = Outcome(sheet.total, len(sheet.faults), sheet.repeated, known, 0, dry=dry)
    if dry or not fresh:
        outcome.added = len(fresh) if dry else 0
        return outcome
    digest = source_digest(path)[:12]
    outcome.batch = f"requests-{digest}-{taken + 1}"
    for start in range(0, len(fresh), CHUNK):
        rows = fresh[start : start + CHUNK]
        command = f"{outcome.batch}:{rows[0].key}"
        replay(act(command, outcome.batch), org=org, source=outcome.batch.rpartition("-")[0], rows=rows)
        outcome.added += len(rows)
        progress(outcome.added, len(fresh))
    return outcome


def _unused(rows: list[Past]) -> tuple[list[Past], int, int]:
    """Rows that are not there, each with a key that was never used; how many are there; how many batches were ever taken back."""
    used, taken = imported_rows([row.key for row in rows])
    fresh, known = [], 0
    for row in rows:
        held = used.get(row.key)
        if held is None:
            fresh.append(row)
        elif held.in_force:
            known += 1
        else:
            fresh.append(replace(row, key=f"{row.key}#{held.times}"))
    return fresh, known, taken


def _first(sheet: Sheet, most: int = 20) -> Iterable[Fault]:
    """The first faults in words; the error file has all."""
    shown = [(row, fault) for row, faults in sheet.faults.items() for fault in faults]
    for row, fault in shown[:most]:
        where = _("第 %(row)d 行 %(column)s") % {"row": row, "column": fault.column}
        yield Fault(where, f"{fault.reason}：{fault.shown}" if fault.shown else fault.reason, fault.remedy)
    if len(shown) > most:
        yield Fault("", _("还有 %(n)d 处，都在错误表里") % {"n": len(shown) - most})


def act_factory(base: Act) -> Callable[[str, str], Act]:
    """Acts of one import, all by the same actor, of origin `import`."""

    def make(command: str, batch: str) -> Act:
        return replace(base, command=command, batch=batch, origin="import")

    return make
