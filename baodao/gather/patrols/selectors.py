"""Reads of patrols and joint checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from baodao.gather.models import Seat, Slot
from baodao.kernel.act import Act, Subject
from baodao.orgs import selectors as orgs
from baodao.orgs.duties import district_of
from baodao.orgs.policies import Columns, reach_of, where
from baodao.people.selectors import token_for

from .models import Check, CheckUnit, Find, Passing, Route, RoutePoint

READ, WALK, PLAN, CHECK_READ, DOMAIN = "patrol.read", "patrol.walk", "patrol.plan", "check.read", "service"
_ROUTES = Columns(org="org_id", level="level", key="pk")
_CHECKS = Columns(org="org_id", level="level", key="pk", legs=(CheckUnit, "visit", "org_id", "org_id"))


def of_org(org: str, ref: str = "route:new") -> Subject:
    """What rights on routes and checks are asked about."""
    return Subject(ref=ref, org=org, level=1)


def routes(by: Act, limit: int = 200) -> list[Route]:
    """Routes that this actor sees, open ones first. One statement."""
    reach = reach_of(by, READ)
    rows = Route.objects.filter(where(reach, _ROUTES)) if reach else Route.objects.none()
    return list(rows.order_by("closed", "org_id", "code")[:limit])


def route(by: Act, code: str) -> Route | None:
    """One of them. One statement."""
    reach = reach_of(by, READ)
    return Route.objects.filter(where(reach, _ROUTES), code=code).first() if reach else None


def points(code: str) -> list[RoutePoint]:
    """Its points in order. One statement."""
    return list(RoutePoint.objects.filter(route=code).order_by("n"))


def point_of(mark: str) -> RoutePoint | None:
    """The point on which a code hangs, with its route. One statement."""
    return RoutePoint.objects.filter(mark=mark[:40]).select_related("route").first()


class Round(msgspec.Struct, frozen=True):
    """A round of a route: when, how many of its points were passed."""

    slot: str
    starts: datetime
    state: str
    passed: int
    finds: int


def rounds(code: str, since: datetime, limit: int = 50) -> list[Round]:
    """Rounds since a moment, the newest first. Three statements."""
    slots = list(
        Slot.objects.filter(about=f"route:{code}", starts__gte=since).order_by("-starts", "-code")[:limit]
    )
    names = [slot.code for slot in slots]
    passed = dict(Passing.objects.filter(slot__in=names).values_list("slot").annotate(n=Count("id")))
    finds = dict(Find.objects.filter(slot__in=names).values_list("slot").annotate(n=Count("number")))
    return [Round(s.code, s.starts, s.state, passed.get(s.code, 0), finds.get(s.code, 0)) for s in slots]


def coverage(route_: Route, day: date, many: int) -> list[tuple[str, int]]:
    """(round "22:00-06:00", points passed in it) for a local day. One statement; a round over midnight counts to the day it begins."""
    from .times import times_of

    found = []
    whole = [(one, *times_of(one, day)) for one in rounds_of(route_)]
    if not whole:
        return []
    since, until = min(s for _o, s, _e in whole), max(e for _o, _s, e in whole)
    held = list(Passing.objects.filter(route=route_.code, at__gte=since, at__lt=until).values_list("n", "at"))
    for name, starts, ends in whole:
        found.append((name, min(many, len({n for n, at in held if starts <= at < ends}))))
    return found


def rounds_of(route_: Route) -> tuple[str, ...]:
    """The rounds of a day."""
    return tuple(one for one in route_.rounds.split(",") if one)


def passings(slot: str) -> dict[int, Passing]:
    """Point → its passing. One statement."""
    return {row.n: row for row in Passing.objects.filter(slot=slot)}


def finds(slot: str) -> list[Find]:
    """Matters that a round or a check opened. One statement."""
    return list(Find.objects.filter(slot=slot).order_by("number"))


def my_walk(person: str, slot: str) -> Slot | None:
    """A round in which this person has a seat. Two statements."""
    token = token_for(person, DOMAIN)
    rows = Seat.objects.filter(slot=slot, token=token, state="seat", slot__form="patrol").select_related(
        "slot"
    )
    found = rows.first() if token else None
    return found.slot if found is not None else None


def my_open_walk(person: str, route_: str, now: datetime) -> str:
    """The round of a route that this person is walking now; "" for none. Two statements."""
    token = token_for(person, DOMAIN)
    rows = Seat.objects.filter(token=token, state="seat", slot__about=f"route:{route_}", slot__state="open")
    rows = rows.filter(slot__ends__gt=now)
    return str(rows.order_by("-starts").values_list("slot_id", flat=True).first() or "") if token else ""


# ── joint checks ────────────────────────────────────────────────────────────────────────────────────────


def checks(by: Act, limit: int = 100) -> list[Check]:
    """Checks of the last half-year that this actor sees, the newest first. One statement."""
    rows = _visible(by).filter(day__gte=timezone.localdate(by.noted) - timedelta(days=183))
    return list(rows.order_by("-day", "-slot")[:limit])


def check(by: Act, slot: str) -> Check | None:
    """One of them. One statement."""
    return _visible(by).filter(slot=slot).first()


def _visible(by: Act) -> QuerySet[Check]:
    reach = reach_of(by, CHECK_READ)
    return Check.objects.filter(where(reach, _CHECKS)) if reach else Check.objects.none()


def units(slots: Sequence[str]) -> dict[str, list[str]]:
    """Slot → departments that come along. One statement."""
    found: dict[str, list[str]] = {}
    for slot, org in (
        CheckUnit.objects.filter(visit__in=list(slots)).order_by("org").values_list("visit_id", "org_id")
    ):
        found.setdefault(str(slot), []).append(str(org))
    return found


def of_check(row: Check, orgs_: Sequence[str]) -> Subject:
    """A check as a rule is asked about it: all who come along."""
    return Subject(
        ref=f"check:{row.slot}", org=str(row.org_id), level=1, legs=tuple((one, "") for one in orgs_)
    )


def slot_of(slot: str) -> Slot:
    """The slot of a check or a round. One statement."""
    return Slot.objects.get(code=slot)


def same_day(org: str, title: str, address: str, day: date) -> Check | None:
    """A check on the same day, still to come, of the same place of the district: of one name, or at one address. One statement."""
    named = Q(title=title.strip())
    if address.strip():
        named |= Q(address=address.strip())
    slots = Slot.objects.filter(form="visit", state="open").values("code")
    home = district_of(org, day)
    found = Check.objects.filter(named, day=day, slot__in=slots).order_by("slot")[:50]
    return next((one for one in found if district_of(str(one.org_id), day) == home), None)


def grids(org: str) -> list[tuple[str, str, float, float]]:
    """(code, name, lon, lat) of an organization's grids, for a route by area. No statement."""
    from baodao.places.selectors import grids_of

    return [(one.code, one.name, one.lon, one.lat) for one in grids_of(org, orgs.today())]
