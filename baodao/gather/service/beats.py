"""What the worker does by itself: some times a day it plans anew which opening is suggested to whom."""

from __future__ import annotations

import logging
from datetime import datetime

from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat
from baodao.kernel.errors import Busy

from .planning import plan, planned
from .services import suggest

log = logging.getLogger("baodao.gather.service")


def run(now: datetime) -> int:
    """Always 0: the next plan is made after the rest, however many are suggested. A plan that broke leaves the last one."""
    at = now.replace(microsecond=0)
    try:
        made = plan(at)
    except Busy:
        log.warning("no new plan of openings: matching is busy")
        return 0
    if made is not None or planned():
        suggestions = list(made.suggestions) if made is not None else []
        suggest(system_act(at, f"suggest-{at:%Y%m%d%H%M%S}"), suggestions=suggestions)
    return 0


# Apart: a plan takes seconds, the timer must not wait for it.
register_beat("service.suggest", run, every=6 * 3600.0, apart=True)
