"""The timer: matters whose `next_at` has come. Many may run at once: each takes a matter by the `next_at` it
saw."""

from __future__ import annotations

from datetime import datetime

from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat

from .selectors import due_matters
from .services.acting import lapse

#: Matters of one beat; more come with the next, at once.
BATCH = 50


def run_due(now: datetime) -> int:
    """Apply what is due. Gives how many matters were looked at."""
    at = now.replace(microsecond=0)
    due = due_matters(at, BATCH)
    for number, moment, origin in due:
        # The key names what is lapsed: a second worker, or the same one after a crash, finds the first one's
        # result.
        by = system_act(at, f"lapse-{number}-{int(moment.timestamp())}-{int(at.timestamp())}", origin)
        lapse(by, number=number, due=moment)
    return len(due)


register_beat("matters.timer", run_due, every=1.0)
