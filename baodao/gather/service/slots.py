"""Reads of slots for the pages of service: openings to come and past, collective check-ins, a member's claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils import timezone

from baodao.gather.models import Seat, Slot
from baodao.ledger.models import Fact

from .selectors import rules


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def slot_of(code: str) -> Slot | None:
    """One slot. One statement."""
    return Slot.objects.filter(code=code).first()


def titles_of(codes: Sequence[str]) -> dict[str, str]:
    """Code → title. One statement."""
    return dict(Slot.objects.filter(code__in=list(codes)).values_list("code", "title"))


def openings(org: str, day: date, most: int) -> list[Slot]:
    """A community's openings from a day on, in order. One statement."""
    found = rules(org, day)
    rows = Slot.objects.filter(org=org, kind__in=found.opening if found else (), state="open")
    return list(rows.filter(starts__gte=_begins(day)).order_by("starts", "code")[:most])


def past(org: str, day: date, most: int) -> list[tuple[Slot, int | None]]:
    """Openings before a day, the latest first, with the community's stars (None: not rated). Two statements."""
    found = rules(org, day)
    rows = Slot.objects.filter(org=org, kind__in=found.opening if found else (), starts__lt=_begins(day))
    slots = list(rows.exclude(state="called_off").order_by("-starts")[:most])
    subjects = [f"gather:{slot.code}" for slot in slots]
    rated = Fact.objects.filter(subject__in=subjects, kind="gather.rated", person="")
    stars = dict(rated.values_list("subject", "value"))
    return [(slot, stars.get(f"gather:{slot.code}")) for slot in slots]


def together_at(org: str, since: date) -> list[Slot]:
    """Collective check-ins at a community from a day on. One statement."""
    found = rules(org, since)
    if found is None or not found.together:
        return []
    rows = Slot.objects.filter(about=f"org:{org}", kind=found.together, starts__gte=_begins(since))
    return list(rows.exclude(state="called_off").order_by("starts")[:100])


def stars_by(org: str, codes: Sequence[str]) -> dict[str, int]:
    """Slot → the stars that an organization gave it as a guest. One statement, none without slots."""
    if not codes:
        return {}
    rows = Fact.objects.filter(
        subject__in=[f"gather:{c}" for c in codes], kind="gather.rated", person="", org=org
    )
    return {subject.partition(":")[2]: value or 0 for subject, value in rows.values_list("subject", "value")}


def together_of(unit: str, day: date, most: int = 12) -> list[Slot]:
    """A unit's collective check-ins, the latest first. One statement."""
    found = rules(unit, day)
    if found is None or not found.together:
        return []
    rows = Slot.objects.filter(org=unit, kind=found.together).exclude(state="called_off")
    return list(rows.order_by("-starts")[:most])


def claims_of(token: str) -> list[Seat]:
    """A member's seats and places in the row of openings that are not over. One statement."""
    if not token:
        return []
    rows = Seat.objects.filter(
        token=token, state__in=["seat", "waiting"], slot__form="opening", slot__state="open"
    )
    return list(rows.select_related("slot").order_by("starts")[:60])
