"""Reads of bookings: which places can be had, when; what somebody or an organization has taken. Of others only that the place is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db.models import Q, QuerySet

from baodao.gather.models import Slot
from baodao.gather.policies import visible
from baodao.gather.selectors import midnight
from baodao.kernel.act import Act
from baodao.kernel.selectors import current_calendar
from baodao.orgs import selectors as orgs
from baodao.orgs.finding import ruled_by, turns
from baodao.places.facilities import hours
from baodao.places.facilities import selectors as facilities
from baodao.places.facilities.models import Facility

from .declare import FORMS, Booking, bookings_of, declared_in
from .free import LEAST, Span, free_in, open_on


class Day(msgspec.Struct, frozen=True):
    """One day of a place: when it is open, which of that is free. No spans: closed, or its hours are not known."""

    day: date
    opened: Sequence[Span]
    free: Sequence[Span]


def lent(by: Act, q: str = "", org: str = "") -> QuerySet[Facility]:
    """The one condition of list and page: places that the actor sees, that have not ended, of a kind that the pack of their own
    organization lends; those too that begin on a later day. ``org`` with all below it. No statement yet."""
    day = orgs.today()
    return facilities.narrowed(by, facilities.Wish(q=q, org=org), day).filter(_lending(day))


def _lending(day: date) -> Q:
    """Of a kind that is lent where it stands: several districts may live together, each by its own pack."""
    packs = defaultdict[frozenset[str], set[str]](set)
    for pack in {one.pack for one in turns(day)}:
        packs[frozenset(name for one in declared_in(pack).values() for name in one.places)].add(pack)
    if len(packs) == 1:
        return Q(kind__in=next(iter(packs)))
    found = Q(pk__in=[])
    for kinds, same in packs.items():
        found |= Q(kind__in=kinds) & ruled_by(same, day)
    return found


def listed(by: Act, org: str, q: str, after: str, limit: int, *, below: bool = True) -> list[Facility]:
    """Places that can be taken, of an organization and all below it ("" of all), by code behind ``after``. One statement."""
    rows = lent(by, q, org) if below else lent(by, q).filter(org=org)
    return list((rows.filter(code__gt=after) if after else rows).order_by("code")[:limit])


def place(by: Act, code: str, *, lock: bool = False) -> Facility | None:
    """One place that can be taken, now or from its first day; locked, nobody ends or changes it meanwhile. One statement."""
    rows = lent(by).filter(code=code)
    return (rows.select_for_update(no_key=True) if lock else rows).first()


def in_use(row: Facility, day: date) -> bool:
    """Whether a place is there on a day. No statement."""
    return row.since <= day and (row.until is None or day < row.until)


def is_lent(row: Facility | None, day: date) -> bool:
    """Whether a place can be had on a day. No statement."""
    return row is not None and in_use(row, day) and bool(ways(row, day))


def ways(row: Facility, day: date) -> Mapping[str, Booking]:
    """The bookings that the pack of its organization declares for such a place. No statement."""
    return {code: one for code, one in bookings_of(str(row.org_id), day).items() if row.kind in one.places}


def taken(code: str, since: datetime, until: datetime) -> list[Span]:
    """When a place is taken, whoever has it. One statement."""
    rows = Slot.objects.filter(~Q(place=""), place=code, holds=True, starts__lt=until, ends__gt=since)
    return list(rows.order_by("starts").values_list("starts", "ends"))


def days(row: Facility, first: date, many: int, now: datetime) -> list[Day]:
    """So many days of a place. One statement."""
    calendar, rules = current_calendar(), hours.parse(row.hours)
    # What begins within the running quarter would be over before the form is sent.
    now += timedelta(seconds=-now.timestamp() % LEAST.seconds)
    held = taken(row.code, midnight(first), midnight(first + timedelta(days=many)))
    found = []
    for n in range(many):
        day = first + timedelta(days=n)
        opened = open_on(rules, day, calendar) if in_use(row, day) else []
        found.append(Day(day, opened, free_in(opened, held, now)))
    return found


def of_org(org: str, now: datetime, limit: int = 50) -> list[Slot]:
    """What an organization has taken and what is not over. One statement."""
    rows = Slot.objects.filter(about=f"org:{org}", form__in=FORMS, ends__gt=now, state="open")
    return list(rows.order_by("starts", "code")[:limit])


def at_places(by: Act, org: str, codes: Sequence[str], until: datetime, limit: int = 200) -> list[Slot]:
    """Who has the places of a keeper from now, of the slots that the actor may open: by start. Bookings of places that are lent no more
    are among them. One statement."""
    rows = visible(by).filter(
        ~Q(place=""), Q(place__in=list(codes)) | Q(form__in=FORMS), org=org, holds=True, ends__gt=by.noted, starts__lt=until,
    )  # fmt: skip
    return list(rows.order_by("starts", "code")[:limit])


def standing(codes: Iterable[str], now: datetime) -> list[Slot]:
    """Bookings of these places that are not over, whoever has them, by start. One statement."""
    rows = Slot.objects.filter(
        ~Q(place=""), place__in=list(codes), form__in=FORMS, state="open", ends__gt=now
    )
    return list(rows.order_by("starts", "code"))


def opened(by: Act, rows: Iterable[Slot]) -> list[Slot]:
    """Those of these that the actor may open. One statement."""
    held = list(rows)
    seen = set(visible(by).filter(code__in=[one.code for one in held]).values_list("code", flat=True))
    return [one for one in held if one.code in seen]


def places_of(codes: Iterable[str]) -> dict[str, Facility]:
    """Places by code, those too that are lent no more. One statement, none for none."""
    wanted = set(codes)
    return {row.code: row for row in Facility.objects.filter(code__in=wanted)} if wanted else {}
