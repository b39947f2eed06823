"""Who answers for the ground of a simulated district: grids with their heads where a number of grids was published, compounds with
property firm and owners' committee, buildings at points inside their grids. All made up and marked so.

Chance has a source of its own here: what happens in the district stays what it was."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from baodao.kernel import epochs
from baodao.kernel.act import system_act
from baodao.kernel.declare import Figure, get_pack
from baodao.orgs.declare import Level
from baodao.orgs.ruling import NewOrg, NewPost
from baodao.orgs.selectors import forest
from baodao.orgs.services import begin_posts, create_orgs
from baodao.people.services.identity import Entry, enrol
from baodao.places.buildings.ruling import NewBuilding, NewCompound
from baodao.places.buildings.services import record_buildings, record_compounds
from baodao.places.selectors import grids_of, plan

from . import words

#: Phones of these people: a block of the district's own, behind those of its offices.
BLOCK = 3000
#: Communities with a compound, and buildings of one.
COMPOUNDS, BUILDINGS = 12, 5
NAMES = (
    "幸福里",
    "团结苑",
    "滨江花园",
    "锦绣家园",
    "阳光小区",
    "翠竹苑",
    "和谐家园",
    "春晖里",
    "向阳院",
    "书香苑",
    "金桥小区",
    "康乐园",
)  # data


def published_grids(pack: str) -> int:
    """How many grids a district said that it has; 0 where nothing was published."""
    figure = get_pack(pack).many(Figure).get("grids")
    return figure.value if figure is not None else 0


def found_grid_teams(district: str, codes: Iterable[str], now: datetime, since: date) -> None:
    """An organization of the tree for each grid, of the grid's own code."""
    orgs = [
        NewOrg(code, f"第{int(code[-2:])}网格", "grid", "grid", since, code.rpartition("-")[0])  # data
        for code in codes
    ]
    for start in range(0, len(orgs), 250):
        by = system_act(now, f"sim-ground-{district}-teams-{start}", "simulated")
        create_orgs(by, orgs=orgs[start : start + 250])
    epochs.refresh(0)


def settle_ground(district: str, pack: str, lived: list[str], now: datetime, since: date) -> None:
    """Heads of the grids that have a team; compounds in the first communities in which people live."""
    rng = random.Random(f"ground-{district}")
    teams = [ref.team for ref in grids_of(district, since) if ref.team]
    openings = [(team, "grid_head") for team in teams]
    homes = lived[:COMPOUNDS]
    levels = get_pack(pack).many(Level)
    rows = list(_bodies(homes, levels, since))
    create_orgs(_act(now, district, "bodies"), orgs=[org for org, _kind in rows])
    epochs.refresh(0)
    openings += [(org.code, kind) for org, kind in rows]
    _appoint(district, openings, now, since, rng)
    compounds = [_compound(home, n, levels, since) for n, home in enumerate(homes)]
    record_compounds(_act(now, district, "compounds"), compounds=compounds)
    buildings = [one for home in homes for one in _buildings(home, levels, since, rng)]
    record_buildings(_act(now, district, "buildings"), buildings=buildings)


def _act(now: datetime, district: str, what: str) -> Any:
    return system_act(now, f"sim-ground-{district}-{what}", "simulated")


def _bodies(homes: list[str], levels: Any, since: date) -> Iterator[tuple[NewOrg, str]]:
    """Organizations of compounds and the kind of post that answers for each."""
    for n, home in enumerate(homes):
        name = NAMES[n]
        yield (
            NewOrg(f"{home}-wy", f"{name}物业服务中心", "property_service", "property_firm", since, home),
            "property_manager",
        )  # data
        if n % 3 < 2:
            yield (
                NewOrg(
                    f"{home}-yw", f"{name}业主委员会", "owners_committee", "owners_committee", since, home
                ),
                "owners_director",
            )  # data
        if "compound" in levels:
            yield NewOrg(f"{home}-xq", name, "compound", "compound", since, home), "compound_head"
        if "building" in levels and n < 2:
            for number in range(1, BUILDINGS + 1):
                building = f"{home}-b{number}"
                yield (
                    NewOrg(building, f"{name}{number}栋", "building", "building", since, home),
                    "building_head",
                )  # data
                yield (
                    NewOrg(
                        f"{building}-h",
                        f"{number}栋党员中心户",
                        "member_household",
                        "member_household",
                        since,
                        building,
                    ),
                    "household_contact",
                )  # data


def _compound(home: str, n: int, levels: Any, since: date) -> NewCompound:
    return NewCompound(
        code=f"{home}-xq",
        name=NAMES[n],
        org=home,
        since=since,
        address=f"{NAMES[n]}路{n + 1}号",  # data
        team=f"{home}-xq" if "compound" in levels else "",
        property=f"{home}-wy",
        owners=f"{home}-yw" if n % 3 < 2 else "",
    )


def _buildings(home: str, levels: Any, since: date, rng: random.Random) -> Iterator[NewBuilding]:
    """Buildings of a compound lie in the first grid of its community."""
    ref = grids_of(home, since)[0]
    shape = plan().shapes[plan().by_code[ref.code]]
    for number in range(1, BUILDINGS + 1):
        lon, lat = _inside(shape, rng)
        team = f"{home}-b{number}"
        yield NewBuilding(
            code=f"{home}-xq-{number}",
            name=f"{number}栋",  # data
            since=since,
            grid=ref.code,
            compound=f"{home}-xq",
            team=team if team in forest() else "",
            units=rng.randint(1, 4),
            storeys=rng.choice((7, 11, 18, 33)),
            lon=lon,
            lat=lat,
        )


def _inside(shape: Any, rng: random.Random) -> tuple[float, float]:
    import shapely

    west, south, east, north = shape.bounds
    while True:
        lon, lat = round(rng.uniform(west, east), 6), round(rng.uniform(south, north), 6)
        if shapely.contains_xy(shape, lon, lat):
            return lon, lat


def _appoint(
    district: str, openings: list[tuple[str, str]], now: datetime, since: date, rng: random.Random
) -> None:
    first = int(district) % 1000 * 10_000 + BLOCK
    entries = [
        Entry(ref=str(n), name=words.name(rng), phone=words.phone(first + n)) for n in range(len(openings))
    ]
    uids = enrol(_act(now, district, "people"), entries=entries, org=district).uids
    posts = [
        NewPost(f"{org}.{kind.replace('_', '-')}", org, kind, uids[str(n)], since)
        for n, (org, kind) in enumerate(openings)
    ]
    begin_posts(_act(now, district, "posts"), posts=posts)
