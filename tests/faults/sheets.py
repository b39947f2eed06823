"""A process that brings in rolls and rosters from sheets, one chunk after another, until somebody kills it:
`python -m tests.faults.sheets <plan.json>`. It says how far each sheet is once a chunk is committed, and its batch at the end."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import django

#: So many rows are one command here, so that a small sheet has many.
CHUNK = 5


def bring(plan: Any) -> None:
    """Each sheet as its job does it: judged anew, then loaded; the Act is that of the beginning."""
    from msgspec.structs import replace

    from baodao.kernel.act import system_act
    from baodao.kernel.tables.bring import load_filled, read_filled
    from baodao.kernel.tables.template import template_of

    now = datetime.fromisoformat(plan["now"])
    for name, path in plan["sheets"]:
        template, by = replace(template_of(name), chunk=CHUNK), system_act(now, f"bring-{name}", "import")
        sheet = read_filled(template, Path(path), by)
        assert not sheet.faults, sheet.faults

        def say(done: int, _total: int, name: str = name, before: int = sheet.same) -> None:
            print(f"{name} {before + done}", flush=True)

        done = load_filled(template, Path(path), sheet, by, progress=say)
        print(f"{name} all {done.same + done.added} of {done.total}", flush=True)


if __name__ == "__main__":
    django.setup()
    bring(json.loads(Path(sys.argv[1]).read_text("utf-8")))
