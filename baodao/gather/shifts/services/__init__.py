"""Every write to call-outs."""

from .calls import NewCallOut, declare_callout, end_callout, review_callout, set_roster
from .seats import answer_call, ask_stand_in, invite_to_shifts, leave_shift, take_over
from .willing import offer_self, pause_self, revoke_self

__all__ = [
    "NewCallOut",
    "answer_call",
    "ask_stand_in",
    "declare_callout",
    "end_callout",
    "invite_to_shifts",
    "leave_shift",
    "offer_self",
    "pause_self",
    "review_callout",
    "revoke_self",
    "set_roster",
    "take_over",
]
