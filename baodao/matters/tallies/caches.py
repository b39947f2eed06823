"""Filling the counts: a place is counted anew when something moved in it. Nothing is added up or taken off, so that a
fact read twice, or one that came meanwhile, changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min, QuerySet
from django.utils.timezone import localdate

from baodao.kernel.raw import fetch, marks
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.models import Cursor, Fact
from baodao.ledger.readers import Reader, register
from baodao.ledger.selectors import Recorded, position
from baodao.matters.models import Matter
from baodao.matters.project import SHARED_LEVEL
from baodao.orgs.selectors import forest, today

from . import asked
from .models import Asked, Tally

NAME = "tallies"
#: What can change an open leg's organization, state or level; settlements, ratings and answers cannot.
KINDS = (
    "matter.opened",
    "matter.acted",
    "matter.leg_called",
    "matter.leg_reported",
    "matter.leg_returned",
    "matter.leg_answered",
    "matter.leg_ruled",
    "matter.paused",
    "matter.resumed",
    "matter.handed_over",
    "matter.merged",
    "matter.split",
    "matter.answered",
    "matter.reopened",
    "matter.closed",
    "ledger.voided",
)
#: The place of all that few may know.
SHUT = "#"
#: (database, place) → position of the ledger at which this process counted it, and when: facts of a busy place come
#: together. Forgotten after some seconds, so that a database put back from a backup is not taken for the one before.
_counted: dict[tuple[str, str], tuple[int, float]] = {}
Key = tuple[str, str, str]
KEY = ("scope", "state", "place")
MOST, SECONDS = 20_000, 5.0
#: A reader that lags by so many positions counts everything once and passes what lies before.
FAR = 2000
_ALL = "*"

# "+ 0": the place's own index rules, whatever the statistics say of the level.
_OPEN = (
    "FROM matters_matter m JOIN matters_stake s ON s.matter = m.number "
    f"WHERE m.ended IS NULL AND s.level <= {SHARED_LEVEL} AND "
)
_PLACE = "CASE WHEN m.place <> '' THEN m.place ELSE '@' || m.org END"
_COUNTS = (
    f"SELECT s.scope, s.state, {_PLACE}, count(*) {_OPEN}{{0}} GROUP BY 1, 2, 3 UNION ALL "
    f"SELECT s.scope, '', {_PLACE}, count(DISTINCT s.matter) {_OPEN}{{0}} GROUP BY 1, 2, 3"
)
_RESTRICTED = f"SELECT scope, 'open', '{SHUT}', count(*) FROM matters_stake WHERE level >= {SHARED_LEVEL + 1} GROUP BY scope"


def place_of(place: str, org: str) -> str:
    """Where a matter is counted."""
    return place or f"@{org}"


def handle(fact: Recorded) -> None:
    """Count the place of one matter anew. Safe to repeat."""
    together([fact])


def together(facts: Sequence[Recorded]) -> None:
    """Count each place that these facts touch anew, once: all of them by one statement, everything where this lags far
    behind."""
    done = _known(_ALL)
    facts = [fact for fact in facts if fact.subject.startswith("matter:") and fact.id > done]
    if not facts:
        return
    numbers = {fact.subject.partition(":")[2] for fact in facts}
    found = Matter.objects.filter(number__in=numbers).values_list("number", "place", "org", "level", "opened")
    rows = {number: row for number, *row in found}
    moved: dict[str, int] = {}
    for fact in facts:
        for place in _places(fact, rows.get(fact.subject.partition(":")[2])):
            moved[place] = max(fact.id, moved.get(place, 0))
    # Counted since: rows and facts are written in one transaction.
    places = [place for place, newest in moved.items() if newest > _known(place)]
    if not places:
        return
    at = position()
    if at - facts[-1].id > FAR:
        everything()
        places = [_ALL]
    else:
        count(*(place for place in places if place[0] != asked.DAY))
        count_days(place for place in places if place[0] == asked.DAY)
    transaction.on_commit(lambda: _note(places, at))


def _places(fact: Recorded, row: Sequence[Any] | None) -> list[str]:
    if row is None:
        # An import that was taken back: the matter is gone, its opening still says where it was.
        row = (
            Fact.objects.filter(subject=fact.subject, kind="matter.opened")
            .values_list("place", "org", "level", "happened")
            .first()
        )
    if row is None:
        return []
    place, org, level, opened = row
    shut = [SHUT] if max(level, fact.level) > SHARED_LEVEL else []
    return [place_of(place, org), *shut, *asked.days_of(fact, org, opened)]


def _known(place: str) -> int:
    at, when = _counted.get((_database(), place), (0, 0.0))
    return at if time.monotonic() - when < (SECONDS if place != _ALL else 4 * SECONDS) else 0


def _note(places: Sequence[str], at: int) -> None:
    if len(_counted) > MOST:
        _counted.clear()
    name, when = _database(), time.monotonic()
    _counted.update({(name, place): (at, when) for place in places})


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def count(*places: str) -> None:
    """Write the counts of places where they changed. Two statements, and at most two more where some did."""
    _write(_read(places), Tally.objects.filter(place__in=places), KEY)


def everything() -> None:
    """The same for all places at once."""
    _write(_read(None), Tally.objects.all(), KEY)
    every_day()


def count_days(days: Iterable[str]) -> None:
    """Count days of `asked.days_of` anew: four statements for each at most."""
    touched: dict[date, set[str]] = {}
    for one in days:
        touched.setdefault(date.fromisoformat(one[1:11]), set()).add(one[11:])
    for day, orgs in sorted(touched.items()):
        scopes = {above for org in orgs for above in forest().over(org, today())}
        held = Asked.objects.filter(day=day, scope__in=scopes)
        _write(asked.found(day, day, scopes), held, asked.KEY)


def every_day() -> None:
    """The same for all days and organizations: after the trees changed, too, since each counts for those above it today."""
    ends = Matter.objects.aggregate(first=Min("opened"), last=Max("opened"))
    day, last = (localdate(at) if at is not None else date.min for at in ends.values())
    Asked.objects.exclude(day__gte=day, day__lte=last).delete()
    while date.min < day <= last:
        until = day + timedelta(days=asked.STEP - 1)
        _write(asked.found(day, until), Asked.objects.filter(day__gte=day, day__lte=until), asked.KEY)
        day = until + timedelta(days=1)


def _write(found: Mapping[Any, int], rows: QuerySet[Any], key: Sequence[str]) -> None:
    """Make the counted rows say what was found."""
    table = rows.model._default_manager
    had = {tuple(getattr(row, name) for name in key): row for row in rows}
    gone = [row.pk for one, row in had.items() if one not in found]
    for start in range(0, len(gone), 2000):
        table.filter(pk__in=gone[start : start + 2000]).delete()
    fresh = [(one, n) for one, n in found.items() if one not in had or had[one].n != n]
    table.bulk_create(
        [rows.model(**dict(zip(key, one, strict=True)), n=n) for one, n in fresh],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=list(key),
        update_fields=["n"],
    )


def _read(places: Collection[str] | None) -> dict[Key, int]:
    """(scope, state, place) → how many, of these places or (None) of all."""
    parts: list[str] = []
    values: list[str] = []
    grids = [one for one in places or () if one != SHUT and not one.startswith("@")]
    orgs = [one[1:] for one in places or () if one.startswith("@")]
    for where, codes in (("m.place IN ({})", grids), ("m.place = '' AND m.org IN ({})", orgs)):
        if codes:
            parts.append(_COUNTS.format(where.format(marks(codes))))
            values += [*codes, *codes]
    if places is None:
        parts.append(_COUNTS.format("1 = 1"))
    if places is None or SHUT in places:
        parts.append(_RESTRICTED)
    rows = fetch(" UNION ALL ".join(parts), values) if parts else []
    return {(scope, state, place): n for scope, state, place, n in rows}


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Count everything once; nothing where the reader has not begun yet. The same rows as the reader's, as soon as that
    one has read to the end."""
    _counted.clear()
    if not Cursor.objects.filter(reader=NAME, position__gt=0).exists():
        return
    everything()
    n = Tally.objects.count()
    progress(n, n)


def start() -> None:
    """Register reader and cache."""
    register(Reader(name=NAME, handle=handle, kinds=KINDS, together=together, chunk=100))
    register_cache(
        NAME,
        [Table(Tally, KEY, exclude=("id",)), Table(Asked, asked.KEY, exclude=("id",))],
        rebuild,
        after=("matters",),
    )
