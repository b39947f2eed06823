"""Reads of courses. The menu is everybody's; an order is seen by whoever may read its matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from msgspec import Struct
from msgspec.structs import replace

from baodao.gather.models import Slot
from baodao.kernel.act import Act, Subject
from baodao.ledger.models import Fact
from baodao.matters.models import Leg, Matter
from baodao.matters.selectors import visible_to
from baodao.orgs import selectors as orgs
from baodao.orgs.duties import district_of

from .choosing import Able, Choice, choices
from .declare import Lists
from .models import Lecturer, Offer, Order, Relay

PROCEDURE = "talk_order"
#: States of a leg in which somebody has it, or gave it: what a lecturer's load is counted from.
HAS_IT = ("called", "reported", "held")
QUARTER = timedelta(days=92)


def of_org(org: str, persons: tuple[str, ...] = ()) -> Subject:
    """What a right on an organization's menu or lecturers is asked about."""
    return Subject(ref=f"org:{org}", org=org, level=1, persons=persons)


def listed(codes: str) -> tuple[str, ...]:
    """A list as a column keeps it."""
    return tuple(code for code in codes.split(",") if code)


def column(codes: Sequence[str]) -> str:
    """A list as a column: sorted, a comma before and after each."""
    return f",{','.join(sorted(codes))}," if codes else ""


def menu(
    org: str, day: date, *, subject: str = "", words: str = "", after: str = "", limit: int = 51
) -> list[Offer]:
    """Offers in force of the district of an organization ("": of all), by code behind ``after``. One statement."""
    rows = Offer.objects.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day, code__gt=after)
    district = district_of(org, day) if org else ""
    rows = rows.filter(org__in=orgs.under([district], day)) if district else rows
    rows = rows.filter(subject=subject) if subject else rows
    rows = rows.filter(Q(title__icontains=words) | Q(about__icontains=words)) if words else rows
    return list(rows.order_by("code")[:limit])


def offer(code: str) -> Offer | None:
    """One offer. One statement."""
    return Offer.objects.filter(code=code).first()


def offers_of(codes: Sequence[str]) -> list[Offer]:
    """Offers by code. One statement."""
    return list(Offer.objects.filter(code__in=list(dict.fromkeys(codes))))


def in_force(row: Offer, day: date) -> bool:
    """Whether it can be ordered on a day."""
    return row.since <= day and (row.until is None or row.until > day)


def lecturers(org: str, day: date, limit: int = 500) -> list[Lecturer]:
    """Those of an organization and below it who give something, by post. One statement."""
    rows = Lecturer.objects.filter(org__in=orgs.under([org], day)).exclude(subjects="")
    return list(rows.order_by("post")[:limit])


def able(row: Offer, day: date, wish: date | None = None) -> list[Choice]:
    """Who may be asked for an offer: the posts that it names, else those of the district that tell its subject. Three statements."""
    rows = Lecturer.objects.filter(subjects__contains=f",{row.subject},")
    if row.lecturers:
        rows = Lecturer.objects.filter(post__in=listed(row.lecturers))
    else:
        rows = rows.filter(org__in=orgs.under([district_of(str(row.org_id), day)], day))
    held = list(rows.order_by("post")[:500])
    load = _asked([one.post for one in held], day - QUARTER, day + timedelta(days=1))
    first = (wish or day).replace(day=1)
    month = _asked(
        [one.post for one in held], first, (first + timedelta(days=32)).replace(day=1), wished=True
    )
    return choices(
        (
            Able(
                one.post, str(one.org_id), frozenset(int(n) for n in listed(one.days)), one.most,
                load.get(one.post, 0), month.get(one.post, 0),
            )
            for one in held
        ),
        wish,
    )  # fmt: skip


def _asked(posts: Sequence[str], since: date, until: date, *, wished: bool = False) -> dict[str, int]:
    """Post → orders that it has or gave, placed (or wished for) in [since, until). One statement."""
    rows = Order.objects.filter(placed__gte=since, placed__lt=until)
    if wished:
        rows = Order.objects.filter(
            Q(wish__gte=since, wish__lt=until) | Q(wish__isnull=True, placed__gte=since, placed__lt=until)
        )
    legs = Leg.objects.filter(post__in=posts, state__in=HAS_IT, matter__in=rows.values("number"))
    return dict(legs.values("post").annotate(n=Count("id")).values_list("post", "n"))


