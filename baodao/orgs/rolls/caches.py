"""The tables of rolls are caches of their facts. Whom the vault has forgotten is on no roll."""

from collections.abc import Callable, Iterator

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.people.selectors import persons_of

from .fold import Member
from .models import Membership, RollShown
from .selectors import members
from .services import row_columns

_STEP = 500


def truth() -> Iterator[tuple[str, Member]]:
    """Members as the ledger has them."""
    subjects = Fact.objects.filter(subject__startswith="member:").order_by("subject")
    names = subjects.values_list("subject", flat=True).distinct()
    tokens = [name.partition(":")[2] for name in names]
    for start in range(0, len(tokens), _STEP):
        part = tokens[start : start + _STEP]
        alive = persons_of(part, "erase")
        yield from ((token, member) for token, member in members(part).items() if token in alive)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for done, (token, member) in enumerate(truth(), 1):
        Membership.objects.bulk_create([Membership(**row_columns(token, row)) for row in member.rows])
        RollShown.objects.bulk_create([RollShown(token=token, org_id=org) for org in sorted(member.shown)])
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: rolls whose rows are not what their facts say."""
    stored: dict[str, list[dict[str, object]]] = {}
    names = ("token", "n", "org_id", "kind", "state", "since", "until", "post", "level", "origin")
    for row in Membership.objects.order_by("token", "n").values(*names):
        stored.setdefault(row["token"], []).append(dict(row))
    for token, member in truth():
        if stored.pop(token, []) != [row_columns(token, row) for row in member.rows]:
            yield f"roll of member {token}: does not follow from its facts; run `baodao rebuild`"
    for token in sorted(stored):
        yield f"roll of member {token}: no fact entered it; run `baodao rebuild`"


register_cache(
    "rolls",
    [
        Table(Membership, ("token", "n"), exclude=("id",)),
        Table(RollShown, ("token", "org_id"), exclude=("id",)),
    ],
    rebuild,
)
register_checker("rolls", check)
