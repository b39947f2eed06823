"""Scenes of rooms: two communities lend theirs; neighbours and the street's office take them for the coming days."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from baodao.gather.booking.services import Wanted, book, give_back
from baodao.kernel.errors import Problem
from baodao.orgs.selectors import forest
from baodao.places.facilities.services import NewFacility, register_facilities

from .district import SINCE, act_at
from .life import Life, Scene, home, patiently

ROOM, HOURS = "三楼活动室", "每天 09:00-21:00"
Beginning = tuple[datetime, Callable[[datetime], Scene]]
#: (days ahead of the last, hour, how long, what for, people)
WISHES = ((1, 9, 2, "club", 12), (1, 14, 1, "talk", 20), (2, 19, 2, "club", 25), (3, 10, 2, "study", 15), (4, 15, 2, "volunteers", 8))  # fmt: skip
COMMUNITIES = 2


def beginnings(life: Life, rng: random.Random) -> Iterator[Beginning]:
    """One for each community that lends a room, some days before the last."""
    for number, community in enumerate(life.cast.callers[:COMMUNITIES]):
        at = life.until - timedelta(days=5, hours=-2 * number)
        yield at, lambda at, community=community: _lent(life, at, community, rng)  # type: ignore[misc]


def _lent(life: Life, at: datetime, community: str, rng: random.Random) -> Scene:
    name = forest().nodes[community].name
    room = NewFacility(
        org=community, kind="culture_room", name=f"{name}{ROOM}", since=SINCE, address=f"{name}（模拟地址）",
        functions=("culture",), hours=HOURS,
    )  # fmt: skip
    code = register_facilities(act_at(at, f"sim-room-{community}"), facilities=[room])[0]
    people = [uid for uid, _home in life.cast.residents]
    took = ""
    for ahead, hour, hours, use, many in WISHES:
        at = yield home(rng.uniform(1, 12))
        day = life.day_of(life.until) + timedelta(days=ahead)
        starts = datetime.combine(day, time(hour), life.zone)
        wanted = Wanted("room", code, starts, starts + timedelta(hours=hours), use, many)
        by = life.resident(rng.choice(people), at)
        try:
            took = patiently(lambda by=by, wanted=wanted: book(by, wanted=wanted))  # type: ignore[misc]
        except Problem:  # she is elsewhere at that time: people are
            continue
    if took:
        # The last one finds another place after all.
        at = yield home(rng.uniform(1, 6))
        by = life.resident(by.person, at)
        try:
            patiently(lambda: give_back(by, slot=took))
        except Problem:
            return
