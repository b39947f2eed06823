"""Reads of classes: the catalogue, a class, one's own hours and what is still missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from msgspec import Struct

from baodao.gather.models import Seat, Slot
from baodao.kernel.act import Subject
from baodao.ledger.models import Fact
from baodao.matters.models import Matter
from baodao.orgs import selectors as orgs
from baodao.orgs.duties import district_of
from baodao.people.selectors import tokens_of

from .declare import Course, Plan
from .models import Application, Call, Klass, TestTally

#: Traits of a session: its course, and the way in which it is taken.
COURSE, WAY = "course.", "way."
#: Minutes of one 学时, as the norm of 32 a year counts them.
HOUR = 45
#: From so many tries on the sums of tests are told.
LEAST = 10
WAYS = ("on_site", "by_video", "on_line")
#: States of presence that count.
CAME = ("present", "phone", "visit", "made_up")


def of_class(org: str, persons: tuple[str, ...] = ()) -> Subject:
    """What a right on an organization's classes is asked about."""
    return Subject(ref=f"org:{org}", org=org, level=1, persons=persons)


def catalogue(org: str, day: date, after: str = "", limit: int = 51) -> list[Klass]:
    """Open classes of the district that anybody of it may choose, by code. One statement."""
    rows = Klass.objects.filter(until__isnull=True, closed=False, code__gt=after)
    return list(rows.filter(org__in=orgs.under([district_of(org, day) or org], day)).order_by("code")[:limit])


def chosen_freely(after: str = "", limit: int = 100) -> list[Klass]:
    """Open classes that are not given out by list, anywhere, the newest first; of which plans, the page asks. One statement."""
    rows = Klass.objects.filter(until__isnull=True, closed=False)
    return list((rows.filter(code__lt=after) if after else rows).order_by("-code")[:limit])


def convened(org: str, after: str = "", limit: int = 51) -> list[Klass]:
    """Classes of one organization, the newest first. One statement."""
    rows = Klass.objects.filter(org=org)
    rows = rows.filter(code__lt=after) if after else rows
    return list(rows.order_by("-code")[:limit])


def klass(code: str) -> Klass | None:
    """One class. One statement."""
    return Klass.objects.filter(code=code).first()


def sessions(code: str) -> list[Slot]:
    """The sessions of a class that were not called off, the earliest first. One statement."""
    return list(Slot.objects.filter(series=code).exclude(state="called_off").order_by("starts", "code")[:200])


def session(code: str) -> Slot | None:
    """One session of any class. One statement."""
    return Slot.objects.filter(code=code).first()


def trait(slot: Slot, prefix: str) -> str:
    """A trait of a session: its course ("" for one of its own), the way."""
    return next((one.removeprefix(prefix) for one in slot.traits.split(",") if one.startswith(prefix)), "")


class Mine(Struct, frozen=True):
    """What a person has of training: minutes credited in the year, courses (plan.name) that she took, her classes with her state."""

    minutes: int
    courses: frozenset[str]
    classes: Mapping[str, str]
    """Class → seat, waiting, invited."""
    slots: Mapping[str, str]
    """Slot → her presence, "" for none yet."""
    years: Mapping[int, int] = {}
    """Year → minutes credited."""
    credited: Mapping[str, int] = {}
    """Slot → minutes credited."""
    taken: Mapping[str, int] = {}
    """Course → the last year in which she took it."""


def mine(person: str, day: date) -> Mine:
    """Of somebody herself. Two statements."""
    tokens = list(tokens_of(person).values()) if person else []
    rows = Seat.objects.filter(token__in=tokens, slot__traits__contains=f",{COURSE}").exclude(state="left")
    years: Counter[int] = Counter()
    taken: dict[str, int] = {}
    classes: dict[str, str] = {}
    slots: dict[str, str] = {}
    credited: dict[str, int] = {}
    for row in rows.select_related("slot").order_by("starts"):
        year = timezone.localdate(row.starts).year
        years[year] += row.minutes
        if row.status in CAME and (course := trait(row.slot, COURSE)):
            taken[course] = year
        if row.slot.series:
            classes[row.slot.series] = row.state
        slots[row.slot.code] = row.status
        credited[row.slot.code] = row.minutes
    return Mine(years[day.year], frozenset(taken), classes, slots, years, credited, taken)


def missing(
    plans: Mapping[str, Plan], kinds: Sequence[str], had: Mine, since: int = 0
) -> list[tuple[str, Plan, list[Course]]]:
    """(name, plan, required courses not yet taken from a year on) of the plans that holders of these kinds of post owe. Pure."""
    lately = {course for course, year in had.taken.items() if year >= since}
    return [
        (name, plan, [one for one in plan.course if one.required and f"{name}.{one.name}" not in lately])
        for name, plan in plans.items()
        if set(plan.owed_by) & set(kinds)
    ]


