"""What a taken-back import leaves of its matters: nothing but their facts, which say that they were voided."""

from __future__ import annotations

from baodao.kernel.verbs import Tx
from baodao.ledger.models import SearchDoc
from baodao.ledger.services import on_void
from baodao.matters.models import Leg, Matter, Stake

CHUNK = 500


def drop(tx: Tx, subjects: list[str]) -> None:
    """Queue the end of all rows of these matters, whose opening holds no longer. Other apps' subjects are left alone."""
    numbers = [subject.removeprefix("matter:") for subject in subjects if subject.startswith("matter:")]
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        tx.delete(Matter, number=part)
        tx.delete(Leg, matter=part)
        tx.delete(Stake, matter=part)
        tx.delete(SearchDoc, subject=[f"matter:{number}" for number in part])


on_void(drop)