class Ordered(Struct, frozen=True):
    """An order as a list shows it. ``offer`` None: taken back."""

    order: Order
    matter: Matter
    offer: Offer | None


def orders(by: Act, after: str = "", limit: int = 51) -> list[Ordered]:
    """Orders that this actor may read, the newest first, behind the number ``after``. Three statements."""
    rows: QuerySet[Matter] = visible_to(by).filter(procedure=PROCEDURE)
    if after:
        rows = rows.filter(number__lt=after)
    found = list(rows.order_by("-number")[:limit])
    held = Order.objects.in_bulk([row.number for row in found])
    offers = Offer.objects.in_bulk({one.offer for one in held.values()})
    return [
        Ordered(held[row.number], row, offers.get(held[row.number].offer))
        for row in found
        if row.number in held
    ]


def order(number: str) -> Order | None:
    """One order; whoever asks has asked for its matter before. One statement."""
    return Order.objects.filter(number=number).first()


def firsts(code: str, limit: int = 200) -> list[Order]:
    """The first time that each organization had an offer, the quickest first. One statement."""
    return list(Order.objects.filter(offer=code, first=True).order_by("days", "org")[:limit])


#: From so many ratings on an offer shows how many gave how many stars.
LEAST = 10


def rated(code: str) -> tuple[int, tuple[int, ...]]:
    """(how many orders of an offer were rated, how many gave 1 to 5 stars): the second only from ten on. One statement."""
    rows = Order.objects.filter(offer=code, stars__isnull=False).values_list("stars", flat=True)
    found = Counter(rows)
    n = found.total()
    return n, tuple(found[star] for star in range(1, 6)) if n >= LEAST else ()


class Reached(Struct, frozen=True):
    """A topic and how soon it was heard: ``days`` from its day to its first talk anywhere (None: not yet), in how many ``places``."""

    offer: Offer
    days: int | None
    places: int


class Pace(Struct, frozen=True):
    """Topics of a district that came onto the menu in a span: how many, how many were ever given, the middle of their days."""

    topics: int
    given: int
    median: int | None


