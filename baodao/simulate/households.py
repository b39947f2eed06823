"""Households that communities keep at hand: at the door or at the counter, with what they asked for; addresses are made up and say so."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from baodao.places.buildings.selectors import buildings_of
from baodao.places.households.ruling import NewHousehold, NewLine
from baodao.places.households.services import register_households, write_lines
from baodao.places.selectors import grids_of

from .district import act_at
from .life import Life, Scene, home

Beginning = tuple[datetime, Callable[[datetime], Scene]]
#: How many a community keeps: from ten on those above read the number.
COMMUNITIES, KEPT = 4, (14, 6, 11, 8)
REASONS, NEEDS = ("service", "service", "emergency"), ("meals", "call", "step_free", "medicine")


def beginnings(life: Life, rng: random.Random) -> Iterator[Beginning]:
    """One for each of some communities, in the last days."""
    homes = list(dict.fromkeys([*life.cast.callers[:2], *life.cast.lived[:4]]))[:COMMUNITIES]
    for number, community in enumerate(homes):
        at = life.until - timedelta(days=6, hours=-number)
        yield at, lambda at, community=community, many=KEPT[number]: _kept(life, at, community, many, rng)  # type: ignore[misc]


def _kept(life: Life, at: datetime, community: str, many: int, rng: random.Random) -> Scene:
    day = life.day_of(at)
    grids = [ref.code for ref in grids_of(community, day)]
    if not grids:
        return
    built = buildings_of(grids=grids, day=day, most=20)
    until = day + timedelta(days=rng.choice((20, 90, 300)))
    rows = []
    for n in range(many):
        house = built[n % len(built)] if built else None
        where = house.name if house else f"第{n % len(grids) + 1}网格"  # data
        rows.append(
            NewHousehold(
                org=community, address=f"{where}{n // 4 + 1}单元{n + 1}号（模拟地址）", why=rng.choice(REASONS),  # data
                until=until if n % 5 == 0 else day + timedelta(days=300), grid=house.grid if house else grids[n % len(grids)],
                building=house.code if house else "", people=rng.randint(1, 5),
            )
        )  # fmt: skip
    codes = life.attempt(
        "household", register_households, act_at(at, f"sim-households-{community}"), households=rows
    )
    at = yield home(rng.uniform(1, 5))
    asked = [
        NewLine(household=code, field="need", why="asked", until=day + timedelta(days=200), text=NEEDS[n % len(NEEDS)], word=True)
        for n, code in enumerate((codes or [])[:5])
    ]  # fmt: skip
    if asked:
        life.attempt("household", write_lines, act_at(at, f"sim-needs-{community}"), lines=asked)
