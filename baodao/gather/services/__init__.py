"""Every write to gatherings."""

from .enclosing import NewPaper, enclose, take_out
from .opening import call_off, change, open_slots
from .presence import Came, attend, dispute, hold, rate, rate_for, sign_in
from .renewing import renew_feed
from .seats import Asked, answer, invite, join, leave, swap

__all__ = [
    "Asked",
    "Came",
    "NewPaper",
    "answer",
    "attend",
    "call_off",
    "change",
    "dispute",
    "enclose",
    "hold",
    "invite",
    "join",
    "leave",
    "open_slots",
    "rate",
    "rate_for",
    "renew_feed",
    "sign_in",
    "swap",
    "take_out",
]
