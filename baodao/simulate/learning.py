"""Scenes of talks and training: topics come onto the menu, communities order, lecturers give them, heads are counted and the event is
rated; some lie ahead. A class for community workers with sessions behind and before, a plan over years, a call for talent projects."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from msgspec import structs

from baodao.gather.courses import packing, telling
from baodao.gather.courses.models import Offer
from baodao.gather.courses.packing import Packing
from baodao.gather.courses.programmes import calls, goals, services
from baodao.gather.courses.programmes.facts import Goal
from baodao.gather.courses.services import (
    NewOffer,
    NewOrder,
    Telling,
    make_offers,
    place_order,
    tell_lecturers,
)
from baodao.gather.models import Seat
from baodao.kernel.act import system_act
from baodao.matters.models import Leg, Matter

from . import words
from .life import Life, Scene, home, office

Beginning = tuple[datetime, Callable[[datetime], Scene]]
#: Orders that are given before the end.
ORDERS = 6


def beginnings(life: Life, begin: datetime, rng: random.Random) -> Iterator[Beginning]:
    """The menu on the first day, an order each week after it, the class and the call in the last weeks."""
    yield begin + timedelta(hours=9), lambda at: _menu(life, at, rng)
    span = (life.until - begin) / (ORDERS + 1)
    for number in range(ORDERS):
        community = life.cast.callers[number % 5]
        yield begin + span * (number + 1), _order(life, community, number, rng)
    for number, ago in enumerate((7, 5, 2), ORDERS):  # these lie ahead, or wait for an answer
        yield life.workdays_ago(ago), _order(life, life.cast.callers[number % 2], number, rng)
    yield life.until - timedelta(days=20), lambda at: _school(life, at)
    yield life.until - timedelta(days=9), lambda at: _call(life, at)


def _order(life: Life, community: str, number: int, rng: random.Random) -> Callable[[datetime], Scene]:
    return lambda at: _ordered(life, at, community, number, rng)


def _menu(life: Life, at: datetime, rng: random.Random) -> Scene:
    at = yield office(1)
    topics, bureaus = words.vocabulary()["topic"], life.cast.bureaus
    for number, (subject, form, title) in enumerate(topics):
        bureau = bureaus[number % 3]
        by = life.staff(life.cast.post_at(bureau, "department_head"), at)
        new = NewOffer(
            org=bureau, subject=subject, title=title, forms=(form,), since=life.day_of(at), minutes=60,
            sessions=4 if form == "class" else 1,
        )  # fmt: skip
        life.attempt("offer", make_offers, by, offers=[new])
    subjects = tuple(sorted({subject for subject, _form, _title in topics}))
    for bureau in bureaus[:3]:
        post = f"{bureau}.lecturer"
        told = Telling(post, subjects, most=6)
        life.attempt("lecturer", tell_lecturers, life.staff(post, at), lecturers=[told])


def _ordered(life: Life, at: datetime, community: str, number: int, rng: random.Random) -> Scene:
    """Placed; accepted a day later; packed for the week after; told, given, counted, rated, as far as the days reach."""
    at = yield office(2)
    secretary = life.cast.post_at(community, "community_secretary")
    offers = list(Offer.objects.filter(org__in=life.cast.bureaus).order_by("code"))
    if not offers:
        return
    row = offers[number % len(offers)]
    form = row.forms.strip(",")
    order = NewOrder(
        offer=row.code, form=form, lecturer=f"{life.cast.bureaus[number % 3]}.lecturer", heads=30, text=""
    )
    placed = life.attempt("order", place_order, life.staff(secretary, at), order=order)
    if not placed:
        return
    at = yield office(9)
    lecturer = Leg.objects.filter(matter=placed).order_by("n").values_list("post", flat=True).first() or ""
    if not lecturer or not life.do(life.staff(lecturer, at), placed, "report_in"):
        return
    at = yield office(3)
    starts = datetime.combine(
        life.day_of(at) + timedelta(days=4 + number % 3 + (5 if number >= ORDERS else 0)), time(19), life.zone
    )
    where = rng.choice(words.vocabulary()["outing"]["where"])
    packed = _packed(
        life, at, secretary, Packing(placed, form, starts, 60, 4 if form == "class" else 1, 7, where=where)
    )
    if packed is None:
        return
    starts, codes = packed
    channels = ["web", "board", "loudspeaker"] if number % 2 else ["web", "message", "board", "loudspeaker"]
    life.attempt("tell", telling.announce, life.staff(secretary, at), number=placed, channels=channels)
    yield from _given(life, at, (secretary, placed, starts), codes, rng)


def _packed(life: Life, at: datetime, secretary: str, packing_: Packing) -> tuple[datetime, list[str]] | None:
    """(first evening, slots) of an order on the first evening of a week on which the lecturer gives nothing else."""
    for days in range(7):
        starts = packing_.starts + timedelta(days=days)
        one, by = structs.replace(packing_, starts=starts), life.staff(secretary, at)
        # The last evening is told if it is refused too: then it is no lecturer who is elsewhere.
        pack = life.maybe if days < 6 else life.attempt
        if codes := pack("pack", packing.pack_order, by, packing=one):
            return starts, codes
    return None


def _given(
    life: Life, at: datetime, order: tuple[str, str, datetime], codes: list[str], rng: random.Random
) -> Scene:
    secretary, number, starts = order
    for week, code in enumerate(codes):
        over = starts + timedelta(days=7 * week, hours=1, minutes=20)
        at = yield home((over - at).total_seconds() / 3600)
        heads = rng.randint(18, 60)
        life.attempt(
            "heads", packing.record_session, life.staff(secretary, at), number=number, slot=code, heads=heads
        )
    met = system_act(at, f"sim-{life.cast.prefix}-met-{number}", "simulated")
    life.attempt("met", packing.meet, met, number=number)
    at = yield office(5)
    stars = rng.choice((3, 4, 4, 5))
    life.attempt("rate", telling.rate, life.staff(secretary, at), number=number, stars=stars)


def _school(life: Life, at: datetime) -> Scene:
    """The first street's class for community workers: two sessions taken, one on line, one to come."""
    at = yield office(1)
    street = life.cast.callers[0][:9]
    head, day = life.cast.post_at(street, "department_head"), life.day_of(at)
    klass = services.NewClass(
        org=street, plan="community_basics", title="社区工作者基础班（模拟）", since=day, seats=30
    )
    made = life.attempt("class", services.open_classes, life.staff(head, at), classes=[klass])
    plan = goals.NewPlan(
        street, "社区干部五年培训规划（模拟）", day.year, day.year + 4,
        tuple(Goal("grid_worker", year, 2, 32) for year in range(day.year, day.year + 5)),
    )  # fmt: skip
    life.attempt("plan", goals.set_plans, life.staff(head, at), plans=[plan])
    if not made:
        return

    def when(days: int) -> datetime:
        return datetime.combine(day + timedelta(days=days), time(14), life.zone)

    sessions = [
        services.NewSession(
            starts=when(5), minutes=90, course="requests", way="on_site", where="街道三楼会议室"
        ),
        services.NewSession(starts=when(12), minutes=45, course="privacy", way="on_line"),
        services.NewSession(starts=when(26), minutes=60, course="visits", way="by_video", where="视频会议"),
    ]
    slots = life.attempt(
        "sessions", services.add_sessions, life.staff(head, at), code=made[0], sessions=sessions
    )
    workers = [uid for uid, _org, kind in life.cast.posts.values() if kind == "grid_worker"]
    for uid in workers:
        post = next(
            code for code, held in life.cast.posts.items() if held[0] == uid and held[2] == "grid_worker"
        )
        life.attempt("join", services.join_class, life.staff(post, at), code=made[0])
    if not slots:
        return
    at = yield home((when(5) + timedelta(hours=2) - at).total_seconds() / 3600)
    came = list(
        Seat.objects.filter(slot=slots[0], state="seat").order_by("n").values_list("token", flat=True)
    )
    if came:
        life.attempt("attend", services.attend_session, life.staff(head, at), slot=slots[0], came=came)


