"""Every read of members' service. Names open for a purpose, and of a member only what she chose to show."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from baodao.gather.models import Slot
from baodao.kernel.act import Act, Subject
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.models import AllianceMember
from baodao.orgs.alliances.selectors import halves
from baodao.orgs.policies import Columns, reach_of, where
from baodao.people.selectors import token_for
from baodao.people.services.reading import read_identity
from baodao.places.selectors import grid, grids_of

from .declare import Points, Service
from .fold import Event, Member, fold
from .models import ServiceEnough, ServiceMember, ServiceRecord, ServiceShown

DOMAIN = "service"
LIST, OWN, OFFER, CONFIRM, ENOUGH = (
    "service.list", "service.own", "service.offer", "service.confirm", "service.enough",
)  # fmt: skip
#: Members of a unit are counted to others from so many on.
LEAST = 10
EARTH_KM = 6371.0


def of_unit(org: str) -> Subject:
    """What a right on a unit's list is asked about: those who keep it take part; nobody above, no employer's other posts."""
    return Subject(ref=f"service:{org}", org=org, level=2, legs=((org, ""),))


def of_community(org: str) -> Subject:
    """What a community's own acts (openings, needing nobody, standing posts) are asked about."""
    return Subject(ref=f"org:{org}", org=org, level=1)


def of_servers(org: str) -> Subject:
    """What is asked about those who serve at a community: they and whoever confirms."""
    return Subject(ref=f"org:{org}", org=org, level=2, legs=((org, ""),))


def of_self(by: Act) -> Subject:
    """A member's own service."""
    return Subject(ref="service:own", persons=(by.person,), level=2)


def rules(org: str, day: date) -> Service | None:
    """What the pack of an organization says of service; None where it has none. No statement."""
    try:
        pack = get_pack(orgs.pack_of(org, day))
    except BadPack:
        return None
    return pack.one(Service) if pack.has(Service) else None


def points_rules(org: str, day: date) -> Points | None:
    """The points that the pack of an organization switched on, in force or not; None without. No statement."""
    try:
        pack = get_pack(orgs.pack_of(org, day))
    except BadPack:
        return None
    return pack.one(Points) if pack.has(Points) else None


# ── members ─────────────────────────────────────────────────────────────────────────────────────────────


def event(fact: Recorded, texts: Mapping[str, str] | None = None) -> Event:
    """A stored fact as the fold takes it."""
    return Event(
        fact.data,
        fact.org,
        fact.about,
        fact.value or 0,
        fact.origin,
        fact.person,
        fact.place,
        dict(texts or {}),
    )


def members(tokens: Iterable[str]) -> dict[str, Member]:
    """Members as the ledger has them. One statement."""
    told: dict[str, list[Event]] = {token: [] for token in tokens}
    for fact in facts_of([f"service:{token}" for token in sorted(told)]):
        told[fact.subject.partition(":")[2]].append(event(fact))
    return {token: fold(rows) for token, rows in told.items()}


def own(person: str) -> tuple[str, Member]:
    """A signed-in person's token ("" for none) and service. Two statements."""
    token = token_for(person, DOMAIN)
    return token, (members([token])[token] if token else Member())


def listed(by: Act) -> QuerySet[ServiceMember]:
    """Rows of the lists that this actor keeps; no statement yet."""
    reach = reach_of(by, LIST)
    columns = Columns(org="org_id", level="level", key="pk", legs=(ServiceMember, "pk", "org_id", "post"))
    return ServiceMember.objects.filter(where(reach, columns)) if reach else ServiceMember.objects.none()


def page_of(by: Act, org: str, after: str = "", limit: int = 101) -> list[ServiceMember]:
    """A unit's own list, by token behind ``after``. One statement."""
    rows = listed(by).filter(org=org, until__isnull=True, token__gt=after)
    return list(rows.order_by("token")[:limit])


def names(by: Act, org: str, tokens: Sequence[str]) -> Mapping[str, str]:
    """Token → name on a unit's own list, for a purpose; logged. Raises Refused."""
    read = read_identity(by, tokens, ("name",), of_unit(org), right=LIST)
    return {token: read.one(token, "name") for token in tokens}


def showing(org: str, tokens: Sequence[str], what: str) -> set[str]:
    """Which of these chose to show ``what`` at a place. One statement."""
    rows = ServiceShown.objects.filter(org=org, token__in=list(tokens), what__contains=f",{what},")
    return set(rows.values_list("token", flat=True))


def shown_names(by: Act, org: str, tokens: Sequence[str]) -> Mapping[str, str]:
    """Token → name of those who chose to be seen at this community, for a purpose; logged. Raises Refused."""
    open_to = sorted(showing(org, tokens, "name"))
    read = read_identity(by, open_to, ("name",), of_servers(org), right=CONFIRM)
    return {token: read.one(token, "name") for token in open_to}


class Beside(msgspec.Struct, frozen=True):
    """What a member chose to show beside her name: her unit ("" not shown), hours as confirmed minutes (None: not shown)."""

    unit: str = ""
    minutes: int | None = None


