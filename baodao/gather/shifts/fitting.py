"""From shifts with gaps to a question for matching, and its answer for the page. It suggests; `callout.invite` asks people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.kinds import kind_of as gathering
from baodao.gather.matching.asking import ask
from baodao.gather.matching.terms import Pair, Person, Plan, Request, Seats, Span
from baodao.gather.models import Seat, Slot
from baodao.kernel.errors import Invalid
from baodao.places import selectors as places

from . import selectors
from .declare import skills_at, titled
from .limits import Duty, half_of
from .models import CallOut, Willing
from .rules import around, kind_of, midnight

#: Hours of a day by part; a night belongs to the day on which it begins at midnight.
PARTS = {"night": (0, 6), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}
#: Shifts asked about at once: a page waits for the answer.
MOST = 400
PATIENCE = 25.0


Point = tuple[float | None, float | None]


def suggest(call: CallOut, org: str, now: datetime) -> Plan:
    """Who could take the seats of ``org`` that nobody has and nobody is asked for. Raises Busy (the process broke or took too long) and
    Invalid when nothing is missing. Some statements, none for a person."""
    request = request_for(call, org, now)
    if not request.seats:
        raise Invalid.of("", _("没有缺口：每一班都有人，或者已经请了人"), _("等大家答复"))
    return ask(request, patience=PATIENCE)


def request_for(call: CallOut, org: str, now: datetime) -> Request:
    """The question: open seats of an organization in a call-out, and all who offered themselves."""
    rows = Slot.objects.filter(about=f"call:{call.code}", org=org, state="open", starts__gt=now)
    slots = list(
        rows.annotate(invited=Count("rows", filter=Q(rows__state="invited"))).order_by("starts", "code")[
            :MOST
        ]
    )
    point = place_of(org)
    seats = tuple(
        Seats(
            slot.code, Span(_seconds(slot.starts), _seconds(slot.ends)), slot.seats - slot.taken - slot.invited,
            selectors.skill_of(slot.traits), *point,
        )
        for slot in slots
        if slot.seats - slot.taken - slot.invited > 0
    )  # fmt: skip
    if not seats:
        return Request((), ())
    kind, shift = kind_of(call), gathering(org, slots[0].kind)
    since, until = slots[0].starts, max(slot.ends for slot in slots)
    people = selectors.willing()
    duties = selectors.duties([one.token for one in people], *around(since, until))
    half = kind.hours * 60 if kind is not None else 0
    left = _declined([slot.code for slot in slots])
    points = {base: place_of(base) for base in {str(one.base_id) for one in people}}
    asked = tuple(
        _person(one, points[str(one.base_id)], duties[one.token], (since, until), (half, shift.week))
        for one in people
    )
    return Request(
        asked, seats, declined=left, rest=shift.rest * 60, reach=kind.reach if kind is not None else 10_000
    )


def _person(
    one: Willing, point: Point, duties: Sequence[Duty], span: tuple[datetime, datetime], most: tuple[int, int]
) -> Person:
    half, week = most
    begins, over = half_of(span[0])
    mine = [duty for duty in duties if duty.shift and begins <= timezone.localdate(duty.starts) < over]
    served = sum(duty.length for duty in mine)
    near = [
        d
        for d in duties
        if d.shift and d.ends > span[0] - timedelta(days=7) and d.starts < span[1] + timedelta(days=7)
    ]
    caps = [half] if half else []
    if week:
        # Safe for every seven days that touch these shifts: what is near already is taken off once.
        caps.append(served + max(0, week - sum(duty.length for duty in near)))
    return Person(
        one.token, selectors.words(one.skills), free_times(one, *span), *point,
        served=served * 60, cap=min(caps) * 60 if caps else None,
        duties=tuple(Span(_seconds(d.starts), _seconds(d.ends)) for d in duties if d.shift),
        busy=tuple(Span(_seconds(d.starts), _seconds(d.ends)) for d in duties if not d.shift),
    )  # fmt: skip


def free_times(one: Willing, since: datetime, until: datetime) -> tuple[Span, ...]:
    """Her days and parts of the day between two moments."""
    found = []
    day = timezone.localdate(since) - timedelta(days=1)
    while day <= timezone.localdate(until):
        if str(day.weekday()) in one.days:
            for part in selectors.words(one.parts):
                starts, ends = PARTS[part]
                found.append(Span(_hour(day, starts), _hour(day, ends)))
        day += timedelta(days=1)
    return tuple(found)


def _declined(codes: Sequence[str]) -> tuple[Pair, ...]:
    """Who gave one of these shifts back or said no: not asked again for it."""
    rows = Seat.objects.filter(slot__in=list(codes), state="left").values_list("token", "slot_id")
    return tuple(Pair(token, str(slot)) for token, slot in rows)


def place_of(org: str) -> Point:
    """A point of an organization: the middle of its grids' points; (None, None) where none is drawn. No statement."""
    grids = places.grids_of(org)
    if not grids:
        return None, None
    return sum(one.lon for one in grids) / len(grids), sum(one.lat for one in grids) / len(grids)


def names_of_skills(org: str) -> dict[str, str]:
    """What skills are called at an organization, for the words of reasons."""
    return {code: titled(one, code) for code, one in skills_at(org).items()}


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _hour(day: date, hour: int) -> int:
    return _seconds(midnight(day)) + hour * 3600
