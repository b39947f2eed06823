"""Rounds of a day: "22:00-06:00" lasts until the next morning. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone

ROUND = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]\Z")


def times_of(one: str, day: date) -> tuple[datetime, datetime]:
    """When a round of a day begins and ends."""
    first, _dash, last = one.partition("-")
    starts = timezone.make_aware(datetime.combine(day, time.fromisoformat(first)))
    ends = timezone.make_aware(datetime.combine(day, time.fromisoformat(last)))
    return starts, ends if ends > starts else ends + timedelta(days=1)