def _call(life: Life, at: datetime) -> Scene:
    """A call that is open at the end, with one application under review."""
    at = yield office(1)
    officer, day = life.cast.post_at(life.cast.district, "talent_officer"), life.day_of(at)
    new = calls.NewCall(
        life.cast.district, "challenge", "人才项目揭榜（模拟）", "在本区的单位和个人", "问题真不真、做法行不行、一年能见到什么", day,
        day + timedelta(days=30),
    )  # fmt: skip
    made = life.attempt("call", calls.open_calls, life.staff(officer, at), calls=[new])
    if not made:
        return
    at = yield home(20)
    uid = life.cast.residents[0][0]
    fields = {
        "title": "老旧小区雨污分流小装置（模拟）",
        "text": "先在一个小区试三个月，看堵塞次数。",
        "unit": "模拟环保小组",
    }
    number = life.attempt("apply", calls.apply_to, life.resident(uid, at), call=made[0], fields=fields)
    if not number or not Matter.objects.filter(number=number).exists():
        return
    at = yield office(6)
    life.do(life.staff(officer, at), number, "report_in")
    reviewers = [(code, held[1]) for code, held in life.cast.posts.items() if held[2] == "reviewer"]
    for leg, (post, org) in enumerate(reviewers, 2):
        at = yield office(1)
        life.do(life.staff(officer, at), number, "call", org=org, post=post)
        if leg == 2:
            at = yield office(3)
            life.do(
                life.staff(post, at),
                number,
                "score",
                leg=leg,
                score="good",
                no_conflict="yes",
                text="先小范围试，可行。",
            )