def beside(org: str, tokens: Sequence[str], since: date, until: date, *, at: str = "") -> dict[str, Beside]:
    """Token → what she shows to ``org``; of hours those confirmed in [since, until), ``at`` one community or anywhere. One statement for
    any number."""
    own = ServiceMember.objects.filter(token=OuterRef("token"), until__isnull=True).order_by("n")
    done = ServiceRecord.objects.filter(
        token=OuterRef("token"), state="confirmed", day__gte=since, day__lt=until
    ).order_by()
    done = done.filter(org=at) if at else done
    minutes = done.values("token").annotate(all=Sum("minutes")).values("all")
    # What she does not show is not read.
    unit = When(what__contains=",unit,", then=Subquery(own.values("org_id")[:1]))
    hours = When(what__contains=",hours,", then=Coalesce(Subquery(minutes), 0))
    rows = ServiceShown.objects.filter(org=org, token__in=list(dict.fromkeys(tokens))).annotate(
        unit=Case(unit, default=Value(""), output_field=CharField()),
        minutes=Case(hours, default=None, output_field=IntegerField()),
    )
    return {
        token: Beside(orgs.name_of(str(unit)) if unit else "", count)
        for token, unit, count in rows.values_list("token", "unit", "minutes")
    }


def unit_figures(org: str, since: date, until: date) -> tuple[int, int | None]:
    """(members on a unit's list, how many of them served in [since, until), None for fewer than 10 on the list): never who. One
    statement."""
    served = ServiceRecord.objects.filter(
        token=OuterRef("token"), state="confirmed", day__gte=since, day__lt=until
    )
    on = ServiceMember.objects.filter(org=org, until__isnull=True)
    told = on.aggregate(total=Count("token"), served=Count("token", distinct=True, filter=Exists(served)))
    return told["total"], told["served"] if told["total"] >= LEAST else None


# ── units and communities ───────────────────────────────────────────────────────────────────────────────


#: What a unit and a community are in a service group: convened by the community, or a pairing.
UNITS, COMMUNITIES = ("member", "helper"), ("convener", "helped")


def linked(org: str, day: date, *, as_helper: bool) -> list[str]:
    """Communities that a unit is linked with (``as_helper``), itself or by its Party organization, or units linked with a community, by
    code. One statement."""
    return linked_all([org], day, as_helper=as_helper)


def linked_all(codes: Sequence[str], day: date, *, as_helper: bool) -> list[str]:
    """The same of several. One statement."""
    kinds = {found.alliance for code in codes if (found := rules(code, day)) is not None}
    mine, theirs = (UNITS, COMMUNITIES) if as_helper else (COMMUNITIES, UNITS)
    running = (
        orgs.in_force(day) & Q(state="joined", alliance__kind__in=sorted(kinds), alliance__since__lte=day)
        & (Q(alliance__until__isnull=True) | Q(alliance__until__gt=day))
    )  # fmt: skip
    body = Q(org__in=codes) | Q(org__in=halves(codes, day))
    groups = AllianceMember.objects.filter(running, body, role__in=mine).values("alliance_id")
    rows = AllianceMember.objects.filter(running, alliance__in=groups, role__in=theirs)
    nodes = orgs.forest().nodes
    others = {str(code) for code in rows.values_list("org_id", flat=True)} - set(codes)
    there = (code for code in others if code in nodes and nodes[code].at(day))
    return sorted(code for code in there if (nodes[code].level == "community") == as_helper)


def where_to(member: Member, day: date) -> dict[str, str]:
    """Communities where a member may serve → how she comes there: linked or home. One statement, none without a unit."""
    found = {row.org: row.role for row in member.places if row.until is None}
    units = list(member.units_now)
    return found | dict.fromkeys(linked_all(units, day, as_helper=True) if units else (), "linked")


def enough(org: str, day: date) -> ServiceEnough | None:
    """A community's word that it needs nobody, if it holds on a day or later. One statement."""
    return ServiceEnough.objects.filter(org=org, until__gt=day).first()


def enough_at(codes: Iterable[str], day: date) -> dict[str, date]:
    """Communities of these that need nobody on a day → the first day after it. One statement."""
    rows = ServiceEnough.objects.filter(org__in=list(codes), since__lte=day, until__gt=day)
    return {str(code): until for code, until in rows.values_list("org_id", "until")}


# ── openings ────────────────────────────────────────────────────────────────────────────────────────────


class Near(msgspec.Struct, frozen=True):
    """An opening for a member: how far in metres (-1: not known), how she comes there, seats left (None: no limit); ``why``: the reasons
    of the plan that suggests it to her, () where only the list is sorted."""

    slot: Slot
    metres: int
    role: str
    left: int | None
    why: tuple[str, ...] = ()


def centre(org: str, day: date) -> tuple[float, float] | None:
    """The middle of a community's grids as (lon, lat); None without any. No statement."""
    found = grids_of(org, day)
    if not found:
        return None
    return sum(one.lon for one in found) / len(found), sum(one.lat for one in found) / len(found)


def spot_of(place: str, org: str, day: date) -> tuple[float, float] | None:
    """Where an opening lies: its grid, else the middle of its community. No statement."""
    found = grid(place) if place else None
    return (found.lon, found.lat) if found is not None else centre(org, day)


