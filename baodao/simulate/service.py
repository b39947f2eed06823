"""Scenes of members' service, of call-outs and of patrols: openings are claimed, told, confirmed and rated; an emergency is declared,
people who offered themselves are asked and come, it is reviewed, and a second one is being filled; routes are walked by points."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from baodao.gather.models import Seat, Slot
from baodao.gather.patrols import services as patrols
from baodao.gather.patrols.models import RoutePoint
from baodao.gather.service.services.listing import Listing, list_members, report_at
from baodao.gather.service.services.openings import Offer, claim, offer
from baodao.gather.service.services.serving import Confirm, confirm, rate, tell
from baodao.gather.services import attend
from baodao.gather.services.presence import Came
from baodao.gather.shifts.services.calls import NewCallOut, declare_callout, end_callout, review_callout
from baodao.gather.shifts.services.seats import Invite, answer_call, invite_to_shifts
from baodao.gather.shifts.services.willing import offer_self
from baodao.people.selectors import token_for

from . import words
from .helpers import PAIRED
from .life import Life, Scene, home, office

Beginning = tuple[datetime, Callable[[datetime], Scene]]
#: Members of a unit's list; residents who offer themselves.
MEMBERS, WILLING = 6, 6


def beginnings(life: Life, begin: datetime, rng: random.Random) -> Iterator[Beginning]:
    """Lists and openings in the first week, one call-out in the middle and one at the end, a round every fifth day."""
    for number in range(PAIRED):
        yield begin + timedelta(days=1 + number, hours=9), _serve(life, number, rng)
    yield begin + timedelta(days=3), lambda at: _willing(life, at, rng)
    # After people have offered themselves: a life that is lived again must find what it found the first time.
    yield (
        max(life.until - timedelta(days=25), begin + timedelta(days=6)),
        lambda at: _emergency(life, at, over=True),
    )
    yield life.workdays_ago(1), lambda at: _emergency(life, at, over=False)
    chance = random.Random(rng.random())
    yield begin + timedelta(days=4), lambda at: _walks(life, at, chance)


def _serve(life: Life, number: int, rng: random.Random) -> Callable[[datetime], Scene]:
    return lambda at: _served(life, at, number, rng)


def _served(life: Life, at: datetime, number: int, rng: random.Random) -> Scene:
    """A unit puts members onto its list, they report at its community, claim Saturdays, say what they did and are confirmed."""
    at = yield office(1)
    cast = life.cast
    community, bureau = cast.callers[number], cast.bureaus[number]
    secretary, organizer = (
        cast.post_at(community, "community_secretary"),
        cast.post_at(bureau, "service_organizer"),
    )
    members = [cast.holds(post)[0] for place in cast.callers for post in cast.members_of(place)]
    chosen = members[number * MEMBERS : (number + 1) * MEMBERS]
    phones = _phones(life)
    lines = [
        Listing(bureau, words.name(rng), phones[uid], life.day_of(at)) for uid in chosen if uid in phones
    ]
    life.attempt("list", list_members, life.staff(organizer, at), members_=lines)
    at = yield office(2)
    days = max(8, (life.day_of(life.until) - life.day_of(at)).days + 12)
    opening = Offer(
        org=community, kind="service_opening", title="清理楼道杂物（模拟）", since=life.day_of(at),
        until=life.day_of(at) + timedelta(days=days), starts=time(9), minutes=120, wanted=2 * (days // 7), weekdays=(5,),
        where="社区服务中心门口",
    )  # fmt: skip
    planned = life.attempt("openings", offer, life.staff(secretary, at), offer=opening)
    for uid in chosen:
        at = yield home(rng.uniform(1, 6))
        life.attempt("report", report_at, life.resident(uid, at), place=community, since=life.day_of(at))
    for place, code in enumerate(planned.codes if planned else ()):
        slot = Slot.objects.filter(code=code).first()
        if slot is not None:
            life.play(_one(life, at, slot, (secretary, chosen[place % len(chosen)]), rng), at)


def _one(life: Life, at: datetime, slot: Slot, who: tuple[str, str], rng: random.Random) -> Scene:
    secretary, uid = who
    before = slot.starts - timedelta(days=rng.uniform(2, 5))
    at = yield home(max(0.1, (before - at).total_seconds() / 3600))
    if life.maybe("claim", claim, life.resident(uid, at), slot=slot.code) != "seat":
        return
    at = yield home(max(0.1, (slot.ends + timedelta(hours=1) - at).total_seconds() / 3600))
    told = life.attempt(
        "told", tell, life.resident(uid, at), slot=slot.code, minutes=120, text="清了三个单元的楼道。"
    )
    if not told or slot.ends > life.until - timedelta(days=4):
        return  # these wait for the community's word
    at = yield office(4)
    word = [Confirm(slot.code, token_for(uid, "service"), True, 120)]
    life.attempt("confirm", confirm, life.staff(secretary, at), confirms=word)
    if rng.random() < 0.6:
        life.maybe("rate", rate, life.staff(secretary, at), slot=slot.code, stars=rng.choice((4, 5)))


def _phones(life: Life) -> dict[str, str]:
    """uid → the telephone that a district's own posts were given, in their order."""
    first = int(life.cast.district) % 1000 * 10_000
    return {
        held[0]: words.phone(first + n)
        for n, held in enumerate(life.cast.posts.values())
        if held[2] == "service_member"
    }


