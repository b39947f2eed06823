"""What an import brought, by year and in all: count, median hours, lateness by today's rule. One fact kind is read: `matter.settled`.

Durations of day precision take no part in hour measures. Medians are over the settled durations (two significant digits). Satisfaction is
*not measured*: the file has no answers of residents.
"""

from collections.abc import Iterable
from datetime import timedelta
from statistics import median_low
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from baodao.ledger.selectors import Recorded, facts_of_batch, in_force
from baodao.matters.settlement import round_two


class Year(msgspec.Struct):
    """One line: `hours` of the median with the sample behind it, late ones over those with a due. None = not measured."""

    year: str
    count: int
    hours: float | None
    sample: int
    late: int
    due: int


def summary(batch: str) -> list[Year]:
    """Lines by year of opening, the last one for all. Raises nothing; an unknown batch gives a single line of zeros."""
    settled = [
        f for f in in_force(facts_of_batch(batch)) if f.kind == "matter.settled" and f.data.scope == "leg"
    ]
    by_year: dict[str, list[Recorded]] = {}
    zone = ZoneInfo(settings.TIME_ZONE)
    for fact in settled:
        start = fact.happened - timedelta(seconds=fact.value or 0)
        by_year.setdefault(str(start.astimezone(zone).year), []).append(fact)
    return [*(_line(year, by_year[year]) for year in sorted(by_year)), _line("", settled)]


def _line(year: str, facts: Iterable[Recorded]) -> Year:
    held = list(facts)
    exact = [round_two(f.data.wall) for f in held if f.precision == "second"]
    judged = [f for f in held if f.data.late is not None]
    hours = round(median_low(exact) / 3600, 1) if exact else None
    return Year(year, len(held), hours, len(exact), sum(1 for f in judged if f.data.late), len(judged))