def metres(one: tuple[float, float], other: tuple[float, float]) -> int:
    """The great-circle distance of two (lon, lat) points, to the metre."""
    (lon1, lat1), (lon2, lat2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    inner = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return round(2000 * EARTH_KM * math.asin(min(1.0, math.sqrt(inner))))


def suggested(
    member: Member, now: datetime, near: tuple[float, float] | None, plan: Mapping[str, tuple[str, ...]] | None = None,
    limit: int = 30, *, to: Mapping[str, str] | None = None, closed: Collection[str] | None = None,
) -> list[Near]:  # fmt: skip
    """Openings that fit a member: those that the last plan has for her (``plan``, slot → why), then nearest first, then soonest.
    ``near`` is a point of her choice, used here and kept nowhere. One statement where the caller knows already where she may serve
    (``to``) and who needs nobody (``closed``), else three."""
    day = timezone.localdate(now)
    to = where_to(member, day) if to is None else to
    kinds = {name for org in to if (said := rules(org, day)) for name in said.opening}
    closed = enough_at(to, day) if closed is None else closed
    rows = Slot.objects.filter(
        org__in=[org for org in to if org not in closed], kind__in=sorted(kinds), state="open", starts__gt=now
    )
    mine = set(member.records)
    found = []
    for slot in rows.order_by("starts", "code")[:500]:
        left = None if not slot.seats else slot.seats - slot.taken
        spot = spot_of(slot.place, str(slot.org_id), day)
        far = metres(near, spot) if near and spot else -1
        if slot.code not in mine and (left is None or left > 0):
            why = (plan or {}).get(slot.code, ())
            found.append(Near(slot, far, to[str(slot.org_id)], left, why))
    unknown = 10**9
    found.sort(
        key=lambda one: (
            not one.why,
            one.metres if one.metres >= 0 else unknown,
            one.slot.starts,
            one.slot.code,
        )
    )
    return found[:limit]


def seats_by_day(org: str, kinds: Sequence[str], since: date, until: date) -> dict[date, int]:
    """Day → seats that a community's openings of these kinds have there. One statement."""
    rows = Slot.objects.filter(org=org, kind__in=list(kinds), state__in=["open", "held"])
    first, last = (timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (since, until))
    found: dict[date, int] = {}
    for starts, seats in rows.filter(starts__gte=first, starts__lt=last).values_list("starts", "seats"):
        day = timezone.localdate(starts)
        found[day] = found.get(day, 0) + max(seats, 1)
    return found


# ── records ─────────────────────────────────────────────────────────────────────────────────────────────


class Served(msgspec.Struct, frozen=True):
    """One time of service with its words ("" once erased): what she said, what the community answered."""

    row: ServiceRecord
    title: str
    text: str
    reply: str


def records(token: str, since: date, until: date) -> list[Served]:
    """A member's own record in [since, until), the latest first. Four statements. The caller asked."""
    rows = list(
        ServiceRecord.objects.filter(token=token, day__gte=since, day__lt=until).order_by("-day", "slot")[
            :1000
        ]
    )
    titles = dict(Slot.objects.filter(code__in=[row.slot for row in rows]).values_list("code", "title"))
    words = _words([token])
    return [Served(row, titles.get(row.slot, ""), *words.get((token, row.slot), ("", ""))) for row in rows]


def told_at(org: str, after: str = "", limit: int = 51) -> list[ServiceRecord]:
    """What waits for a community's word, the oldest first. One statement. The caller asked ``service.confirm``."""
    rows = ServiceRecord.objects.filter(org=org, state="told")
    if after:
        day, _mark, slot = after.partition("~")
        rows = rows.filter(Q(day__gt=day) | Q(day=day, slot__gt=slot))
    return list(rows.order_by("day", "slot", "token")[:limit])


def _words(tokens: Sequence[str]) -> dict[tuple[str, str], tuple[str, str]]:
    told = [f for f in facts_of([f"service:{token}" for token in tokens]) if f.about.startswith("gather:")]
    texts = texts_of([fact.id for fact in told])
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for fact in told:
        key = (fact.person, fact.about.partition(":")[2])
        said, reply = found.get(key, ("", ""))
        here = texts.get(fact.id, {})
        found[key] = (here.get("text", said), here.get("reply", reply))
    return found


def said_at(tokens: Sequence[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """(token, slot) → what she said, what was answered; of those who wait for a community's word. Two statements."""
    return _words(sorted(set(tokens)))


def hours_of(token: str, since: date, until: date) -> dict[str, int]:
    """Kind → confirmed minutes of a member in [since, until). One statement."""
    rows = ServiceRecord.objects.filter(token=token, state="confirmed", day__gte=since, day__lt=until)
    found: dict[str, int] = {}
    for kind, minutes in rows.order_by("kind").values_list("kind", "minutes"):
        found[kind] = found.get(kind, 0) + minutes
    return found


def waiting(org: str) -> int:
    """How many times of service wait for a community's word. One statement."""
    return ServiceRecord.objects.filter(org=org, state="told").count()
