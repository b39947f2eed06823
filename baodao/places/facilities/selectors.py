"""Reads of facilities: lists, one, what is near."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils import translation

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.finders import holding
from baodao.kernel.selectors import current_calendar
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import Columns, reach_of, where
from baodao.places import selectors as places

from . import hours
from .declare import FacilityKind, Function
from .models import Facility

READ = "facility.read"
COLUMNS = Columns(org="org_id", level="level")
#: Metres that are looked around a point: first a walk, then a ride.
AROUND = (1500, 6000, 30_000)
METRES = 111_320.0
#: Metres a minute at an easy pace, and how much longer streets are than the line.
PACE, DETOUR = 70, 1.3
#: Farther than this nobody is told how long the walk is, in metres.
WALK = 3000


def kinds_of(org: str, day: date) -> tuple[Mapping[str, FacilityKind], Mapping[str, Function]]:
    """Kinds and functions that the pack of an organization declares, in its order. No statement."""
    return _declared(orgs.pack_of(org, day))


def _declared(pack: str) -> tuple[Mapping[str, FacilityKind], Mapping[str, Function]]:
    try:
        found = get_pack(pack)
    except BadPack:
        return {}, {}
    return found.many(FacilityKind), found.many(Function)


def titled(one: FacilityKind | Function | None, code: str) -> str:
    """Its title in the reader's language; the code where the pack no longer knows it."""
    if one is None:
        return code
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title


def home_kinds() -> tuple[Mapping[str, FacilityKind], Mapping[str, Function]]:
    """Those of the installation's district, for pages that begin nowhere in particular."""
    return _declared(orgs.home_pack())


def visible(by: Act) -> QuerySet[Facility]:
    """All facilities that this actor may see; no statement yet."""
    reach = reach_of(by, READ)
    return Facility.objects.filter(where(reach, COLUMNS)) if reach else Facility.objects.none()


def facility(by: Act, code: str) -> Facility | None:
    """One facility; None when there is none or it is not for this actor. One statement."""
    return visible(by).filter(code=code).first()


class Wish(msgspec.Struct, frozen=True):
    """What a list is narrowed to: words of name, address or code; a kind; a function; an organization and all below
    it; ``view``: "" in use, "ended", "vacant" (nobody answers for it), "nohours", "nopoint"."""

    q: str = ""
    kind: str = ""
    function: str = ""
    org: str = ""
    view: str = ""


VIEWS = ("", "vacant", "nohours", "nopoint", "ended")


def listed(by: Act, wish: Wish, day: date, after: str = "", limit: int = 51) -> list[Facility]:
    """A page by code behind ``after``. One statement."""
    rows = narrowed(by, wish, day)
    return list((rows.filter(code__gt=after) if after else rows).order_by("code")[:limit])


def called(by: Act, words: str, day: date, most: int) -> list[Facility]:
    """Facilities in use by name, address or code, the shortest name first. One statement."""
    return list(narrowed(by, Wish(q=words), day).order_by(Length("name"), "code")[:most])


def count(by: Act, wish: Wish, day: date, most: int = 500) -> int:
    """How many there are, at most ``most`` + 1. One statement."""
    return len(narrowed(by, wish, day).values_list("code", flat=True)[: most + 1])


def narrowed(by: Act, wish: Wish, day: date) -> QuerySet[Facility]:
    """The rows of a wish; no statement yet."""
    rows = visible(by)
    ended = Q(until__lte=day)
    rows = rows.filter(ended) if wish.view == "ended" else rows.exclude(ended)
    empty = {"vacant": Q(keeper=""), "nohours": Q(hours=""), "nopoint": Q(lon__isnull=True)}
    if wish.view in empty:
        rows = rows.filter(empty[wish.view])
    if wish.kind:
        rows = rows.filter(kind=wish.kind)
    if wish.function:
        rows = rows.filter(functions__contains=f",{wish.function},")
    if wish.org:
        rows = rows.filter(org__in=orgs.under([wish.org], day))
    if wish.q:
        rows = rows.filter(holding(wish.q, "name", "name_en", "address", "code"))
    return rows


class Near(msgspec.Struct, frozen=True):
    """A facility and how it stands: metres as the crow flies (None: it has no point), minutes on foot (None: too far), its opening
    (None: hours not told)."""

    row: Facility
    metres: int | None
    minutes: int | None
    opening: hours.Opening | None


def near(
    by: Act, lon: float, lat: float, moment: datetime, wish: Wish, *, open_now: bool = False, limit: int = 40
) -> list[Near]:
    """What lies nearest to a WGS-84 point, the nearest first. At most three statements, each within a box."""
    rows = narrowed(by, msgspec.structs.replace(wish, view=""), orgs.today())
    found: list[Near] = []
    for metres in AROUND:
        high, wide = metres / METRES, metres / (METRES * max(0.1, math.cos(math.radians(lat))))
        box = rows.filter(lat__range=(lat - high, lat + high), lon__range=(lon - wide, lon + wide))
        found = [standing(row, moment, lon, lat) for row in box[:2000]]
        found = [one for one in found if one.metres is not None and one.metres <= metres]
        if open_now:
            found = [one for one in found if one.opening is not None and one.opening.open]
        if len(found) >= min(limit, 5):
            break
    return sorted(found, key=lambda one: (one.metres, one.row.code))[:limit]


def standing(row: Facility, moment: datetime, lon: float | None = None, lat: float | None = None) -> Near:
    """How one stands at a moment, seen from a point. No statement."""
    metres = None
    if lon is not None and lat is not None and row.lon is not None and row.lat is not None:
        metres = round(distance(lon, lat, row.lon, row.lat))
    rules = hours.parse(row.hours)
    opening = rules.at(moment, current_calendar()) if rules.rules else None
    minutes = None if metres is None or metres > WALK else max(1, round(metres * DETOUR / PACE))
    return Near(row, metres, minutes, opening)


def distance(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Metres between two near points, as the crow flies."""
    narrow = math.cos(math.radians((lat + to_lat) / 2))
    return math.hypot((to_lon - lon) * narrow, to_lat - lat) * METRES


def middle(org: str) -> tuple[float, float] | None:
    """A point amid an organization's grids (or, without grids, amid its facilities' points); None when it has
    neither. At most one statement."""
    points = [(grid.lon, grid.lat) for grid in places.grids_of(org)]
    if not points:
        below = Facility.objects.filter(org__in=orgs.under([org], orgs.today()), lon__isnull=False)
        points = [(lon, lat) for lon, lat in below.values_list("lon", "lat")[:500] if lon and lat]
    if not points:
        return None
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def kept_by(posts: Iterable[str]) -> list[Facility]:
    """What posts answer for, in use: for a hand-over. One statement."""
    rows = Facility.objects.filter(keeper__in=list(posts), until__isnull=True)
    return list(rows.order_by("keeper", "code"))


def counted(codes: Sequence[str], kind: str, day: date) -> list[tuple[str, str, str]]:
    """(code, name, organization) of the facilities of these organizations that are there on a day, of a kind or all, by code. One
    statement."""
    rows = Facility.objects.filter(org_id__in=list(codes), since__lte=day)
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=day))
    rows = rows.filter(kind=kind) if kind else rows
    return list(rows.order_by("code").values_list("code", "name", "org_id"))
