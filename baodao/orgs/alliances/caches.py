"""The tables of alliances are caches of their facts: dumped, rebuilt, checked."""

from collections.abc import Callable, Iterator
from typing import Any

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import facts_of, texts_of

from .fold import Whole, fold
from .models import Alliance, AllianceMember
from .selectors import wholes
from .services import alliance_columns, tie_columns

_STEP = 200


def truth() -> Iterator[tuple[str, Whole, dict[str, str], str]]:
    """(code, alliance, names, origin) of every founding in force, as the ledger has them."""
    subjects = list(
        Fact.objects.filter(kind="alliance.founded").order_by("id").values_list("subject", flat=True)
    )
    for start in range(0, len(subjects), _STEP):
        held: dict[str, list[Any]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            held.setdefault(fact.subject, []).append(fact)
        founded = {
            s: next((f for f in facts if f.kind == "alliance.founded"), None) for s, facts in held.items()
        }
        texts = texts_of([fact.id for fact in founded.values() if fact is not None])
        for subject, facts in held.items():
            whole, first = fold(fact.data for fact in facts), founded[subject]
            if whole is not None and first is not None:
                yield subject.removeprefix("alliance:"), whole, texts.get(first.id, {}), first.origin


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for done, (code, whole, texts, origin) in enumerate(truth(), 1):
        Alliance.objects.create(**alliance_columns(code, whole, texts, origin))
        AllianceMember.objects.bulk_create([AllianceMember(**tie_columns(code, tie)) for tie in whole.ties])
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: alliances whose rows are not what their facts say."""
    wanted = {code: whole for code, whole, _texts, _origin in truth()}
    stored = wholes(Alliance.objects.values_list("code", flat=True))
    for code in sorted(wanted.keys() | stored.keys()):
        if code not in wanted:
            yield f"alliance {code}: no fact founded it; run `baodao rebuild`"
        elif code not in stored or _plain(stored[code]) != _plain(wanted[code]):
            yield f"alliance {code}: does not follow from its facts; run `baodao rebuild`"


def _plain(whole: Whole) -> tuple[Any, ...]:
    ties = sorted(whole.ties, key=lambda tie: (tie.org, tie.n))
    return whole.kind, whole.shape, whole.seat, whole.since, whole.until, tuple(ties)


register_cache(
    "alliances",
    [
        Table(AllianceMember, ("alliance_id", "org_id", "n"), exclude=("id",)),
        Table(Alliance, ("code",)),
    ],
    rebuild,
)
register_checker("alliances", check)
