"""Records and excuses of requirements, read together in one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import F, Q, Value

from baodao.kernel.raw import day_of, fetch, marks

from .lives import FEW
from .models import Excuse, Met

#: (requirement, subject, day, ref, amount, made up, cause): an excuse is told apart by its amount, no record has none.
Record = tuple[str, str, date, str, int, bool, str]


def records(since: Mapping[str, date], subjects: Collection[str], day: date) -> Iterator[Record]:
    """What met these requirements (name → first day that counts) for these subjects up to a day, and the periods for which they are
    excused, by day. One statement."""
    if not subjects:
        return
    rows = _of_few(since, sorted(subjects), day) if len(subjects) <= FEW else _of_many(since, day)
    for name, subject, on, ref, amount, made_up, cause in rows:
        at = day_of(on)
        if at >= since[name]:
            yield name, subject, at, ref, amount, bool(made_up), cause


def _of_few(since: Mapping[str, date], subjects: list[str], day: date) -> list[Any]:
    """Of few so little is there that the earliest day does for all. Written out: each to-do page asks it, and building it from conditions
    took as long as the database needs to answer."""
    first, names = min(since.values()), sorted(since)
    ours = f"subject IN ({marks(subjects)}) AND requirement IN ({marks(names)})"
    return fetch(
        f"SELECT requirement, subject, day, ref, amount, made_up, '' FROM dues_met WHERE {ours} AND day >= %s AND day <= %s "
        f"UNION ALL SELECT requirement, subject, period, ref, 0, false, cause FROM dues_excuse WHERE {ours} AND period >= %s "
        "ORDER BY 3, 4",
        [*subjects, *names, first, day, *subjects, *names, first],
    )


def _of_many(since: Mapping[str, date], day: date) -> Any:
    done, free = Q(pk__in=[]), Q(pk__in=[])
    for name, begins in since.items():
        done |= Q(requirement=name, day__gte=begins)
        free |= Q(requirement=name, period__gte=begins)
    names = ("requirement", "subject")
    mets = Met.objects.filter(done, day__lte=day).values_list(
        *names, "day", "ref", "amount", "made_up", Value("")
    )
    excuses = Excuse.objects.filter(free).values_list(
        *names, F("period"), "ref", Value(0), Value(False), "cause"
    )
    return mets.union(excuses, all=True).order_by("day", "ref")
