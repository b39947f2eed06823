"""What the worker does by itself: photos of lists signed on paper are gone when their day is over, file and all."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat
from baodao.kernel.evidence import delete, held_by

from . import enclosing
from .services.enclosing import take_out


def run(now: datetime) -> int:
    """Gives how many photos went."""
    at = now.replace(microsecond=0)
    by_slot: dict[str, list[str]] = {}
    for one in enclosing.due(timezone.localdate(at)):
        by_slot.setdefault(one.slot, []).append(one.digest)
    for slot, digests in by_slot.items():
        take_out(system_act(at, f"list-out-{slot}-{at:%Y%m%d%H%M%S}"), slot=slot, digests=digests)
    gone = {digest for digests in by_slot.values() for digest in digests}
    if gone:
        delete(sorted(gone - held_by(gone)))
    return len(gone)


register_beat("gather.lists", run, every=3600.0)