class Result(Struct, frozen=True):
    """How many are in a class, and how many took all of its sessions' required courses."""

    pupils: int
    finished: int


def result(code: str, required: frozenset[str]) -> Result:
    """Counts alone. One statement."""
    rows = Seat.objects.filter(slot__series=code, state="seat").select_related("slot")
    had: dict[str, set[str]] = {}
    for row in rows:
        taken = had.setdefault(row.token, set())
        if row.status in CAME:
            taken.add(trait(row.slot, COURSE))
    return Result(len(had), sum(required <= taken for taken in had.values()))


def tally(code: str) -> TestTally | None:
    """The tests of a class, together. One statement."""
    return TestTally.objects.filter(klass=code).first()


class Judged(Struct, frozen=True):
    """What those who came said of a class, session by session, put together: how many ratings, and how many gave 1 to 5 stars (empty below ten)."""

    n: int
    stars: tuple[int, ...] = ()


def summed(stars: Sequence[int]) -> Judged:
    """Pure: ratings of a class as they may be shown."""
    found = Counter(stars)
    n = found.total()
    return Judged(n, tuple(found[star] for star in range(1, 6)) if n >= LEAST else ())


def judged(codes: Sequence[str]) -> Judged:
    """The end-of-class evaluation: ratings of its sessions by those who came, never of a person. One statement."""
    rows = Fact.objects.filter(subject__in=[f"gather:{code}" for code in codes], kind="gather.rated")
    return summed([value or 0 for value in rows.exclude(person="").values_list("value", flat=True)])


def next_sessions(courses: Sequence[str], now: datetime, org: str, day: date) -> dict[str, list[Slot]]:
    """Course (plan.name) → its three next sessions, of classes that can be chosen. One statement, whatever their number."""
    if not courses:
        return {}
    named = Q(pk__in=[])
    for course in courses:
        named |= Q(traits__contains=f",{COURSE}{course},")
    codes = Klass.objects.filter(Q(closed=False), until__isnull=True).values("code")
    under = orgs.under([district_of(org, day) or org], day)
    rows = Slot.objects.filter(named, state="open", ends__gt=now, series__in=codes, org__in=under)
    found: dict[str, list[Slot]] = {}
    for slot in rows.order_by("starts")[:500]:
        found.setdefault(trait(slot, COURSE), []).append(slot)
    return {course: slots[:3] for course, slots in found.items()}


def roll(code: str) -> list[str]:
    """Tokens of a class, in the order in which they came. One statement."""
    rows = Seat.objects.filter(slot__series=code, state="seat").order_by("n", "token")
    return list(dict.fromkeys(rows.values_list("token", flat=True)))


def enrolled(code: str) -> list[str]:
    """Tokens of those in a class or in its row, in the order in which they came. One statement."""
    rows = Seat.objects.filter(slot__series=code).exclude(state="left").order_by("n", "token")
    return list(dict.fromkeys(rows.values_list("token", flat=True)))


def seats_of(codes: Sequence[str]) -> int:
    """How many are in these classes, each counted once in each. One statement."""
    rows = Seat.objects.filter(slot__series__in=list(codes)).exclude(state="left")
    return rows.values("slot__series", "token").distinct().count()


def came_to(slot: str) -> set[str]:
    """Tokens of those whose presence at a session counts. One statement."""
    return set(Seat.objects.filter(slot=slot, status__in=CAME).values_list("token", flat=True))


def calls(org: str, day: date, after: str = "", limit: int = 51) -> list[Call]:
    """Calls of the district of an organization ("": of all), the newest first. One statement."""
    rows = Call.objects.all()
    district = district_of(org, day) if org else ""
    rows = rows.filter(org__in=orgs.under([district], day)) if district else rows
    rows = rows.filter(code__lt=after) if after else rows
    return list(rows.order_by("-code")[:limit])


def open_now(day: date, limit: int = 50) -> list[Call]:
    """Calls to which one may apply on a day, the first to end first. One statement."""
    return list(Call.objects.filter(since__lte=day, until__gte=day).order_by("until", "code")[:limit])


def call(code: str) -> Call | None:
    """One call. One statement."""
    return Call.objects.filter(code=code).first()


def applications(code: str) -> list[Matter]:
    """Applications to a call, by number; whoever asks has asked for the call before. One statement."""
    numbers = Application.objects.filter(call=code).values("number")
    return list(Matter.objects.filter(number__in=numbers).order_by("number"))
