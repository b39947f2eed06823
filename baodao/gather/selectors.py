"""Every read of gatherings. Lists start from what the actor sees; names open for a purpose only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from baodao.kernel.act import Act
from baodao.kernel.typed import FAR, whole_number
from baodao.ledger.models import Fact
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.rolls.models import Membership
from baodao.people.selectors import tokens_of
from baodao.people.services.reading import read_identity
from baodao.places import selectors as places
from baodao.places.facilities.models import Facility

from .declare import BOOKED
from .mixed import any_of
from .models import Feed, Seat, Side, Slot
from .policies import LIST, may_join, people_of, unveiled, visible

#: Below so many, ratings are not shown.
LEAST = 10


class Wish(msgspec.Struct, frozen=True):
    """What a list is narrowed to. ``org`` with all below it; [since, until) local days; ``kind`` "" for any."""

    org: str = ""
    since: date | None = None
    until: date | None = None
    kind: str = ""
    series: str = ""


def midnight(day: date) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time(), timezone.get_current_timezone())


def listed(by: Act, wish: Wish, after: str = "", limit: int = 51) -> list[Slot]:
    """Slots by start and code, behind ``after`` ("<unix seconds>.<code>"). One statement, and one for the tree."""
    rows = _narrowed(visible(by), wish)
    if after:
        at, _dot, code = after.partition(".")
        moment = datetime.fromtimestamp(min(whole_number(at) or 0, FAR), timezone.get_current_timezone())
        rows = rows.filter(Q(starts__gt=moment) | Q(starts=moment, code__gt=code))
    return list(rows.order_by("starts", "code")[:limit])


def _narrowed(rows: QuerySet[Slot], wish: Wish) -> QuerySet[Slot]:
    if wish.org:
        rows = rows.filter(org__in=orgs.under([wish.org], orgs.today()))
    if wish.since is not None:
        rows = rows.filter(starts__gte=midnight(wish.since))
    if wish.until is not None:
        rows = rows.filter(starts__lt=midnight(wish.until))
    if wish.kind:
        rows = rows.filter(kind=wish.kind)
    return rows.filter(series=wish.series) if wish.series else rows


def mark_of(row: Slot) -> str:
    """Where the next page begins."""
    return f"{int(row.starts.timestamp())}.{row.code}"


def slot(by: Act, code: str) -> Slot | None:
    """One slot that the actor sees by right; None otherwise. One statement."""
    return visible(by).filter(code=code).first()


def slot_for(by: Act, code: str, tokens: Mapping[str, str]) -> Slot | None:
    """One slot that a person sees: open to all, hers, or one that she may sign up for."""
    from .kinds import kind_of

    row = Slot.objects.filter(code=code).first()
    if row is None or row.level == 0:
        return row
    if Seat.objects.filter(slot=code, token__in=list(tokens.values())).exists():
        return row
    return (
        row
        if row.level == 1 and may_join(row, kind_of(str(row.org_id), row.kind), by, dict(tokens))
        else None
    )


def seat_of(row: Slot, tokens: Mapping[str, str]) -> Seat | None:
    """The person's own row in a slot. One statement."""
    token = tokens.get(row.domain, "")
    return Seat.objects.filter(slot=row.code, token=token).first() if token else None


def seats_of(row: Slot) -> list[Seat]:
    """All rows of a slot but those who left, in order. One statement. For whoever may see the list."""
    return list(Seat.objects.filter(slot=row.code).exclude(state="left").order_by("n"))


def counts_of(codes: Sequence[str]) -> dict[str, Counter[str]]:
    """code → how many by state of presence. One statement."""
    found: dict[str, Counter[str]] = {code: Counter() for code in codes}
    for code, status in Seat.objects.filter(slot__in=list(codes), state="seat").values_list(
        "slot_id", "status"
    ):
        found[str(code)][status] += 1
    return found


def names(by: Act, row: Slot, tokens: Iterable[str]) -> Mapping[str, str]:
    """Token → name, for a purpose; writes the access log; "" for who chose not to be seen there. Raises Refused."""
    every = list(tokens)
    wanted = unveiled(row, every)
    read = read_identity(by, wanted, ("name",), people_of(row), right=LIST)
    return {token: read.one(token, "name") for token in every}


def replies(row: Slot) -> dict[str, str]:
    """Token → what the one concerned said against her presence as told. For whoever may see the list."""
    told = [fact for fact in facts_of(f"gather:{row.code}") if fact.kind == "gather.disputed"]
    texts = texts_of([fact.id for fact in told])
    return {fact.person: texts.get(fact.id, {}).get("reply", "") for fact in told}


