"""The timer: matters whose `next_at` has come. Many may run at once: each takes a matter by the `next_at` it
saw."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat
from baodao.kernel.errors import Busy

from .selectors import due_matters
from .services.acting import lapse

log = logging.getLogger("baodao.timer")

#: A matter that cannot be moved (a defect, a version that is gone) is left alone for a while; the others go on.
REST = timedelta(minutes=5)
_resting: dict[str, datetime] = {}

#: Matters of one beat; more come with the next, at once.
BATCH = 50


def run_due(now: datetime) -> int:
    """Apply what is due. Gives how many matters were moved."""
    at, done = now.replace(microsecond=0), 0
    for number in [number for number, until in _resting.items() if until <= at]:
        del _resting[number]
    for number, moment, origin in due_matters(at, BATCH, but=list(_resting)):
        # The key names what is lapsed: a second worker, or the same one after a crash, finds the first one's result.
        by = system_act(at, f"lapse-{number}-{int(moment.timestamp())}-{int(at.timestamp())}", origin)
        try:
            lapse(by, number=number, due=moment)
        except Busy:
            raise
        except Exception as error:
            # The class only: a message could carry personal data into logs.
            log.warning("matter %s cannot lapse (%s)", number, type(error).__name__)
            _resting[number] = at + REST
        else:
            done += 1
    return done


register_beat("matters.timer", run_due, every=1.0)
