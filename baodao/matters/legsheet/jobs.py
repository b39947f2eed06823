"""A filled sheet applied by the worker, with progress; safe to begin anew."""

from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.jobs import Running, job
from baodao.kernel.tables import CellFault
from baodao.kernel.tables.store import faults_path, sheet_path

from .applying import apply
from .reading import fault, read_sheet, write_faults

KIND = "legs.sheet"
#: Faults and conflicts that the job's own row tells; the error file has all.
TOLD = 100


@job(KIND, idempotent=True)
def apply_sheet(running: Running, args: dict[str, Any]) -> dict[str, Any]:
    """`args`: file, dry. Each act happens when it is taken, not when the sheet was sent."""

    def now() -> Act:
        moment = timezone.now().replace(microsecond=0)
        return replace(running.by, happened=moment, noted=moment)

    path = sheet_path(args["file"])
    outcome = apply(now, read_sheet(path), dry=args["dry"], progress=running.progress)
    wrong = dict(outcome.faults)
    for one in outcome.conflicts:
        reason, remedy = _("做表以后这件承办有了变化"), _("请看最新情况，在工作台上办，或重新下载一张表")
        wrong[one["row"]] = [fault(one["row"], "", "", reason, remedy)]
    if wrong:
        write_faults(path, wrong, faults_path(args["file"]))
    told = msgspec.to_builtins(outcome)
    told["bad"] = len(outcome.faults)
    told["faults"] = [_plain(one) for row in sorted(outcome.faults) for one in outcome.faults[row]][:TOLD]
    told["conflicts"] = told["conflicts"][:TOLD]
    told["conflicted"] = len(outcome.conflicts)
    return dict(told)


def _plain(one: CellFault) -> dict[str, Any]:
    # Without what was typed: a job's row is kept for a month.
    return {"row": one.row, "column": one.column, "reason": one.reason, "remedy": one.remedy}
