"""The tables of contacts are caches of their facts. Whom the vault has forgotten is on no list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from baodao.dues import ports
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded
from baodao.people.selectors import persons_of

from . import facts
from .fold import State
from .models import Contact, ContactMade
from .selectors import lives, states
from .services import columns


def truth() -> Iterator[tuple[str, State]]:
    """Contacts as the ledger has them."""
    subjects = list(
        Fact.objects.filter(kind="contact.named").order_by("id").values_list("subject", flat=True)
    )
    for start in range(0, len(subjects), 500):
        held = states([subject.partition(":")[2] for subject in subjects[start : start + 500]])
        alive = persons_of([state.token for state in held.values()], "erase")
        yield from ((code, state) for code, state in held.items() if state.token in alive)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for done, (code, state) in enumerate(truth(), 1):
        Contact.objects.create(**columns(code, state))
        ContactMade.objects.bulk_create(
            [
                ContactMade(contact_id=code, n=one.n, day=one.day, need=one.need, solved=one.solved)
                for one in state.made.values()
            ]
        )
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: contacts whose rows are not what their facts say."""
    stored = {row["code"]: row for row in Contact.objects.values()}
    for code, state in truth():
        if stored.pop(code, None) != columns(code, state):
            yield f"contact {code}: does not follow from its facts; run `baodao rebuild`"
    for code in sorted(stored):
        yield f"contact {code}: no fact named it; run `baodao rebuild`"


def _met(fact: Recorded) -> Iterable[ports.Met]:
    """The quarter's contact: which requirement of the pack it meets is the pack's to say, by the name that it had."""
    from .services import mets_of

    assert isinstance(fact.data, facts.Made | facts.Corrected)
    code = fact.subject.partition(":")[2]
    return mets_of(code, fact.org, fact.data.n, date.fromisoformat(fact.data.day))


ports.register_source("contact.recorded", _met)
ports.register_source("contact.corrected", _met)
ports.register_lives("contact", lives)
register_cache(
    "contacts",
    [
        Table(Contact, ("code",)),
        Table(ContactMade, ("contact_id", "n"), exclude=("id",)),
    ],
    rebuild,
)
register_checker("contacts", check)
