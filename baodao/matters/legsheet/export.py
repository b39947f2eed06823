"""The sheet as it leaves: one row an open leg of the own unit. No name, no telephone, no text, nothing of level 2."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.tables import write_xlsx
from baodao.ledger.selectors import position
from baodao.matters.declare import Procedure
from baodao.matters.models import Leg, Matter, Stake
from baodao.matters.project import PAUSED, SHARED_LEVEL
from baodao.matters.selectors import legs_of, rows_of, stakes_of
from baodao.matters.versions import version, words_of

from .columns import FILLED, TITLES
from .locking import lock

#: Rows of one sheet: what a unit can fill in.
MOST = 2000


class Standing(Struct, frozen=True):
    """How many open legs a sheet would have, and how many only the desk shows."""

    rows: int
    shut: int


def _stakes(by: Act, org: str) -> Any:
    return stakes_of(by).filter(scope=org, depth=0)


def standing(by: Act, org: str) -> Standing:
    """For the page. Two statements."""
    rows = _stakes(by, org)
    return Standing(rows.filter(level__lte=SHARED_LEVEL).count(), rows.filter(level__gt=SHARED_LEVEL).count())


def write_sheet(out: BinaryIO, by: Act, org: str, mark: str = "") -> int:
    """Write the sheet and give the number of rows, the nearest due first. Four statements, and one a procedure version. The position
    is read first: what moves while the sheet is made is a conflict later, never overlooked."""
    at = position()
    stakes = list(
        _stakes(by, org).filter(level__lte=SHARED_LEVEL).order_by("next_at", "matter", "leg")[:MOST]
    )
    title, made = f"{mark}{_('承办表')} {timezone.localdate(by.noted)}", io.BytesIO()
    count = write_xlsx(made, title, [str(t) for t in TITLES.values()], _rows(by, stakes, at))
    lock(made, out, len(FILLED))
    return count


def _rows(by: Act, stakes: list[Stake], at: int) -> Iterator[list[Any]]:
    numbers = sorted({stake.matter for stake in stakes})
    matters = rows_of(numbers)
    legs = {(leg.matter, leg.n): leg for held in legs_of(numbers).values() for leg in held}
    spoken: dict[str, Procedure] = {}
    for stake in stakes:
        row, leg = matters[stake.matter], legs[(stake.matter, stake.leg)]
        if row.digest not in spoken:
            spoken[row.digest] = words_of(row.pack, row.procedure, version(row.digest), by.lang)
        yield [*_told(spoken[row.digest], row, leg, stake), at, *[None] * len(FILLED)]


def _told(procedure: Procedure, row: Matter, leg: Leg, stake: Stake) -> list[Any]:
    kind = next((one.title for one in procedure.kinds if one.name == row.kind), "")
    state = procedure.word(f"state.{leg.state}")
    if stake.state == PAUSED:
        state = _("暂停")
    return [row.number, leg.n, procedure.title, kind, leg.called, leg.due, state]
