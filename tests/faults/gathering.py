"""A process that claims seats and records evenings, one command after another, until somebody kills it:
`python -m tests.faults.gathering <plan.json>`. It says each key once its command is committed."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django


def claims(plan: Any) -> None:
    """Each person asks for a seat in the one slot, by a key of her own."""
    from baodao.gather.services import join
    from baodao.kernel.act import Act

    now = datetime.fromisoformat(plan["now"])
    for n, uid in enumerate(plan["people"]):
        join(Act("person", now, now, f"claim-{n:04}", person=uid), slot=plan["slot"])
        print(f"claim-{n:04}", flush=True)


def evenings(plan: Any) -> None:
    """One evening a day, with presence, decisions, and the dues that it meets."""
    from baodao.gather.branch.evening import Evening, Line
    from baodao.gather.branch.services import record_meetings
    from baodao.kernel.act import system_act

    for n in range(plan["evenings"]):
        begins = datetime(2026, 1, 20, 11, 30, tzinfo=UTC) + timedelta(days=n)
        lines = tuple(
            Line(token, "excused" if at == n % 7 else "present", "出差")
            for at, token in enumerate(plan["roll"])
        )
        one = Evening(
            org=plan["org"], kinds=("theme_day", "lecture"), starts=begins, ends=begins + timedelta(hours=1), lines=lines,
            decisions=("换灯",), meets=("theme_day", "lecture") if n == 0 else (),
        )  # fmt: skip
        record_meetings(system_act(begins + timedelta(hours=2), f"evening-{n:04}"), meetings=[one])
        print(f"evening-{n:04}", flush=True)


if __name__ == "__main__":
    django.setup()
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    claims(told)
    evenings(told)
