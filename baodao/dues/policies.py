"""What the rights on dues are asked about."""

from datetime import date

from baodao.kernel.act import Subject
from baodao.orgs import selectors as orgs

READ, RECORD, EXCUSE, REMIND, MEMBERS = "due.read", "due.record", "due.excuse", "due.remind", "due.members"


def of_org(org: str) -> Subject:
    """An organization's own dues: itself and those above."""
    return Subject(ref=f"org:{org}", org=org, level=1)


def above(org: str, day: date) -> Subject:
    """What only those above may do: nobody excuses or reminds her own organization."""
    return Subject(ref=f"org:{org}", org=orgs.forest().parent(org, day) or "", level=1)


def of_members(org: str, tokens: tuple[str, ...] = ()) -> Subject:
    """The dues of a branch's members: the branch, and a member her own; nobody above."""
    return Subject(ref=f"roll:{org}", org=org, level=2, legs=((org, ""),), persons=tokens)
