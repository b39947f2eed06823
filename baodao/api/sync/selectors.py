"""Reading partners and their deliveries."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db.models import Count, Max, Q, QuerySet

from baodao.api.models import Delivery, Partner
from baodao.kernel.act import Act
from baodao.matters.models import Leg
from baodao.orgs.policies import Columns, reach_of, where
from baodao.orgs.selectors import forest
from baodao.people import vault

KEEP, LEVEL = "partner.register", 1


class Target(msgspec.Struct, frozen=True):
    """A partner that is told of its organization's legs, of facts after `since`."""

    code: str
    org: str
    since: int


class Standing(msgspec.Struct, frozen=True):
    """What of a partner waits, is parked, was sent; when it last took something."""

    waiting: int = 0
    parked: int = 0
    sent: int = 0
    last: datetime | None = None


def targets() -> list[Target]:
    """All partners in force. One statement; a district has a handful."""
    rows = Partner.objects.filter(stopped__isnull=True).order_by("code")
    return [Target(*row) for row in rows.values_list("code", "org", "since")]


def partner(code: str) -> Partner | None:
    """One partner, stopped or not."""
    return Partner.objects.filter(code=code).first()


def visible_to(by: Act) -> QuerySet[Partner]:
    """Partners that this actor keeps: of the own organization, and of those below where the right reaches so far."""
    kept = where(reach_of(by, KEEP), Columns(level="", at=LEVEL))
    return Partner.objects.filter(kept).order_by("org", "created", "code")


def offices(by: Act) -> list[str]:
    """Codes of the organizations for which this actor may register one. No statement."""
    found, trees = reach_of(by, KEEP), forest()
    own = {org for org, top in found.own if top >= LEVEL}
    below = {code for root, top in found.below if top >= LEVEL for code in trees.below(root, found.day)}
    return sorted(own | below)


def standings(codes: Sequence[str]) -> dict[str, Standing]:
    """By partner. One statement."""
    rows = (
        Delivery.objects.filter(partner__in=list(codes))
        .values_list("partner")
        .annotate(
            waiting=Count("id", filter=Q(state="waiting")),
            parked=Count("id", filter=Q(state="parked")),
            sent=Count("id", filter=Q(state="sent")),
            last=Max("sent_at"),
        )
    )
    return {code: Standing(*counts) for code, *counts in rows}


def parked(codes: Sequence[str], most: int) -> list[Delivery]:
    """Parked deliveries, the newest first."""
    rows = Delivery.objects.filter(partner__in=list(codes), state="parked")
    return list(rows.order_by("-fact", "partner")[:most])


def due(now: datetime, most: int) -> list[int]:
    """Ids of deliveries whose time has come and that no living process has, in the order of the facts."""
    return list(free(now).order_by("fact", "partner").values_list("id", flat=True)[:most])


def free(now: datetime) -> QuerySet[Delivery]:
    """Waiting, due, and not under a lease."""
    leased = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Delivery.objects.filter(leased, state="waiting", next_try__lte=now)


def orgs_of(number: str) -> set[str]:
    """Organizations called to a matter, in any round. One statement."""
    return set(Leg.objects.filter(matter=number).values_list("org", flat=True))


def secret_of(row: Partner) -> str:
    """The signing secret in plain, for the moment of signing. Raises vault.Tampered."""
    return vault.unseal(owner_of(row.code), "secret", row.secret_key, row.secret)


def owner_of(code: str) -> str:
    """Whose the cipher is: one that is moved to another row does not open."""
    return f"partner:{code}"


def secrets_by_key() -> dict[str, int]:
    """Id of a sealing key → partners whose secret needs it."""
    rows = Partner.objects.values_list("secret_key").annotate(n=Count("code")).order_by("secret_key")
    return dict(rows)
