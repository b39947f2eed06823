"""Gatherings of the town of the generated tests, and all that hangs on them: shifts of a call-out, rounds, checks, bookings, classes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from baodao.kernel.act import Subject
from tests.support.town import OFFICE, OTHER_STREET, SINCE, STREET, A, B, Town

from .day import TODAY
from .kept import Held, lies

Found = dict[str, dict[str, Held]]


def tomorrow(hour: int, days: int = 1) -> datetime:
    return timezone.make_aware(datetime.combine(TODAY + timedelta(days=days), time(hour)))


def evenings(town: Town) -> Found:
    found: Found = {}
    for make in (_slots, _callouts, _patrols, _checks, _bookings, _courses, _goals, _duties):
        found |= make(town)
    found["hidden_slots"] = found.pop("shifts")
    found["slots"] = found["open_slots"] | found["hidden_slots"]
    return found


def _slots(_town: Town) -> Found:
    from baodao.gather.ruling import NewSlot
    from baodao.gather.services.opening import open_slots

    from .stock import system

    # In the evening: the emergency desk, which begins now, keeps its people for twelve hours.
    new = NewSlot("volunteer", A, tomorrow(18), tomorrow(20), "清洁日")
    codes = open_slots(system(), slots=[new])
    return {"open_slots": {code: lies(A, 0, legs=True) for code in codes}}


def _callouts(_town: Town) -> Found:
    from baodao.gather.models import Slot
    from baodao.gather.shifts.services.calls import NewCallOut, declare_callout

    from .stock import system

    new = NewCallOut(
        "flood", STREET, (A, B), TODAY + timedelta(days=1), 1, 2, turns=(1,), insurance="保单1号"
    )
    code = declare_callout(system(), new=new)
    slot = Slot.objects.filter(about=f"call:{code}", org=A).values_list("code", flat=True).get()
    held = Held(Subject(ref="x", org=STREET, level=1, legs=((A, ""), (B, ""))))
    return {"callouts": {code: held}, "shifts": {slot: lies(A, 1, legs=True)}}


def _patrols(town: Town) -> Found:
    from baodao.gather.patrols.models import RoutePoint
    from baodao.gather.patrols.services import NewPoint, NewRoute, plan_route, start_round

    from .stock import by, system

    new = NewRoute(A, "夜巡", "points", ("22:00-06:00",), (NewPoint("桥头"), NewPoint("巷口")))
    code = plan_route(system(), new=new)
    walk = start_round(by(town, "secretary"), code=code)
    mark = RoutePoint.objects.filter(route=code).values_list("mark", flat=True)[0]
    return {
        "routes": {code: lies(A)},
        "marks": {mark: lies(A)},
        "walks": {walk: lies(A, persons=("secretary",))},
    }


def _checks(town: Town) -> Found:
    from baodao.gather.patrols.checks import NewCheck, open_check

    from .stock import by

    new = NewCheck(A, "某小店", "甲街3号", tomorrow(15), 2, with_orgs=(OFFICE,))
    slot = open_check(by(town, "secretary"), new=new)
    return {"checks": {slot: Held(Subject(ref="x", org=A, level=1, legs=((A, ""), (OFFICE, ""))))}}


def booked(hour: int) -> dict[str, Any]:
    """A room of A for an hour, for A."""
    return {
        "booking": "room", "place": "fac-room", "starts": tomorrow(hour, 2), "ends": tomorrow(hour + 1, 2), "use": "talk", "people": 5,
        "org": A,
    }  # fmt: skip


def _bookings(town: Town) -> Found:
    from baodao.gather.booking.services import Wanted, book

    from .stock import by

    code = book(by(town, "secretary"), wanted=Wanted(**booked(9)))
    return {"bookings": {code: lies(A, 1, legs=True)}}


def _courses(_town: Town) -> Found:
    from baodao.gather.courses.programmes.services import NewClass, NewSession, add_sessions, open_classes
    from baodao.gather.courses.services import NewOffer, make_offers

    from .stock import system

    offers = make_offers(system(), offers=[NewOffer(A, "law", "生活里的民法典", ("yard",), SINCE)])
    new = [
        NewClass(STREET, "community_basics", "基础班", TODAY, closed=True),
        NewClass(A, "core_volunteers", "骨干班", TODAY),
    ]
    closed, public = open_classes(system(), classes=new)
    slots = add_sessions(system(), code=closed, sessions=[NewSession(tomorrow(14), 60, "requests")])
    add_sessions(system(), code=public, sessions=[NewSession(tomorrow(10), 60, title="第一课")])
    return {
        "offers": {code: lies(A) for code in offers},
        "closed_classes": {closed: lies(STREET, persons=("sibling",))},
        "open_classes": {public: lies(A)},
        "sessions": {code: lies(STREET) for code in slots},
    }


def _duties(town: Town) -> Found:
    """A duty list of A and of the other street, and a change that is proposed."""
    from baodao.orgs.duties import NewDuty, NewList
    from baodao.orgs.services.duty import adopt_duties, propose_change

    from .stock import by, system

    items = [NewDuty("1", "调解邻里纠纷", "cooperating"), NewDuty("2", "清理楼道", "basic")]
    adopt_duties(system(), lists=[NewList(org, SINCE, items) for org in (A, OTHER_STREET)])
    wanted = propose_change(by(town, "superior"), org=A, item="2", reason="moved")
    return {"duty_changes": {wanted: lies(A)}}


def _goals(_town: Town) -> Found:
    """A training plan of the street, a call of the office, a cluster with boards of the street and A."""
    from baodao.gather.courses.programmes.calls import NewCall, open_calls
    from baodao.gather.courses.programmes.facts import Goal
    from baodao.gather.courses.programmes.goals import NewPlan, set_plans
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    from .stock import system

    year, today = TODAY.year, TODAY
    plan = NewPlan(STREET, "五年规划", year, year + 4, (Goal("community_secretary", year, 10, 20),))
    call = NewCall(
        OFFICE, "young", "青年人才申报", "三十五岁以下", "有成果", today, today + timedelta(days=20)
    )
    cluster = NewAlliance(
        kind="cluster", name="东片区", name_en="", seat=STREET, since=SINCE, until=None, members=(NewMember(A, "member"),)
    )  # fmt: skip
    joined = Held(Subject(ref="x", org=STREET, level=1, legs=((A, ""),)))
    return {
        "training_plans": {code: lies(STREET) for code in set_plans(system(), plans=[plan])},
        "calls": {code: lies(OFFICE) for code in open_calls(system(), calls=[call])},
        "clusters": dict.fromkeys(found_alliances(system(), alliances=[cluster]).codes, joined),
    }