def texts_here(row: Slot) -> dict[str, str]:
    """The texts of the last opening or change, of the calling off and of what was held. Two statements."""
    found: dict[str, str] = {}
    kinds = ("gather.opened", "gather.changed", "gather.called_off", "gather.held")
    told = [fact for fact in facts_of(f"gather:{row.code}") if fact.kind in kinds]
    texts = texts_of([fact.id for fact in told])
    for fact in told:
        found |= texts.get(fact.id, {})
    return found


class Rated(msgspec.Struct, frozen=True):
    """How a gathering was rated: by how many who came, and per star from the tenth on; ``orgs``: organizations that rated it under their
    own names, with their stars."""

    n: int
    stars: tuple[int, ...] = ()
    orgs: tuple[tuple[str, int], ...] = ()


def rated(code: str) -> Rated:
    """Ratings of a gathering: only their number below ten. One statement."""
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.rated").order_by("id")
    told = list(rows.values_list("person", "org", "value"))
    found = Counter(value for person, _org, value in told if person)
    n = found.total()
    named = tuple((orgs.name_of(org), value or 0) for person, org, value in told if not person)
    return Rated(n, tuple(found[star] for star in range(1, 6)) if n >= LEAST else (), named)


class Mine(msgspec.Struct, frozen=True):
    """One of a person's own rows with its slot."""

    slot: Slot
    seat: Seat


def own(person: str, now: datetime) -> tuple[list[Mine], list[Mine]]:
    """A signed-in person's own: (to come, past), the nearest first. Two statements."""
    tokens = list(tokens_of(person).values())
    rows = Seat.objects.filter(token__in=tokens).exclude(state="left").select_related("slot")
    to_come = rows.filter(ends__gte=now).order_by("starts")[:100]
    past = rows.filter(ends__lt=now).order_by("-starts")[:100]
    return [Mine(r.slot, r) for r in to_come], [Mine(r.slot, r) for r in past]


def minutes_of(person: str, since: date) -> int:
    """Minutes credited to a person since a day: her own figure, shown to nobody else. One statement."""
    rows = Seat.objects.filter(token__in=list(tokens_of(person).values()), starts__gte=midnight(since))
    return rows.aggregate(all=Sum("minutes"))["all"] or 0


def coming(at: str, now: datetime, kind: str = "", limit: int = 60) -> list[Slot]:
    """What is on: slots open to all at and below an organization, from now on. One statement."""
    rows = Slot.objects.filter(level=0, state="open", ends__gt=now)
    if at:
        rows = rows.filter(org__in=orgs.under([at], timezone.localdate(now)))
    if kind:
        rows = rows.filter(kind=kind)
    return list(rows.order_by("starts", "code")[:limit])


def for_me(person: str, now: datetime, limit: int = 20) -> list[Slot]:
    """Slots to come of the branches on whose rolls a person is. Two statements."""
    party = tokens_of(person).get("party", "")
    rows = of_branches(party, now, state="open", limit=limit) if party else []
    return [one.slot for one in rows]


class OfBranch(msgspec.Struct, frozen=True):
    """A slot that a branch holds, alone or with another that convenes it; ``org`` is the branch, ``note`` its own words to its members."""

    slot: Slot
    org: str
    note: str = ""


def of_branches(
    token: str, since: datetime, until: datetime | None = None, state: str = "", limit: int = 100
) -> list[OfBranch]:
    """Slots up to level 1 that the branches on whose rolls a member is convene, or hold with others who asked them; in time. Two
    statements at most."""
    rolls = Membership.objects.filter(token=token, state="in", until__isnull=True).values("org")
    rows = Slot.objects.filter(level__lte=1, ends__gt=since).order_by("starts", "code")
    rows = rows if until is None else rows.filter(starts__lt=until)
    rows = rows.filter(state=state) if state else rows
    sides = Side.objects.filter(org__in=rolls, state="joins")
    found = any_of(rows.filter(org__in=rolls)[:limit], rows.filter(code__in=sides.values("slot"))[:limit])
    own = Exists(Membership.objects.filter(token=token, state="in", until__isnull=True, org=OuterRef("org")))
    slots = list(found.annotate(own=own).order_by("starts", "code")[:limit])
    others = [slot.code for slot in slots if not slot.own]
    told = {side.slot: side for side in sides.filter(slot__in=others).order_by("-id")} if others else {}
    return [
        OfBranch(slot, str(slot.org_id)) if slot.own else OfBranch(slot, told[slot.code].org, told[slot.code].note)
        for slot in slots
    ]  # fmt: skip


