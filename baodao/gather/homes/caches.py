"""Who joined a home and whom a guardian trusts: caches of their facts. Whom the vault has forgotten is on no list."""

import json
from collections.abc import Callable, Iterator

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.people.selectors import persons_of

from .models import HomeMember, Trust

KINDS = ("home.joined", "home.left", "trust.given", "trust.ended")


def truth() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(home, token) and (token, helper) as the ledger has them. Facts that were voided count no longer."""
    gone = set(Fact.objects.filter(voids__isnull=False).values_list("voids", flat=True))
    members: set[tuple[str, str]] = set()
    trust: set[tuple[str, str]] = set()
    for fact in Fact.objects.filter(kind__in=KINDS).order_by("id").iterator(chunk_size=2000):
        if fact.id in gone:
            continue
        if fact.kind.startswith("home."):
            change, one = members, (fact.org, fact.person)
        else:
            change, one = trust, (fact.person, _helper(fact.data))
        if fact.kind in ("home.joined", "trust.given"):
            change.add(one)
        else:
            change.discard(one)
    tokens = [token for _org, token in members] + [token for token, _helper_ in trust]
    alive = persons_of(tokens, "erase") if tokens else {}
    return {m for m in members if m[1] in alive}, {t for t in trust if t[0] in alive}


def _helper(data: str) -> str:
    return str(json.loads(data)["helper"])


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    members, trust = truth()
    HomeMember.objects.bulk_create([HomeMember(org=org, token=token) for org, token in sorted(members)])
    Trust.objects.bulk_create([Trust(token=token, helper=helper) for token, helper in sorted(trust)])


def check() -> Iterator[str]:
    """`baodao doctor`: rows that do not follow."""
    members, trust = truth()
    if set(HomeMember.objects.values_list("org", "token")) != members:
        yield "homes: members do not follow from their facts; run `baodao rebuild`"
    if set(Trust.objects.values_list("token", "helper")) != trust:
        yield "homes: lists of guardians do not follow from their facts; run `baodao rebuild`"


register_cache(
    "homes",
    [Table(HomeMember, ("org", "token"), ("id",)), Table(Trust, ("token", "helper"), ("id",))],
    rebuild,
)
register_checker("homes", check)