def _willing(life: Life, at: datetime, rng: random.Random) -> Scene:
    for uid, place in life.cast.residents[1 : 1 + WILLING]:
        at = yield home(rng.uniform(0.5, 2))
        life.attempt(
            "willing",
            offer_self,
            life.resident(uid, at),
            skills=["drive"],
            days=list(range(7)),
            parts=["morning", "afternoon", "evening"],
            base=place,
        )


def _emergency(life: Life, at: datetime, *, over: bool) -> Scene:
    """Declared by the first street for two of its communities; those who offered themselves are asked, and mostly come."""
    at = yield office(1)
    cast = life.cast
    area = cast.callers[0]
    head = cast.post_at(area[:9], "department_head")
    new = NewCallOut(
        "flood", area[:9], (area,), life.day_of(at) + timedelta(days=1), 1 if over else 2, 2, (0, 1), title="防汛值守（模拟）",
        insurance="模拟保单 0002",
    )  # fmt: skip
    code = life.attempt("callout", declare_callout, life.staff(head, at), new=new)
    if not code:
        return
    slots = list(Slot.objects.filter(about=f"call:{code}").order_by("starts"))
    asked = [uid for uid, _place in cast.residents[1 : 1 + WILLING]][: 2 * len(slots)]
    secretary = cast.post_at(area, "community_secretary")
    for place, uid in enumerate(asked[: len(slots)]):
        token, slot = token_for(uid, "service"), slots[place % len(slots)].code
        if not token:
            continue
        sent = life.maybe(
            "invite", invite_to_shifts, life.staff(secretary, at), invites=[Invite(slot, token)]
        )
        if sent:
            at = yield home(0.3)
            life.maybe("answer", answer_call, life.resident(uid, at), slot=slot, yes=True)
    if over:
        yield from _reviewed(life, at, (code, head, secretary), slots)


def _reviewed(life: Life, at: datetime, call: tuple[str, str, str], slots: list[Slot]) -> Scene:
    code, head, secretary = call
    last = max(slot.ends for slot in slots)
    at = yield home((last + timedelta(hours=1) - at).total_seconds() / 3600)
    for slot in slots:
        tokens = list(
            Seat.objects.filter(slot=slot.code, state="seat").order_by("n").values_list("token", flat=True)
        )
        if tokens:
            life.maybe(
                "presence",
                attend,
                life.staff(secretary, at),
                slot=slot.code,
                came=[Came("present", one) for one in tokens],
            )
    life.attempt("end", end_callout, life.staff(head, at), code=code)
    at = yield office(6)
    life.attempt(
        "review",
        review_callout,
        life.staff(head, at),
        code=code,
        good="两班都有人，交接清楚。",
        better="夜班要多备一件雨衣。",
    )


def _walks(life: Life, at: datetime, rng: random.Random) -> Scene:
    """A route of four points, walked every fifth day; now and then something is found."""
    at = yield office(1)
    community = life.cast.callers[0]
    secretary, worker = (
        life.cast.post_at(community, kind) for kind in ("community_secretary", "grid_worker")
    )
    titles = words.vocabulary()["patrol"]["points"]
    new = patrols.NewRoute(
        community,
        "江边一圈（模拟）",
        "points",
        ("19:00-22:00",),
        tuple(patrols.NewPoint(one) for one in titles),
    )
    route = life.attempt("route", patrols.plan_route, life.staff(secretary, at), new=new)
    if not route or not worker:
        return
    points = list(RoutePoint.objects.filter(route=route).order_by("n").values_list("n", flat=True))
    while at < life.until - timedelta(days=5):
        evening = datetime.combine(life.day_of(at) + timedelta(days=5), time(19, 5), life.zone)
        at = yield home((evening - at).total_seconds() / 3600)
        slot = life.maybe("round", patrols.start_round, life.staff(worker, at), code=route)
        if not slot:
            continue
        for point in points:
            at = yield home(0.2)
            life.attempt("pass", patrols.pass_point, life.staff(worker, at), slot=slot, point=point)
        if rng.random() < 0.3:
            found = patrols.Finding("road", "路灯不亮，已经在旁边立了提示牌。")
            life.maybe(
                "find",
                patrols.find_on_round,
                life.staff(worker, at),
                slot=slot,
                point=points[0],
                finding=found,
            )
        life.attempt("finish", patrols.finish_round, life.staff(worker, at), slot=slot)
