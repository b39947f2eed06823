"""`baodao import duties FILE`, as the command that imports sheets calls it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import batch_of, new_key, system_act
from baodao.kernel.typed import day_typed
from baodao.orgs.services import adopt_duties

from .duties import read_duties, take, write_faults


def load_duties(
    command: BaseCommand, path: Path, given: Mapping[str, str], options: Mapping[str, Any], now: datetime
) -> None:
    """Judge the sheet, write the error file when a row is faulty, adopt the lists as the system's act of
    origin `import`. Raises Invalid with the first faults."""
    since = day_typed(options["since"] or "", "--since", timezone.localdate(now))
    sheet = read_duties(path, given, since=since, may=lambda org: True, org=options["org"])
    if sheet.faults:
        out = options["errors"] or path.with_name(f"{path.stem}-errors.xlsx")
        with Path(out).open("wb") as stream:
            write_faults(path, sheet, stream)
        command.stderr.write(_("%(n)d 行有错，写在 %(file)s") % {"n": len(sheet.faults), "file": out})
    lists = take(sheet, options["good"])
    if options["dry_run"]:
        command.stdout.write(_("试运行：会采用 %(n)d 份清单，什么也没有写") % {"n": len(lists)})
        return
    act = system_act(now, new_key("duties"), "import")
    act = replace(act, batch=batch_of(act, "duties"))
    done = adopt_duties(act, lists=lists)
    told = {"n": len(done.adopted), "m": len(done.same)}
    command.stdout.write(_("采用了 %(n)d 份清单，%(m)d 份和原来一样、没有动。") % told)
    if done.adopted:
        command.stdout.write(_("批号 %(batch)s（撤回：baodao takeback %(batch)s）") % {"batch": act.batch})
