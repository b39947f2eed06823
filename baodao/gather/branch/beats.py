"""What the worker does by itself: a day before an announced evening its members are told once more."""

from __future__ import annotations

from datetime import datetime

from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat

from . import selectors
from .services import remind


def run(now: datetime) -> int:
    """Gives how many sides of evenings were reminded."""
    at = now.replace(microsecond=0)
    due = selectors.to_remind(at)
    if not due:
        return 0
    return remind(
        system_act(at, f"remind-{due[0][0].code}-{len(due)}-{at:%Y%m%d%H%M%S}"),
        codes=sorted({slot.code for slot, _org in due}),
    )


register_beat("gather.evenings", run, every=60.0)
