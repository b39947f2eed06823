"""A process in which the worker's beat for leavers runs, first on the day after they left, then when nobody has signed in time, until somebody
kills it: `python -m tests.faults.leaving <plan.json>`. It says each round that is done."""

import json
import sys
from datetime import datetime
from pathlib import Path

import django

from tests.faults.taking import say


def rounds(mark: str, now: datetime) -> None:
    """The beat over and over, until it finds nothing to do."""
    from baodao.orgs.handover.beats import run_left

    n = 0
    while run_left(now):
        say(f"{mark}-{n:03}")
        n += 1
    say(f"{mark}-over")


if __name__ == "__main__":
    import time_machine

    django.setup()
    told = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    for mark in ("begun", "passed"):
        moment = datetime.fromisoformat(told[mark])
        with time_machine.travel(moment, tick=False):
            rounds(mark, moment)