def pace(org: str, since: date, until: date) -> Pace:
    """Days from a new topic to its first talk, over the topics of [since, until). One statement."""
    told = [row.first_days for row in _topics(org, since, until).only("code")]  # type: ignore[attr-defined]
    found = sorted(days for days in told if days is not None)
    return Pace(len(told), len(found), found[(len(found) - 1) // 2] if found else None)


def reached(org: str, since: date, until: date, after: str = "", limit: int = 51) -> list[Reached]:
    """The rows behind `pace`, by code behind ``after``. One statement."""
    rows = _topics(org, since, until).filter(code__gt=after).order_by("code")[:limit]
    return [Reached(row, row.first_days, row.places) for row in rows]  # type: ignore[attr-defined]


def _topics(org: str, since: date, until: date) -> QuerySet[Offer]:
    firsts = Order.objects.filter(offer=OuterRef("code"), first=True).order_by().values("offer")
    district = district_of(org, until) or org
    rows = Offer.objects.filter(org__in=orgs.under([district], until), since__gte=since, since__lt=until)
    return rows.annotate(
        first_days=Subquery(firsts.annotate(least=Min("days")).values("least")),
        places=Coalesce(Subquery(firsts.annotate(n=Count("number")).values("n")), 0),
    )


def coming(
    now: datetime, channel_: Sequence[str], org: str = "", limit: int = 100
) -> list[tuple[Order, list[Slot]]]:
    """Orders that were announced by one of these channels (of ``org``, or of all), with their gatherings to come, the earliest first.
    Two statements."""
    named = Q(pk__in=[])
    for code in channel_:
        named |= Q(channels__contains=f",{code},")
    rows = Order.objects.filter(named, ~Q(channels=""), held__isnull=True)
    rows = rows.filter(org=org) if org else rows
    held = {f"matter:{row.number}": row for row in rows.order_by("-number")[: 10 * limit]}
    slots = Slot.objects.filter(about__in=held, state="open", ends__gt=now).order_by("starts", "code")
    found: dict[str, list[Slot]] = {}
    for slot in slots[: 4 * limit]:
        found.setdefault(slot.about, []).append(slot)
    return [(held[about], own) for about, own in list(found.items())[:limit]]


#: A piece that is given over the loudspeaker itself: the trait of its kind of gathering.
OVER_THE_AIR = "broadcast"


def pieces(org: str, lists: Lists, now: datetime, limit: int = 40) -> list[Slot]:
    """What an organization's loudspeaker gives itself (a series of neighbours' stories): those of the last week not yet told of, and of the next.
    At most one statement."""
    kinds = [code for code, kind in lists.kinds.items() if OVER_THE_AIR in kind.traits]
    week = timedelta(days=7)
    rows = Slot.objects.filter(
        org=org, kind__in=kinds, state="open", starts__gt=now - week, starts__lt=now + week
    )
    return list(rows.order_by("starts", "code")[:limit]) if kinds else []


class Given(Struct, frozen=True):
    """What one organization ordered and was given in a span: talks (orders), their gatherings, heads, and how often each channel went out by hand."""

    org: str
    talks: int
    sessions: int
    came: int
    relays: dict[str, int]


def given(org: str, since: date, until: date, after: str = "", limit: int = 51) -> list[Given]:
    """Organizations at and below one to which something was given or by which residents were told in [since, until), by code behind ``after``;
    who ordered nothing is not listed: ordering is free. Two statements."""
    under = orgs.under([org], until)
    rows = Order.objects.filter(org__in=under, org__gt=after, held__gte=since, held__lt=until).values("org")
    found = {
        row["org"]: Given(row["org"], row["n"], row["all"], row["heads"], {})
        for row in rows.annotate(n=Count("number"), all=Sum("sessions"), heads=Sum("came")).order_by("org")[
            :limit
        ]
    }
    told = Relay.objects.filter(org__in=under, org__gt=after, at__gte=_begins(since), at__lt=_begins(until))
    by_org: dict[str, dict[str, int]] = {}
    for row in told.values("org", "channel").annotate(n=Count("id")).order_by("org", "channel")[: 20 * limit]:
        by_org.setdefault(row["org"], {})[row["channel"]] = row["n"]
    every = sorted({*found, *by_org})[:limit]
    return [replace(found.get(code, Given(code, 0, 0, 0, {})), relays=by_org.get(code, {})) for code in every]


def given_in_all(org: str, since: date, until: date) -> tuple[int, int, int]:
    """(talks, gatherings, heads) of an organization and all below it in [since, until). One statement."""
    rows = Order.objects.filter(org__in=orgs.under([org], until), held__gte=since, held__lt=until)
    found = rows.aggregate(n=Count("number"), all=Sum("sessions"), heads=Sum("came"))
    return found["n"], found["all"] or 0, found["heads"] or 0


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def figures(codes: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """Offer → orders, orders that were given, heads that came. One statement."""
    rows = Order.objects.filter(offer__in=codes).values("offer")
    found = rows.annotate(all=Count("number"), given=Count("held"), came=Sum("came"))
    return {row["offer"]: (row["all"], row["given"], row["came"]) for row in found}


def gatherings(number: str) -> list[Slot]:
    """The gatherings of an order, the earliest first. One statement."""
    return list(Slot.objects.filter(about=f"matter:{number}").order_by("starts", "code")[:100])


def heads(codes: Sequence[str]) -> dict[str, int]:
    """slot → everybody who came, as its latest record says. One statement."""
    rows = Fact.objects.filter(subject__in=[f"gather:{code}" for code in codes], kind="gather.held")
    told = rows.order_by("id").values_list("subject", "value")
    return {subject.partition(":")[2]: value or 0 for subject, value in told}
