"""The limits that hold for a shift: those of its gathering kind, and the half-year's of its call-out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from baodao.gather.working import Working

from .declare import Kind, kinds_at
from .limits import WEEK, Rule, half_of
from .models import CallOut


def midnight(day: date) -> datetime:
    """The first moment of a local day."""
    return timezone.make_aware(datetime.combine(day, time()))


def around(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """What must be looked at to judge shifts between two moments: their half-years, and a week on both sides."""
    return min(since - WEEK, midnight(half_of(since)[0])), max(until + WEEK, midnight(half_of(until)[1]))


def kind_of(call: CallOut, day: date | None = None) -> Kind | None:
    """What the pack says of a call-out's kind; None where it no longer knows it."""
    return kinds_at(str(call.org_id), day).get(call.kind)


def rule_of(work: Working, kind: Kind | None) -> Rule:
    """The limits of one shift."""
    return Rule(rest=work.kind.rest, week=work.kind.week, half=kind.hours * 60 if kind is not None else 0)


def turn_times(turn: str, day: date) -> tuple[datetime, datetime]:
    """A turn of the pack ("20:00-08:00") on a day; one that ends before it begins ends on the next."""
    first, _dash, last = turn.partition("-")
    starts = timezone.make_aware(datetime.combine(day, time.fromisoformat(first)))
    ends = timezone.make_aware(datetime.combine(day, time.fromisoformat(last)))
    return starts, ends if ends > starts else ends + timedelta(days=1)
