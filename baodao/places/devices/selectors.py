"""Reads of devices: the catalogue for staff, and what residents may know of each."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
from django.db.models import Count, QuerySet
from django.utils import translation

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.finders import holding
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import Columns, reach_of, where
from baodao.places import selectors as places

from .declare import DeviceKind, DevicePurpose
from .models import Device

READ = "device.read"
#: What everybody may know: place, owner, purpose, sign.
TOLD = "device.told"
COLUMNS = Columns(org="org_id", level="level", place="grid")
SHOWN = 300


def kinds_of(org: str, day: date) -> tuple[Mapping[str, DeviceKind], Mapping[str, DevicePurpose]]:
    """Kinds and purposes that the pack of an organization declares, in its order. No statement."""
    try:
        found = get_pack(orgs.pack_of(org, day))
    except BadPack:
        return {}, {}
    return found.many(DeviceKind), found.many(DevicePurpose)


def titled(one: DeviceKind | DevicePurpose | None, code: str) -> str:
    """Its title in the reader's language; the code where the pack no longer knows it."""
    if one is None:
        return code
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title


def visible(by: Act) -> QuerySet[Device]:
    """All devices that this actor may see; no statement yet."""
    reach = reach_of(by, READ)
    return Device.objects.filter(where(reach, COLUMNS)) if reach else Device.objects.none()


def device(by: Act, code: str) -> Device | None:
    """One device; None when there is none or it is not for this actor. One statement."""
    return visible(by).filter(code=code).first()


class Wish(msgspec.Struct, frozen=True):
    """What a list is narrowed to: words of name, address or code; kind, purpose, state, an organization and all below
    it; ``view``: "" hanging, "unsigned" (pictures without a sign), "removed"."""

    q: str = ""
    kind: str = ""
    purpose: str = ""
    state: str = ""
    org: str = ""
    view: str = ""


VIEWS = ("", "unsigned", "removed")


def listed(by: Act, wish: Wish, day: date, after: str = "", limit: int = 51) -> list[Device]:
    """A page by code behind ``after``. One statement."""
    rows = narrowed(by, wish, day)
    return list((rows.filter(code__gt=after) if after else rows).order_by("code")[:limit])


def count(by: Act, wish: Wish, day: date, most: int = 2000) -> int:
    """How many there are, at most ``most`` + 1. One statement."""
    return len(narrowed(by, wish, day).values_list("code", flat=True)[: most + 1])


def narrowed(by: Act, wish: Wish, day: date) -> QuerySet[Device]:
    """The rows of a wish; no statement yet."""
    rows = visible(by)
    rows = rows.filter(state="removed") if wish.view == "removed" else rows.exclude(state="removed")
    if wish.view == "unsigned":
        rows = rows.filter(sign="missing")
    for name in ("kind", "purpose", "state"):
        if value := getattr(wish, name):
            rows = rows.filter(**{name: value})
    if wish.org:
        rows = rows.filter(org__in=orgs.under([wish.org], day))
    if wish.q:
        rows = rows.filter(holding(wish.q, "name", "address", "code"))
    return rows


def tally(by: Act, wish: Wish, day: date) -> list[tuple[str, str, int]]:
    """(kind, state, how many) of a wish. One statement."""
    rows = narrowed(by, wish, day).values_list("kind", "state").annotate(n=Count("code"))
    return list(rows.order_by("kind", "state"))


class Watching(msgspec.Struct, frozen=True):
    """All that a resident is told of one device. ``place`` in words; never its state or its exact point."""

    place: str
    owner: str
    kind: str
    purpose: str
    sign: str
    grid: str


def watching(by: Act, grids: Iterable[str]) -> list[Watching]:
    """What hangs in these grids, for everybody, by place. One statement."""
    if not allowed(by, TOLD, Subject(ref="device:told")):
        return []
    rows = Device.objects.filter(grid__in=list(grids)).exclude(state="removed").order_by("grid", "code")
    day, found = orgs.today(), []
    for row in rows[:SHOWN]:
        kinds, purposes = kinds_of(str(row.org_id), day)
        grid = places.grid(row.grid)
        found.append(
            Watching(
                row.address or (grid.name if grid else row.grid),
                orgs.name_of(str(row.org_id)),
                titled(kinds.get(row.kind), row.kind),
                titled(purposes.get(row.purpose), row.purpose),
                row.sign,
                row.grid,
            )
        )
    return found


def kept_by(posts: Iterable[str]) -> list[Device]:
    """What posts answer for, hanging: for a hand-over. One statement."""
    rows = Device.objects.filter(keeper__in=list(posts)).exclude(state="removed")
    return list(rows.order_by("keeper", "code"))
