"""Slots and seats are caches of their facts: dumped, rebuilt, checked. Whom the vault has forgotten has no seat any more; the
slot still counts her."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache, register_state
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.ledger.services import on_void
from baodao.people.selectors import persons_of

from .fold import Meeting, Told, fold
from .models import Feed, Seat, Slot
from .rows import seat_columns, seating_of, slot_columns

_STEP = 200
_TEXTS = ("gather.opened", "gather.changed")


def told(facts: Iterable[Recorded]) -> list[Told]:
    """Stored facts as the fold wants them. One statement, for texts."""
    found = list(facts)
    texts = texts_of([fact.id for fact in found if fact.kind in _TEXTS])
    return [
        Told(
            fact.data, fact.org, fact.place, fact.about, fact.person, fact.level, fact.value or 0, fact.origin,
            texts.get(fact.id, {}),
        )
        for fact in found
    ]  # fmt: skip


def truth(codes: Iterable[str] | None = None) -> Iterator[Meeting]:
    """Slots with all their rows, as the ledger has them."""
    if codes is None:
        rows = Fact.objects.filter(kind="gather.opened").order_by("id").values_list("subject", flat=True)
        subjects = list(dict.fromkeys(rows))
    else:
        subjects = [f"gather:{code}" for code in codes]
    for start in range(0, len(subjects), _STEP):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            by_subject.setdefault(fact.subject, []).append(fact)
        for subject in subjects[start : start + _STEP]:
            meeting = fold(subject.partition(":")[2], told(by_subject.get(subject, ())))
            if meeting is not None:
                yield meeting


def _alive(meetings: list[Meeting]) -> set[str]:
    tokens = [token for meeting in meetings for token in meeting.rows]
    known: set[str] = set()
    for start in range(0, len(tokens), 500):
        known |= _known(tokens[start : start + 500])
    return known


def _known(tokens: list[str]) -> set[str]:
    return set(persons_of(tokens, "erase"))


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    batch: list[Meeting] = []
    done = 0
    for meeting in truth():
        batch.append(meeting)
        done += 1
        if len(batch) == _STEP:
            _write(batch)
            progress(done, done)
            batch = []
    _write(batch)
    progress(done, done)


def _write(batch: list[Meeting]) -> None:
    alive = _alive(batch)
    Slot.objects.bulk_create([Slot(**slot_columns(meeting)) for meeting in batch])
    Seat.objects.bulk_create(
        [
            Seat(**seat_columns(meeting.code, row))
            for meeting in batch
            for token, row in sorted(meeting.rows.items())
            if token in alive
        ],
        batch_size=500,
    )


def check() -> Iterator[str]:
    """`baodao doctor`: slots and seats that are not what their facts say."""
    stored = {row["code"]: row for row in Slot.objects.values()}
    seats: dict[str, dict[str, dict[str, Any]]] = {}
    for seat in Seat.objects.order_by("slot", "token"):
        seats.setdefault(str(seat.slot_id), {})[seat.token] = seat_columns(
            str(seat.slot_id), seating_of(seat)
        )
    for meeting in truth():
        wanted = {
            token: seat_columns(meeting.code, row)
            for token, row in meeting.rows.items()
            if token in seats.get(meeting.code, {}) or token in _known([token])
        }
        same = stored.pop(meeting.code, None) == slot_columns(meeting)
        if not same or seats.get(meeting.code, {}) != wanted:
            yield f"slot {meeting.code}: does not follow from its facts; run `baodao rebuild`"
    for code in sorted(stored):
        yield f"slot {code}: no fact opened it; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    """A batch is taken back: what is left of the slot is folded anew."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if not subject.startswith("gather:"):
            continue
        code = subject.partition(":")[2]
        meeting = fold(code, told(fact for fact in facts_of(subject) if fact.id not in gone))
        rows = dict(meeting.rows) if meeting is not None else {}
        for token in Seat.objects.filter(slot=code).values_list("token", flat=True):
            if token not in rows:
                tx.delete(Seat, slot_id=code, token=token)
        if meeting is None:
            tx.delete(Slot, code=code)
            continue
        tx.upsert(Slot, ("code",), **slot_columns(meeting))
        for row in sorted(rows.values(), key=lambda one: one.holds):
            tx.upsert(Seat, ("slot_id", "token"), **seat_columns(code, row))


on_void(_after_void)
register_cache(
    "gatherings",
    [Table(Seat, ("slot_id", "token"), exclude=("id",)), Table(Slot, ("code",))],
    rebuild,
)
register_checker("gatherings", check)
register_state(Feed, key=("owner",))
