"""Scenes of volunteers: communities publish Saturdays, residents sign up, come or do not, and say how it was; the coming
days lie open, so that everybody finds something to join."""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from baodao.gather.models import Seat
from baodao.gather.ruling import NewSlot
from baodao.gather.services import attend, hold, join, open_slots, rate
from baodao.gather.services.presence import Came
from baodao.kernel.errors import Problem

from . import clock, words
from .life import Life, Scene, home, patiently
from .service import WILLING

#: How far ahead communities publish, and how many sign up for one.
AHEAD, SEATS = timedelta(days=7), 8
COMING = 6
COMMUNITIES = 5


class Outing(msgspec.Struct, frozen=True):
    """One of a community: its kind, title and time."""

    community: str
    kind: str
    title: str
    starts: datetime
    ends: datetime


def outings(life: Life, begin: datetime, rng: random.Random) -> Iterator[Outing]:
    """Two Saturdays in three of some communities that call, and a street post in the middle of each week, from `begin` to a week after
    the end."""
    text = words.vocabulary()["outing"]
    day, last = life.day_of(begin + AHEAD), life.day_of(life.until) + timedelta(days=7)
    while day <= last:
        for community in life.cast.callers[:COMMUNITIES]:
            if day.weekday() == 5 and rng.random() < 0.67:
                yield Outing(
                    community, "volunteer", rng.choice(text["volunteer"]), *_between(life, day, 9, 11)
                )
            if day.weekday() == 2:
                yield Outing(
                    community, "street_post", rng.choice(text["street_post"]), *_between(life, day, 17, 19)
                )
        day += timedelta(days=1)


def _between(life: Life, day: date, first: int, last: int) -> tuple[datetime, datetime]:
    return datetime.combine(day, time(first), life.zone), datetime.combine(day, time(last), life.zone)


def lived(life: Life, at: datetime, outing: Outing, rng: random.Random) -> Scene:
    """Published, joined, held and rated, as far as the days reach."""
    post = life.cast.post_at(outing.community, "community_secretary")
    text = words.vocabulary()["outing"]
    slot = NewSlot(
        kind=outing.kind, org=outing.community, title=outing.title, starts=outing.starts, ends=outing.ends,
        seats=SEATS, where=rng.choice(text["where"]), insurance=text["insurance"],
    )  # fmt: skip
    code = _try(life, lambda: open_slots(life.staff(post, at), slots=[slot])[0])
    if not code:
        return
    # Those who offered themselves for call-outs stay away: whether they are free then must not rest on who came, or a life that is lived
    # again would ask others.
    people = [uid for uid, _home in life.cast.residents]
    free = people[:1] + people[1 + WILLING :]
    wishing = rng.sample(free, min(rng.randint(2, COMING), len(free)))
    for uid in wishing:
        at = yield home(rng.uniform(1, 20))
        by = life.resident(uid, at)
        _try(life, lambda by=by: join(by, slot=code), quiet=True)  # type: ignore[misc]
    over = clock.awake(outing.ends + timedelta(minutes=20), life.zone)
    at = yield home((over - at).total_seconds() / 3600)
    rows = list(Seat.objects.filter(slot=code, state="seat").order_by("n").values_list("token", flat=True))
    came = [Came("present" if rng.random() < 0.85 else "absent", token) for token in rows]
    if came:
        _try(life, lambda: attend(life.staff(post, at), slot=code, came=came))
    _try(life, lambda: hold(life.staff(post, at), slot=code, heads=0))
    for uid in wishing:
        if rng.random() < 0.6:
            at = yield home(rng.uniform(0.5, 3))
            by = life.resident(uid, at)
            _try(life, lambda by=by: rate(by, slot=code, stars=rng.choice((3, 4, 4, 5))), quiet=True)  # type: ignore[misc]


def _try(life: Life, do: Callable[[], object], *, quiet: bool = False) -> str:
    """What the verb gives, "" when it was refused; `quiet` where that happens to people (elsewhere at that time, did not come)."""
    try:
        return str(patiently(do))
    except Problem as problem:
        if not quiet:
            life.refused.append(f"outing: {problem}")
        return ""
