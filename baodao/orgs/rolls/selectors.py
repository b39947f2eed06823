"""Reads of rolls. Names open for a purpose only, through people's vault, which writes the access log."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from django.db.models import Count, QuerySet

from baodao.kernel.act import Act, Subject
from baodao.ledger.selectors import Recorded, facts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import Columns, reach_of, where
from baodao.people.selectors import token_for
from baodao.people.services.reading import read_identity

from .fold import Member, fold
from .models import Membership, RollShown

READ, SEEN, COUNT = "roll.read", "roll.seen", "roll.count"
DOMAIN = "party"
#: Levels of the Party tree whose branches take members for a project.
PROJECT = "party_project"
LEAST = 10


def of_branch(org: str, persons: tuple[str, ...] = ()) -> Subject:
    """What a right on a branch's roll is asked about: those who keep it take part; nobody above."""
    return Subject(ref=f"roll:{org}", org=org, level=2, legs=((org, ""),), persons=persons)


def of_place(org: str) -> Subject:
    """What a right on those who chose to be seen somewhere is asked about."""
    return Subject(ref=f"roll:{org}", org=org, level=1)


def of_count(org: str) -> Subject:
    """What a right on the number of a branch's members is asked about."""
    return Subject(ref=f"roll:{org}", org=org, level=1)


def members(tokens: Iterable[str]) -> dict[str, Member]:
    """Members as the ledger has them. One statement."""
    by_token: dict[str, list[Recorded]] = {token: [] for token in tokens}
    for fact in facts_of([f"member:{token}" for token in sorted(by_token)]):
        by_token[fact.subject.partition(":")[2]].append(fact)
    return {token: fold(told) for token, told in by_token.items()}


def own(person: str) -> tuple[str, Member]:
    """A signed-in person's token ("" for none) and membership. Two statements."""
    token = token_for(person, DOMAIN)
    return token, (members([token])[token] if token else Member())


def visible(by: Act) -> QuerySet[Membership]:
    """Rows of the rolls that this actor keeps; no statement yet."""
    reach = reach_of(by, READ)
    columns = Columns(org="org_id", level="level", key="pk", legs=(Membership, "pk", "org_id", "post"))
    return Membership.objects.filter(where(reach, columns)) if reach else Membership.objects.none()


class OnRoll(msgspec.Struct, frozen=True):
    """A row of a branch's roll. ``elsewhere``: project branches where she is meanwhile; ``home``: her home branch, of
    one who came to a project."""

    token: str
    kind: str
    state: str
    since: date
    elsewhere: tuple[str, ...]
    home: str


def roll(by: Act, org: str, after: str = "", limit: int = 101) -> list[OnRoll]:
    """A branch's own roll, by token behind ``after``. Two statements."""
    rows = visible(by).filter(org=org, until__isnull=True, state__in=["asked", "in"], token__gt=after)
    page = list(rows.order_by("token")[:limit])
    others = Membership.objects.filter(token__in=[r.token for r in page], until__isnull=True, state="in")
    elsewhere: dict[str, list[tuple[str, str]]] = {}
    for token, other, kind in others.exclude(org=org).values_list("token", "org_id", "kind"):
        elsewhere.setdefault(token, []).append((kind, str(other)))
    return [
        OnRoll(
            row.token, row.kind, row.state, row.since,
            tuple(sorted(o for kind, o in elsewhere.get(row.token, ()) if kind == "project")),
            next((o for kind, o in elsewhere.get(row.token, ()) if kind == "home"), ""),
        )
        for row in page
    ]  # fmt: skip


def names(by: Act, org: str, tokens: Sequence[str]) -> Mapping[str, str]:
    """Token → name on a branch's roll, for a purpose. Raises Refused."""
    read = read_identity(by, tokens, ("name",), of_branch(org), right=READ)
    return {token: read.one(token, "name") for token in tokens}


def shown_at(org: str) -> list[str]:
    """Tokens of those who chose to be seen somewhere and are on a roll. One statement."""
    on = Membership.objects.filter(kind="home", state="in", until__isnull=True).values("token")
    return list(
        RollShown.objects.filter(org=org, token__in=on).order_by("token").values_list("token", flat=True)
    )


def shown_names(by: Act, org: str, tokens: Sequence[str]) -> Mapping[str, str]:
    """The same by name, for a purpose. Raises Refused."""
    read = read_identity(by, tokens, ("name",), of_place(org), right=SEEN)
    return {token: read.one(token, "name") for token in tokens}


def counts(by: Act) -> list[tuple[str, str, int | None]]:
    """(branch, kind, members; None: fewer than 10) below the actor. One statement."""
    below = where(reach_of(by, COUNT), Columns(level=""))
    rows = Membership.objects.filter(below, state="in", until__isnull=True)
    found = Counter(
        {(str(o), k): n for o, k, n in rows.values_list("org_id", "kind").annotate(n=Count("id"))}
    )
    return [(org, kind, n if n >= LEAST else None) for (org, kind), n in sorted(found.items())]


def project_branches(day: date) -> list[tuple[str, str]]:
    """(code, name) of all project branches, for whoever wants to ask. No statement."""
    nodes = orgs.forest().nodes.values()
    return [(node.code, orgs.name_of(node.code)) for node in nodes if node.level == PROJECT and node.at(day)]
