"""What is going to happen in a district, and when: sizes, and the beginnings of all scenes. Drawn with a seeded chance."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from baodao.matters.move import Called
from baodao.orgs.selectors import forest, holders

from . import (
    bookings,
    clock,
    evenings,
    families,
    helping,
    households,
    learning,
    outings,
    requests,
    service,
    talks,
    whistles,
)
from .branches import found_branches
from .district import SINCE, Cast, Progress, build, station_of
from .helpers import found_helpers
from .life import Life, Scene, Tick
from .truths import Truths, plant

#: The five districts in the order in which a demonstration lives them: pack → requests.
DISTRICTS = {"fuling": 290, "dadukou": 400, "yuzhong": 400, "nanchuan": 400, "weibin": 400}
DAYS, RESIDENTS = 60, 160
#: Days before the first day: people are there, and early proposals are made, so that some are asked again in time.
BEFORE = 12
#: A shorter life has none of the declared families' scenes.
FAMILIES = 50
BURST_DAY, BURST_SIZE = 18, 40


class Lived(msgspec.Struct):
    """A district that was lived."""

    pack: str
    cast: Cast
    truths: Truths
    life: Life


def live(
    pack: str,
    now: datetime,
    seed: int,
    *,
    days: int = DAYS,
    asked: int = 0,
    residents: int = RESIDENTS,
    progress: Progress = lambda n, of, what: None,
    tick: Tick = lambda day, days: None,
) -> Lived:
    """Build the district of a pack and live it for the `days` before `now`; `asked` requests (default: as many as DISTRICTS says), and in
    proportion all else. The same arguments again add only what is missing."""
    rng = random.Random(f"{seed}-{pack}")
    folder = Path(settings.PACKS) / pack
    cast = build(folder, now - timedelta(days=days + BEFORE + 1), rng, residents, progress)
    life = Life(cast, plant(cast, rng), now, rng)
    begin = now - timedelta(days=days)
    # A chance of their own, last of all: what was drawn before stays as it was.
    families.mediators(cast, now - timedelta(days=days + BEFORE), random.Random(f"{seed}-{pack}-families"))
    _branches(life, begin, random.Random(f"{seed}-{pack}-branches"))
    for moment, scene in _scenes(life, begin, days, asked or DISTRICTS.get(pack, 400)):
        life.begin(clock.awake(moment, life.zone), scene)
    for moment, scene in _unfinished(life):
        life.begin(moment, scene)
    for moment, scene in bookings.beginnings(life, random.Random(f"{seed}-{pack}-bookings")):
        life.begin(moment, scene)
    for moment, scene in households.beginnings(life, random.Random(f"{seed}-{pack}-households")):
        life.begin(moment, scene)
    for moment, scene in families.scenes(life) if days >= FAMILIES else ():
        life.begin(moment, scene)
    life.run(days, tick)
    return Lived(pack, cast, life.truths, life)


def _branches(life: Life, begin: datetime, rng: random.Random) -> None:
    branches = found_branches(life.cast, begin - timedelta(days=1), rng, SINCE)
    found_helpers(life.cast, begin - timedelta(days=1), rng, SINCE)
    # Each with a chance of its own: what one draws never changes what another does when a life is lived again.
    for room in (learning, service, helping):
        for moment, scene in room.beginnings(life, begin, random.Random(rng.random())):
            life.begin(moment, scene)
    for held in evenings.evenings(life, branches, begin):
        life.begin(held.ends, _later(evenings.recorded, life, held, rng=rng))
    for outing in outings.outings(life, begin, rng):
        life.begin(outing.starts - outings.AHEAD, _later(outings.lived, life, outing, rng=rng))


Beginning = tuple[datetime, Callable[[datetime], Scene]]


def _scenes(life: Life, begin: datetime, days: int, asked: int) -> Iterator[Beginning]:
    rng, cast, truths = life.rng, life.cast, life.truths
    for community, kind, share, exclusion in _requests(life, asked):
        moment = begin + timedelta(seconds=rng.randint(0, int(days * share * 86_400) - 7200))
        yield moment, _later(requests.ordinary, life, community, kind, exclusion=exclusion)
    spread = days * 0.93
    for number in range(asked // 6):
        community = cast.callers[number % len(cast.callers)]
        yield _working(life, begin, spread), _later(whistles.whistle, life, community)
    for _number in range(asked // 30 + 1):
        moment = begin + timedelta(days=rng.uniform(0, days * 0.8))
        yield moment, _later(whistles.changed, life, rng.choice(cast.callers))
    for _number in range(asked // 16 + 1):
        moment = begin + timedelta(days=rng.uniform(0, days))
        yield moment, _later(talks.proposal, life, rng.choice(cast.lived))
    for _number in range(asked // 100 + 1):
        moment = begin - timedelta(days=BEFORE - 1) + timedelta(hours=rng.uniform(0, 12))
        yield moment, _later(talks.proposal, life, rng.choice(cast.lived), answer="under_way")
    guests = _guests(life)
    # Towns have no consortium to call.
    calling = [home[:9] for home in cast.lived if forest().nodes[home[:9]].kind == "street"]
    for number in range(asked // 70 + 1 if calling else 0):
        street = calling[number % len(calling)]
        at = _working(life, begin, days * 0.6)
        yield at, _later(talks.council, life, street, guests=[] if number % 2 else guests)
    burst = begin + timedelta(days=min(BURST_DAY, days // 2))
    size = min(BURST_SIZE, max(4, asked // 6))
    yield clock.at(life.day_of(burst), 8, life.zone), _later(requests.burst, life, truths.burst, size=size)


def _later(scene: Callable[..., Scene], *args: object, **more: object) -> Callable[[datetime], Scene]:
    life, *rest = args
    return lambda at: scene(life, at, *rest, **more)


def _requests(life: Life, asked: int) -> Iterator[tuple[str, str, float, bool]]:
    """(community, kind, share of the days, whether an exclusion is asked for)."""
    rng, planted, kinds = life.rng, life.truths.communities(), list(requests.KINDS)
    for number in range(asked):
        # Every fifth shows one of the planted truths; these come early enough to end.
        shown = number % 5 == 0
        community = planted[number // 5 % 4] if shown else rng.choice(life.cast.lived)
        kind = rng.choice(kinds[:8]) if shown else rng.choices(kinds, list(requests.KINDS.values()))[0]
        yield community, kind, 0.45 if shown else 1.0, number % 40 == 7


def _working(life: Life, begin: datetime, days: float) -> datetime:
    """A moment of office hours."""
    moment = begin + timedelta(days=life.rng.uniform(0, days))
    return clock.after_work_hours(moment, 0.1, life.works, life.zone)


def _guests(life: Life) -> list[str]:
    """The handler of a bureau of another district that is there already: a matter crosses the border."""
    found = holders(["fl-cgj", "ddk-cgj"], life.day_of(life.until), ["handler"])
    for post in found:
        if not post.code.startswith(life.cast.prefix):
            life.cast.guests[post.code] = (post.person, post.org_id, "handler")
            return [post.code]
    return []


def _unfinished(life: Life) -> Iterator[Beginning]:
    """What lies open at the end, so that everybody has something to do: each bureau called, a return to answer, disputes with both rulers, a
    Party member called."""
    cast, late = life.cast, life.truths.late_department
    bureaus = [code for code in cast.bureaus if code != late]
    for number, community in enumerate(cast.callers[:3]):
        members = cast.members_of(community)
        calls = [Called(org, role="co", duty=whistles.duty_for(life.rng, org)) for org in cast.bureaus]
        calls += [Called(community, post=members[0], role="co")] if members else []
        asleep = (msgspec.structs.replace(calls[number], role="lead"), *calls[:number], *calls[number + 1 :])
        moment = clock.after_work_hours(life.workdays_ago(1), number * 0.5, life.works, life.zone)
        yield moment, _later(whistles.whistle, life, community, calls=asleep, way="asleep")
    community = cast.lived[0]
    street = community[:9]
    for number, to in enumerate(
        (station_of(street), station_of(street), cast.desk, cast.desk, cast.bureaus[0], "")
    ):
        moment = clock.after_work_hours(life.workdays_ago(1), 1 + number * 0.3, life.works, life.zone)
        yield moment, _later(requests.left, life, community, to=to)
    for ago, then, community in (
        (1, "disputed", cast.callers[0]),
        (4, "disputed", cast.callers[1]),
        (1, "", cast.callers[0]),
    ):
        moment, org = life.workdays_ago(ago), life.rng.choice(bureaus)
        one = (Called(org, duty=whistles.duty_for(life.rng, org)),)
        yield moment, _later(whistles.sent_back, life, community, calls=one, then=then)
