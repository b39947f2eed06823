"""Templates on the command line: `baodao import NAME FILE`, as the command that imports sheets calls it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key, system_act

from .bring import load_filled, raise_faults, read_filled, write_filled_faults
from .template import template_of


def load_template(
    command: BaseCommand, path: Path, given: Mapping[str, str], options: Mapping[str, Any], now: datetime
) -> None:
    """Judge the sheet, write the error file when a row is faulty, load as the system's act of origin `import`. Raises
    Invalid with the first faults."""
    template = template_of(options["what"])
    by = system_act(now, new_key(template.name), "import")
    sheet = read_filled(template, path, by, given)
    if sheet.faults:
        out = Path(options["errors"] or path.with_name(f"{path.stem}-errors.xlsx"))
        with out.open("wb") as stream:
            write_filled_faults(path, template, sheet, stream, whole=not options["good"])
        command.stderr.write(_("%(n)d 行有错，写在 %(file)s") % {"n": len(sheet.faults), "file": out})
        if not options["good"] and not options["dry_run"]:
            raise_faults(sheet)
    done = load_filled(template, path, sheet, by, good=options["good"], dry=options["dry_run"])
    told = {"total": done.total, "bad": done.bad, "same": done.same, "n": done.added}
    command.stdout.write(_("共 %(total)d 行：有错 %(bad)d，原来就有 %(same)d") % told)
    if done.dry:
        command.stdout.write(_("试运行：会新增 %(n)d 行，什么也没有写") % told)
        return
    command.stdout.write(_("新增 %(n)d 行") % told)
    if done.batch:
        command.stdout.write(_("批号 %(batch)s（撤回：baodao takeback %(batch)s）") % {"batch": done.batch})
