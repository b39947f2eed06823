"""Reads of slots for the pages of service: openings to come and past, collective check-ins, a member's claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import msgspec
from django.utils import timezone

from baodao.gather.mixed import any_of
from baodao.gather.models import Seat, Slot
from baodao.ledger.models import Fact

from .selectors import rules


def _begins(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def slot_of(code: str) -> Slot | None:
    """One slot. One statement."""
    return Slot.objects.filter(code=code).first()


class Seen(msgspec.Struct, frozen=True):
    """What a community's page shows: openings from today on in order, those before with the latest first, collective check-ins there in
    order; titles by code of all that was asked."""

    openings: list[Slot]
    past: list[Slot]
    together: list[Slot]
    titles: dict[str, str]


def seen_at(org: str, day: date, since: date, codes: Sequence[str], most: int) -> Seen:
    """The slots of a community around a day: ``most`` openings on either side of it, collective check-ins from ``since`` on, and those
    of ``codes``. One statement."""
    found = rules(org, day)
    kinds, together = (found.opening, found.together) if found else ((), "")
    here = Slot.objects.filter(org=org, kind__in=kinds)
    coming = here.filter(state="open", starts__gte=_begins(day)).order_by("starts", "code")
    over = here.filter(starts__lt=_begins(day)).exclude(state="called_off").order_by("-starts", "-code")
    guests = Slot.objects.filter(about=f"org:{org}", kind=together, starts__gte=_begins(since))
    guests = guests.exclude(state="called_off").order_by("starts", "code")
    named = Slot.objects.filter(pk__in=list(codes))
    rows = list(any_of(coming[:most], over[:most], guests[:100], named).order_by("starts", "code"))
    mine = [slot for slot in rows if str(slot.org_id) == org and slot.kind in kinds]
    later = [slot for slot in mine if slot.starts >= _begins(day) and slot.state == "open"]
    past = [slot for slot in mine if slot.starts < _begins(day) and slot.state != "called_off"]
    return Seen(
        later[:most],
        past[::-1][:most],
        [slot for slot in rows if together and slot.kind == together and slot.about == f"org:{org}"],
        {slot.code: slot.title for slot in rows},
    )


def stars_by(org: str, codes: Sequence[str]) -> dict[str, int]:
    """Slot → the stars that an organization gave it, its own or as a guest. One statement, none without slots."""
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
