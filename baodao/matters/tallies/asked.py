"""What residents ask for, counted by day: a row for each organization and those above it, so that half a year of a district is read
from some thousand rows, however many matters there were. Counted anew by the day, like all tallies."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.timezone import get_current_timezone, localdate

from baodao.ledger.selectors import Recorded
from baodao.matters.models import Matter
from baodao.matters.project import SHARED_LEVEL
from baodao.orgs.selectors import forest, today

KEY = ("scope", "day", "pack", "procedure", "kind")
#: How a day begins among the places of the reader.
DAY = "="
#: So many days are counted by one statement.
STEP = 90


def days_of(fact: Recorded, org: str, opened: datetime) -> list[str]:
    """The day on which a matter began, where this fact can change its counts: it began, few may know of it now, an import took it
    back."""
    told = fact.kind in ("matter.opened", "ledger.voided") or "level" in getattr(fact.data, "fields", ())
    return [f"{DAY}{localdate(opened)}{org}"] if told else []


def found(first: date, last: date, scopes: set[str] | None = None) -> dict[tuple[Any, ...], int]:
    """The counts of these days for some organizations (None: for all), by `KEY`. One statement."""
    trees, now, zone = forest(), today(), get_current_timezone()
    over = {org: trees.over(org, now) for org in trees.nodes}
    if scopes is not None:
        over = {org: tuple(one for one in above if one in scopes) for org, above in over.items()}
    start, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    rows = Matter.objects.filter(
        org__in=[org for org, above in over.items() if above],
        opened__gte=start,
        opened__lt=end,
        level__lte=SHARED_LEVEL,
    ).exclude(reporter="")
    counted: Counter[tuple[Any, ...]] = Counter()
    grouped = rows.order_by().annotate(day=TruncDate("opened")).values_list("org", *KEY[1:])
    for org, *key, n in grouped.annotate(n=Count("number")):
        for scope in over[org]:
            counted[scope, *key] += n
    return counted
