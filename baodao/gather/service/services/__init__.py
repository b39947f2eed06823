"""Every write of members' service. Facts first; the rows are what `fold` makes of them."""

from .listing import (
    Listing,
    Unlist,
    end_report,
    exempt,
    list_members,
    report_at,
    show_at,
    unlist_members,
)
from .openings import (
    Offer,
    Planned,
    claim,
    hold_together,
    needs_nobody,
    offer,
    plan_together,
    suggest,
    withdraw,
)
from .serving import Confirm, confirm, rate, tell
from .stands import NewStand, end_stands, evidence, lay_down, set_stands, take_stand

__all__ = [
    "Confirm",
    "Listing",
    "NewStand",
    "Offer",
    "Planned",
    "Unlist",
    "claim",
    "confirm",
    "end_report",
    "end_stands",
    "evidence",
    "exempt",
    "hold_together",
    "lay_down",
    "list_members",
    "needs_nobody",
    "offer",
    "plan_together",
    "rate",
    "report_at",
    "set_stands",
    "show_at",
    "suggest",
    "take_stand",
    "tell",
    "unlist_members",
    "withdraw",
]
