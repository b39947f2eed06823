"""Superseding and voiding at a position; taking a batch back."""

from typing import Any

import pytest

from baodao.kernel.act import Subject
from baodao.kernel.errors import Missing
from baodao.kernel.models import Command
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.facts import Voided
from baodao.ledger.models import Fact
from baodao.ledger.selectors import effective_of, facts_of, newer_than, position
from baodao.ledger.services import takeback
from tests.ledger.noting import Noted, act, fresh, note

pytestmark = pytest.mark.django_db


@verb("test.correct")
def correct(tx: Tx, by: Any, *, subject: str, supersedes: int = 0, voids: int = 0) -> int:
    """One fact that supersedes or voids an earlier one."""
    tx.ask("org.test", Subject(ref="test"))
    if voids:
        tx.fact(Voided(reason="mistake"), subject=subject, voids=voids)
    else:
        tx.fact(Noted(mark="new"), subject=subject, supersedes=supersedes or None)
    return 1


def step(subject: str, **how: int) -> int:
    correct(act(), subject=subject, **how)
    return position()


def in_force(subject: str, at: int | None = None) -> list[int]:
    return [fact.id for fact in facts_of(subject, at=at)]


def test_a_corrected_fact_holds_until_the_position_of_its_correction() -> None:
    subject = f"test:{fresh()}"
    first = step(subject)
    second = step(subject, supersedes=first)
    void = step(subject, voids=second)
    assert in_force(subject, at=first) == [first]
    assert in_force(subject, at=second) == [second]
    assert in_force(subject, at=void) == [first], "who was superseded by a voided fact holds again"
    assert [f.id for f in facts_of(subject, effective=False)] == [first, second, void]


def test_of_three_versions_only_the_last_holds() -> None:
    subject = f"test:{fresh()}"
    first = step(subject)
    second = step(subject, supersedes=first)
    third = step(subject, supersedes=second)
    assert in_force(subject) == [third]
    step(subject, voids=third)
    assert in_force(subject) == [second]


def test_a_voided_voiding_undoes_nothing() -> None:
    subject = f"test:{fresh()}"
    first = step(subject)
    void = step(subject, voids=first)
    assert in_force(subject) == []
    step(subject, voids=void)
    assert in_force(subject) == [first]


def test_order_of_asking_changes_nothing() -> None:
    subject = f"test:{fresh()}"
    first = step(subject)
    step(subject, supersedes=first)
    step(subject, voids=step(subject))
    facts = facts_of(subject, effective=False)
    assert {f.id for f in effective_of(facts)} == {f.id for f in effective_of(facts[::-1])}


def test_a_batch_is_taken_back_once_and_its_keys_stay() -> None:
    mark, batch = fresh(), "requests-1"
    for number in range(3):
        note(act(batch=batch, origin="import"), mark=f"{mark}{number}", count=2, subject=f"test:{mark}")
    note(act(), mark=mark, subject=f"test:{mark}")
    taken = takeback(act(), batch=batch)
    assert (taken.facts, taken.subjects) == (6, 1)
    assert len(in_force(f"test:{mark}")) == 1
    assert Command.objects.filter(batch=batch).count() == 3
    with pytest.raises(Missing):
        takeback(act(), batch=batch)
    with pytest.raises(Missing):
        takeback(act(), batch="another")


def test_newer_than_is_exact() -> None:
    note(act(), mark=fresh())
    start = position()
    note(act(), mark=fresh(), count=5)
    ids = list(Fact.objects.filter(id__gt=start).order_by("id").values_list("id", flat=True))
    assert [f.id for f in newer_than(start, limit=2)] == ids[:2]
    assert [f.id for f in newer_than(start, kinds=["test.noted"])] == ids
    assert newer_than(start, kinds=["nothing.such"]) == []
