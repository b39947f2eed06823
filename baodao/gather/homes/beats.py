"""Words of helps that are over are erased by the worker, 30 days after the end."""

import hashlib
from datetime import datetime, timedelta

from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat

from .selectors import to_forget
from .services import forget_help

KEPT = timedelta(days=30)


def forget(now: datetime) -> int:
    """Erase what is due; gives how many helps."""
    numbers = to_forget(now - KEPT)
    if not numbers:
        return 0
    mark = hashlib.sha256(repr(numbers).encode()).hexdigest()[:24]
    forget_help(system_act(now.replace(microsecond=0), f"help-forget-{mark}"), numbers=numbers)
    return len(numbers)


register_beat("gather.homes", forget, every=3600.0)
