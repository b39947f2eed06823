"""Long work of matters, done by the worker with progress."""

from typing import Any

import msgspec
from django.utils import timezone

from baodao.kernel.jobs import Running, job
from baodao.kernel.tables.store import faults_path, sheet_path, sweep

from .importing import read_sheet, run, summary
from .importing.rows import write_faults
from .importing.run import act_factory
from .legsheet import jobs as legsheet_jobs

__all__ = ["import_requests", "legsheet_jobs"]


@job("requests.import", idempotent=True)
def import_requests(running: Running, args: dict[str, Any]) -> dict[str, Any]:
    """Judge and load a stored sheet. `args`: file, mapping, org, good, dry. Safe to begin anew: rows that are there add nothing."""
    path = sheet_path(args["file"])
    sweep(timezone.now())
    sheet = read_sheet(path, args["mapping"], running.by.noted)
    if sheet.faults:
        write_faults(path, sheet, faults_path(args["file"]))
    told: dict[str, Any] = {"rows": sheet.total, "bad": len(sheet.faults), "repeated": sheet.repeated}
    if sheet.faults and not args["good"] and not args["dry"]:
        return {**told, "refused": True}
    outcome = run(
        act_factory(running.by),
        path,
        sheet,
        org=args["org"],
        good=args["good"],
        dry=args["dry"],
        progress=running.progress,
    )
    years = msgspec.to_builtins(summary(outcome.batch)) if outcome.batch else []
    return {**told, "refused": False, **msgspec.to_builtins(outcome), "years": years}