def evenings_for(party: str, since: datetime, until: datetime) -> list[Slot]:
    """Meetings in a time that the branches of a member (her Party token; "" for none) announced or hold with others, also such as were
    called off. Two statements at most."""
    rows = of_branches(party, since, until) if party else []
    return [one.slot for one in rows if one.slot.form == "meeting" and one.slot.domain == "party"]


def between(org: str, since: datetime, until: datetime, limit: int = 500) -> list[Slot]:
    """An organization's slots in a time, its own, those that it holds with others, and places that it took elsewhere, called off or not, up
    to level 1. One statement. For its feed and its week."""
    rows = Slot.objects.filter(starts__lt=until, ends__gt=since, level__lte=1).order_by("starts", "code")
    joined = Side.objects.filter(org=org, state="joins").values("slot")
    booked = rows.filter(about=f"org:{org}", form__in=BOOKED)
    found = any_of(rows.filter(org=org)[:limit], rows.filter(code__in=joined)[:limit], booked[:limit])
    return list(found.order_by("starts", "code")[:limit])


def ahead_of(person: str, since: datetime, until: datetime) -> list[Slot]:
    """A person's own slots in a time: those in which she has a row, and evenings of her branches (`evenings_for`). Four statements at most."""
    tokens = tokens_of(person)
    seats = Seat.objects.filter(token__in=list(tokens.values()), ends__gte=since, starts__lt=until)
    seats = seats.exclude(state="left").select_related("slot").order_by("starts")
    found = {seat.slot_id: seat.slot for seat in seats[:100]}
    found |= {row.code: row for row in evenings_for(tokens.get("party", ""), since, until)}
    return list(found.values())


def beside(row: Slot, now: datetime) -> list[Slot]:
    """The other slots of a series that are still to come: what one may change one's turn for. At most one statement."""
    if not row.series:
        return []
    rows = Slot.objects.filter(series=row.series, state="open", starts__gt=now).exclude(code=row.code)
    return list(rows.order_by("starts", "code")[:60])


def at_place(place: str, day: date) -> list[Slot]:
    """Slots open to all at a place, on a day and the seven after it. One statement."""
    since = midnight(day)
    rows = Slot.objects.filter(place=place, level=0, starts__gte=since, starts__lt=since + timedelta(days=8))
    return list(rows.order_by("starts", "code")[:100])


def feed_owner(digest: str) -> str:
    """Whose calendar this secret opens; "" for nobody's."""
    return Feed.objects.filter(digest=digest).values_list("owner", flat=True).first() or ""


def feed_n(owner: str) -> int:
    """Which renewal of an address is in force; 0: none was ever made."""
    return Feed.objects.filter(owner=owner).values_list("n", flat=True).first() or 0


def feed_rows(owner: str, now: datetime) -> list[Slot]:
    """What a feed shows: from a month ago to half a year ahead; of a member also the meetings that her branch announced or holds with others."""
    since, until = now - timedelta(days=31), now + timedelta(days=183)
    what, _colon, key = owner.partition(":")
    if what == "org":
        return between(key, since, until)
    tokens = tokens_of(key)
    seats = Seat.objects.filter(
        token__in=list(tokens.values()),
        state__in=["seat", "invited"],
        starts__lt=until,
        ends__gt=since,
    )
    found = {seat.slot_id: seat.slot for seat in seats.select_related("slot").order_by("starts")[:500]}
    found = {row.code: row for row in evenings_for(tokens.get("party", ""), since, until)} | found
    return sorted(found.values(), key=lambda row: (row.starts, row.code))


def facilities_of(org: str) -> list[Facility]:
    """Stations and facilities of an organization that are in use: where its gatherings may be. One statement."""
    day = orgs.today()
    rows = Facility.objects.filter(Q(until__isnull=True) | Q(until__gt=day), org=org, since__lte=day)
    return list(rows.order_by("name")[:200])


def place_words(code: str) -> str:
    """The name of a grid or a facility; "" for none. At most one statement."""
    if not code:
        return ""
    grid = places.grid(code)
    if grid is not None:
        return grid.name
    return Facility.objects.filter(code=code).values_list("name", flat=True).first() or ""
