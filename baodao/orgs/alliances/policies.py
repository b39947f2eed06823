"""Who sees an alliance: whoever reaches its seat, or an organization that was ever a member or is asked now.

`visible` (which ones) and `may_see` (may I, on this one) read the same sets out of one Reach.
"""

from django.db.models import Q, QuerySet

from baodao.kernel.act import Act, Subject
from baodao.kernel.verbs import allowed
from baodao.orgs.policies import Columns, reach_of, where

from .models import Alliance, AllianceMember

READ = "alliance.read"
#: States in which a tie opens the alliance to its organization.
OPENING = ("invited", "joined")


def visible(by: Act) -> QuerySet[Alliance]:
    """All alliances that this actor may see; no statement yet."""
    reach = reach_of(by, READ)
    if not reach:
        return Alliance.objects.none()
    ties = AllianceMember.objects.filter(
        where(reach, Columns(org="org_id", level="alliance__level")), state__in=OPENING
    )
    seats = where(reach, Columns(org="seat_id", level="level"))
    return Alliance.objects.filter(seats | Q(pk__in=ties.values("alliance_id")))


def may_see(by: Act, alliance: Alliance, orgs: list[str]) -> bool:
    """The same for one; ``orgs`` are those of its ties in an opening state."""
    return any(
        allowed(by, READ, Subject(ref=f"alliance:{alliance.code}", org=org, level=alliance.level))
        for org in {str(alliance.seat_id), *orgs}
    )


def of_org(code: str, org: str) -> Subject:
    """What a right on one organization's part is asked about."""
    return Subject(ref=f"alliance:{code}", org=org, level=1)
