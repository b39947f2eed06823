"""Filling spots and habits: by the reader as facts come, by `baodao rebuild` up to where the reader is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.models import Cursor, Fact
from baodao.ledger.readers import Reader, register
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.matters.models import Leg, Matter

from .models import Habit, Spot
from .spots import habit_rows, opening_of, spot_row

NAME = "suggest"
#: What can change a spot (a level may be ruled) or a habit.
KINDS = (
    "matter.opened",
    "matter.acted",
    "matter.leg_called",
    "matter.leg_returned",
    "matter.handed_over",
    "suggestion.chosen",
    "ledger.voided",
)
CHUNK = 200


def handle(fact: Recorded) -> None:
    """Draw one matter anew. Safe to repeat."""
    together([fact])


def together(facts: Sequence[Recorded]) -> None:
    """Draw each matter of these facts anew, once."""
    subjects = list(dict.fromkeys(fact.subject for fact in facts if fact.subject.startswith("matter:")))
    if subjects:
        numbers = [subject.partition(":")[2] for subject in subjects]
        forget(numbers)
        _draw(numbers, facts_of(subjects))


def forget(numbers: Sequence[str]) -> int:
    """Take away what is kept of these matters; gives how many rows."""
    return sum(table.objects.filter(matter__in=list(numbers)).delete()[0] for table in (Spot, Habit))


def _draw(numbers: Sequence[str], facts: Sequence[Recorded]) -> None:
    by_number: dict[str, list[Recorded]] = {number: [] for number in numbers}
    for fact in facts:
        by_number[fact.subject.partition(":")[2]].append(fact)
    openings = {number: opening_of(found) for number, found in by_number.items()}
    rows = {row.number: row for row in Matter.objects.filter(number__in=list(numbers), level__lte=1)}
    legs: dict[str, list[Leg]] = {number: [] for number in rows}
    for leg in Leg.objects.filter(matter__in=list(rows)).exclude(duty=""):
        legs[leg.matter].append(leg)
    texts = texts_of([opened.id for number in rows if (opened := openings[number]) is not None])
    spots, habits = [], []
    for number, row in rows.items():
        opened = openings[number]
        drawn = spot_row(row, opened, texts.get(opened.id, {})) if opened is not None else None
        if drawn is not None:
            spots.append(Spot(**drawn))
            # Erased words take the habit with them: both or neither.
            habits += [Habit(**one) for one in habit_rows(row, by_number[number], legs[number])]
    Spot.objects.bulk_create(spots)
    Habit.objects.bulk_create(habits)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill both tables as far as the reader had come."""
    end = Cursor.objects.filter(reader=NAME).values_list("position", flat=True).first() or 0
    opened = Fact.objects.filter(kind="matter.opened", id__lte=end).order_by("id")
    total, last, done = opened.count(), 0, 0
    while chunk := list(opened.filter(id__gt=last).values_list("id", "subject")[:CHUNK]):
        last = chunk[-1][0]
        subjects = [subject for _id, subject in chunk]
        _draw([subject.partition(":")[2] for subject in subjects], facts_of(subjects, at=end))
        done += len(chunk)
        progress(done, total)


def start() -> None:
    """Register reader and cache."""
    register(Reader(name=NAME, handle=handle, kinds=KINDS, together=together))
    register_cache(
        NAME,
        [Table(Spot, ("matter",)), Table(Habit, ("matter", "what", "code"), exclude=("id",))],
        rebuild,
        after=("matters",),
    )
