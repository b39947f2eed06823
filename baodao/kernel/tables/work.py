"""Templates as background jobs: load a stored sheet, write an export. Rights are asked again where the rows are."""

from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Refused
from baodao.kernel.exports import writing
from baodao.kernel.jobs import Running, job

from .books import write_filled
from .bring import load_filled, read_filled, write_filled_faults
from .store import faults_path, sheet_path, sweep
from .template import template_of, templates

LOAD, EXPORT = "tables.load", "tables.export"
#: Faults that the job's own row tells, without what was typed; the error file has all.
TOLD = 100


@job(LOAD, idempotent=True)
def load(running: Running, args: dict[str, Any]) -> dict[str, Any]:
    """Judge and load a stored sheet. `args`: template, file, mapping, good, dry. Safe to begin anew."""
    template, path = template_of(args["template"]), sheet_path(args["file"])
    sweep(running.by.noted)
    running.progress(0, 0, _("正在逐行检查"), force=True)
    sheet = read_filled(template, path, running.by, args["mapping"])
    faults_path(args["file"]).unlink(missing_ok=True)
    outcome = load_filled(
        template, path, sheet, running.by, good=args["good"], dry=args["dry"], progress=running.progress
    )
    if sheet.faults:
        with faults_path(args["file"]).open("wb") as out:
            write_filled_faults(path, template, sheet, out, whole=not args["good"])
    faults = [fault for row in sorted(sheet.faults) for fault in sheet.faults[row]][:TOLD]
    told = [
        {"row": f.row, "column": f.column, "reason": f.reason, "remedy": f.remedy, "href": f.href}
        for f in faults
    ]
    return {**msgspec.to_builtins(outcome), "faults": told}


@job(EXPORT, idempotent=True)
def export(running: Running, args: dict[str, Any]) -> dict[str, Any]:
    """Write what the actor may see. `args`: names of templates. The file lies with the other exports, for a week."""
    chosen = [one for one in templates() if one.name in args["names"] and one.may_see(running.by)]
    if not chosen:
        raise Refused.of("", _("这些表不对您开放"), _("请换岗位，或请单位的管理员导出"))
    running.progress(0, 0, _("正在写表"), force=True)
    with writing(running.id, running.by.noted) as out:
        counts = write_filled(out, chosen, running.by)
    return {"rows": counts}
