"""Lines whose last day has passed are erased by the worker, each hour."""

import hashlib
from datetime import datetime

from baodao.kernel.act import system_act
from baodao.kernel.beats import register_beat

from .fold import local
from .ruling import LineRef
from .selectors import ended
from .services import expire_lines


def expire(now: datetime) -> int:
    """Erase what has ended; gives how many lines."""
    found = ended(local(now))
    if not found:
        return 0
    mark = hashlib.sha256(repr(found).encode()).hexdigest()[:24]
    by = system_act(now.replace(microsecond=0), f"household-expire-{mark}")
    return expire_lines(by, lines=[LineRef(code, n) for code, n in found])


register_beat("places.households", expire, every=3600.0)
