"""Which opening for whom: all members and all open seats at once, by matching in its own process. A plan suggests; she claims, or not.
Where none is there, or it has nothing for her, the page sorts by way and time (`selectors.suggested`).

What is asked: communities she may serve at (hard), her time, the way from where she reports; few hours in this half-year first, an earlier
suggestion stays, who claimed is moved by nobody. No point of hers is kept: a person stands where her community stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db.models import Sum
from django.utils import timezone

from baodao.gather.matching.asking import ask
from baodao.gather.matching.terms import Pair, Person, Plan, Request, Seats, Span, Suggestion, Why
from baodao.gather.matching.words import told
from baodao.gather.models import Seat, Slot

from .halves import half_of
from .models import ServiceMember, ServiceOut, ServicePlace, ServiceRecord, ServiceSuggested
from .resting import linked_now
from .selectors import centre, enough_at, rules, spot_of

#: Weeks ahead, the most openings and the most members of one plan, the farthest way.
AHEAD, SLOTS, PEOPLE, REACH = timedelta(days=63), 2_000, 6_000, 20_000
#: Seats of an opening without a limit, as far as a plan goes.
OPEN = 20
_WHY = tuple[Why, ...]


def plan(now: datetime) -> Plan | None:
    """The plan for the weeks ahead; None when there is nobody or nothing to plan. Raises Busy (the process broke or took too long). A
    fixed number of statements for any number of members."""
    request = request_for(now)
    return ask(request) if request.people and request.seats else None


def request_for(now: datetime) -> Request:
    """The question that is asked of matching."""
    day = timezone.localdate(now)
    slots = _slots(now, day)
    if not any(not slot.seats or slot.taken < slot.seats for slot in slots):
        return Request((), ())
    people = _people(day)
    codes = [slot.code for slot in slots]
    held = _held(codes)
    earlier = ServiceSuggested.objects.filter(slot__in=codes).order_by("token", "slot")
    return Request(
        _persons(people, day, (now, now + AHEAD)),
        tuple(_seats(slot, day) for slot in slots),
        confirmed=tuple(Pair(token, slot) for token, slot, state in held if state == "seat"),
        suggested=tuple(Pair(one.token, one.slot) for one in earlier),
        declined=tuple(Pair(token, slot) for token, slot, state in held if state != "seat"),
        reach=REACH,
    )


def _slots(now: datetime, day: date) -> list[Slot]:
    # Full ones too: whoever has a seat there has had her turn.
    rows = Slot.objects.filter(form="opening", state="open", starts__gt=now, starts__lte=now + AHEAD)
    found = list(rows.order_by("starts", "code")[:SLOTS])
    closed = enough_at({str(slot.org_id) for slot in found}, day)
    return [slot for slot in found if str(slot.org_id) not in closed and _opening(slot, day)]


def _opening(slot: Slot, day: date) -> bool:
    said = rules(str(slot.org_id), day)
    return said is not None and slot.kind in said.opening


def _seats(slot: Slot, day: date) -> Seats:
    spot = spot_of(slot.place, str(slot.org_id), day)
    lon, lat = spot if spot is not None else (None, None)
    need = slot.seats or slot.taken + OPEN
    return Seats(slot.code, _span(slot.starts, slot.ends), need, str(slot.org_id), lon, lat)


def _people(day: date) -> dict[str, dict[str, str]]:
    """Token → communities where she may serve → how she comes there; who is out for this half-year is left out. Four statements."""
    units = ServiceMember.objects.filter(until__isnull=True).order_by("token").values_list("token", "org_id")
    where: dict[str, list[str]] = {}
    for token, unit in units:
        where.setdefault(token, []).append(str(unit))
    links = linked_now({unit for held in where.values() for unit in held}, day)
    places = ServicePlace.objects.filter(until__isnull=True).order_by("token", "n")
    found: dict[str, dict[str, str]] = {}
    for token, org, role in places.values_list("token", "org_id", "role"):
        found.setdefault(token, {})[str(org)] = role
    for token, held in where.items():
        for unit in held:
            found.setdefault(token, {}).update(dict.fromkeys(links.get(unit, ()), "linked"))
    out = set(ServiceOut.objects.filter(half=half_of(day).code).values_list("token", flat=True))
    kept = sorted(token for token, at in found.items() if at and token not in out)
    return {token: found[token] for token in kept[:PEOPLE]}


def _persons(
    people: Mapping[str, Mapping[str, str]], day: date, span: tuple[datetime, datetime]
) -> tuple[Person, ...]:
    half = half_of(day)
    done = ServiceRecord.objects.filter(state="confirmed", day__gte=half.first, day__lt=half.end)
    served = dict(done.values_list("token").annotate(all=Sum("minutes")))
    busy: dict[str, list[Span]] = {}
    rows = Seat.objects.filter(holds=True, starts__lt=span[1], ends__gt=span[0])
    for token, starts, ends in rows.values_list("token", "starts", "ends"):
        if token in people:
            busy.setdefault(token, []).append(_span(starts, ends))
    points = {org: centre(org, day) for at in people.values() for org in at}
    found = []
    for token, at in people.items():
        home = next((org for org, role in at.items() if role == "home"), next(iter(at)))
        lon, lat = points[home] or (None, None)
        found.append(
            Person(
                token,
                tuple(sorted(at)),
                None,
                lon,
                lat,
                served=60 * served.get(token, 0),
                busy=tuple(sorted(busy.get(token, ()), key=lambda one: one.starts)),
            )
        )
    return tuple(found)


def _held(codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """(token, slot, state) of rows there are: claimed, waiting, given back. One statement."""
    rows = Seat.objects.filter(slot__in=list(codes)).order_by("slot", "n")
    return [(token, str(slot), state) for token, slot, state in rows.values_list("token", "slot_id", "state")]


def _span(starts: datetime, ends: datetime) -> Span:
    return Span(int(starts.timestamp()), int(ends.timestamp()))


# ── what the page reads ─────────────────────────────────────────────────────────────────────────────────


def columns(one: Suggestion, made: datetime) -> dict[str, object]:
    """A suggestion as model columns."""
    why = tuple(reason for reason in one.why if reason.code != "skill")
    return {
        "token": one.who, "slot": one.slot, "cost": one.cost, "why": msgspec.json.encode(why).decode(),
        "made": made,
    }  # fmt: skip


def planned() -> bool:
    """Whether anything is suggested to anybody. One statement."""
    return ServiceSuggested.objects.exists()


def planned_for(token: str) -> dict[str, tuple[str, ...]]:
    """Slot → why it is suggested to her, in words. One statement."""
    rows = ServiceSuggested.objects.filter(token=token).order_by("cost", "slot") if token else []
    return {
        row.slot: tuple(told(reason, {}) for reason in msgspec.json.decode(row.why, type=_WHY))
        for row in rows
    }
