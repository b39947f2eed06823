"""Doing what a sheet asks for: each action its own command, a fault or a conflict of one row stops no other."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Busy, Conflict, Problem
from baodao.kernel.tables import CellFault
from baodao.matters.services import act

from .plan import Plan, faults_of, plan
from .reading import Sheet


class Outcome(Struct):
    """What became of a sheet's rows; ``conflicts`` and ``faults`` with row, number and codes only, never what was typed."""

    rows: int
    untouched: int
    done: int = 0
    known: int = 0
    dry: bool = False
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[int, list[CellFault]] = field(default_factory=dict)


def apply(
    by: Callable[[], Act],
    sheet: Sheet,
    *,
    dry: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Judge each row anew and take its actions. ``by()`` gives the Act of now; ``dry`` writes nothing."""
    outcome = Outcome(sheet.total, sheet.untouched, dry=dry, faults=dict(sheet.faults))
    for n, entry in enumerate(sheet.entries, 1):
        made = plan(by(), entry, sheet.digest)
        if made.state == "ready" and not dry:
            _take(by, made)
        _count(outcome, made)
        progress(n, len(sheet.entries))
    return outcome


def _take(by: Callable[[], Act], made: Plan) -> None:
    entry = made.entry
    for move in made.moves:
        if move.known:
            continue
        try:
            act(
                replace(by(), command=move.key),
                number=entry.number,
                action=move.action,
                fields=move.fields,
                leg=entry.leg,
                seen=entry.position,
            )
        except Busy:
            raise
        except Conflict as conflict:
            # Somebody was faster between the look and the act.
            made.meanwhile = [
                {"fact": one["fact"], "title": one["action"], "at": one["happened"], "post": one["post"]}
                for one in conflict.extra.get("meanwhile", [])
            ]
            made.faults = [] if made.meanwhile else faults_of(entry, conflict)
            return
        except Problem as problem:
            made.faults = faults_of(entry, problem)
            return


def _count(outcome: Outcome, made: Plan) -> None:
    entry = made.entry
    if made.state == "fault":
        outcome.faults[entry.row] = made.faults
    elif made.state == "conflict":
        told = {
            "row": entry.row,
            "number": entry.number,
            "leg": entry.leg,
            "now": made.now,
            "meanwhile": made.meanwhile,
        }
        outcome.conflicts.append(told)
    elif made.state == "known":
        outcome.known += 1
    else:
        outcome.done += 1
