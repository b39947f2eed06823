"""Who sees a household: posts of its community that work with households (reach ``legs``, level 2), the household
itself. Nobody above: they have counts."""

from django.db.models import QuerySet

from baodao.kernel.act import Act, Subject
from baodao.orgs.policies import Columns, reach_of, where

from .models import Household

READ = "household.read"
COUNT = "household.count"
#: Fewer than so many are told as "fewer".
LEAST = 10


def of(code: str, org: str, tokens: tuple[str, ...] = ()) -> Subject:
    """What a right on a household is asked about. Its own code stands for whoever came with the slip."""
    persons = (*tokens, code) if code else tokens
    return Subject(
        ref=f"household:{code}" if code else f"org:{org}",
        org=org,
        level=2,
        persons=persons,
        legs=((org, ""),),
    )


def visible(by: Act, right: str = READ) -> QuerySet[Household]:
    """All households that this actor may work with; no statement yet."""
    reach = reach_of(by, right)
    columns = Columns(org="org_id", level="level", key="code", legs=(Household, "code", "org_id", "post"))
    return Household.objects.filter(where(reach, columns)) if reach else Household.objects.none()
