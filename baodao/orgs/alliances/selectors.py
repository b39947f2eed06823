"""Reads of alliances. For procedures and call forms: `alliances_of`, `members_of`, `helpers_of`, one statement each."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from django.db.models import Count, F, Q, QuerySet
from django.utils import translation

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import Columns, reach_of, where

from .declare import AllianceKind
from .fold import Tie, Whole
from .models import Alliance, AllianceMember
from .policies import OPENING, may_see, visible

#: Up to so many codes are named in a statement; beyond, all rows are read and sifted here.
FEW = 400


class Belonging(msgspec.Struct, frozen=True):
    """One alliance in which an organization takes part on a day, and as what."""

    code: str
    name: str
    kind: str
    shape: str
    seat: str
    role: str
    since: date
    origin: str


class Member(msgspec.Struct, frozen=True):
    """One organization in an alliance on a day."""

    org: str
    name: str
    role: str
    since: date


def kinds_of(org: str, day: date) -> Mapping[str, AllianceKind]:
    """Kinds of alliance that the pack of an organization declares on a day, in its order. No statement."""
    try:
        return get_pack(orgs.pack_of(org, day)).many(AllianceKind)
    except BadPack:
        return {}


def _on(day: date) -> Q:
    """Ties in force on the day, in alliances that exist then."""
    return (
        orgs.in_force(day)
        & Q(state="joined", alliance__since__lte=day)
        & (Q(alliance__until__isnull=True) | Q(alliance__until__gt=day))
    )


def _name(zh: str, english: str) -> str:
    return english if english and (translation.get_language() or "").startswith("en") else zh


def name_of(code: str) -> str:
    """An alliance's name in the reader's language, ended ones too; "" when there is none. One statement."""
    found = Alliance.objects.filter(code=code).values_list("name", "name_en").first()
    return _name(*found) if found is not None else ""


def names_of(codes: Collection[str]) -> dict[str, str]:
    """The same of several. One statement, none for none."""
    rows = (
        Alliance.objects.filter(code__in=list(codes)).values_list("code", "name", "name_en") if codes else ()
    )
    return {code: _name(zh, english) for code, zh, english in rows}


def alliances_of(org: str, day: date, by: Act | None = None) -> list[Belonging]:
    """In which alliances an organization takes part on a day, by code; also those that it convenes; with ``by``
    only those that this actor may see. One statement."""
    rows = AllianceMember.objects.filter(_on(day), org=org).select_related("alliance").order_by("alliance_id")
    rows = rows if by is None else rows.filter(alliance__in=visible(by).values("pk"))
    return [
        Belonging(
            row.alliance.code,
            _name(row.alliance.name, row.alliance.name_en),
            row.alliance.kind,
            row.alliance.shape,
            str(row.alliance.seat_id),
            row.role,
            row.since,
            row.alliance.origin,
        )
        for row in rows
    ]


def members_of(code: str, day: date) -> list[Member]:
    """Who takes part in an alliance on a day, the convener first, then by code. One statement. An organization
    that was dissolved is left out."""
    trees = orgs.forest()
    rows = AllianceMember.objects.filter(_on(day), alliance=code).values_list("org_id", "role", "since")
    found = [
        Member(org, orgs.name_of(org), role, since)
        for org, role, since in rows
        if org in trees and trees.nodes[org].at(day)
    ]
    return sorted(found, key=lambda one: (one.role != "convener", one.org))


def fellows_of(org: str, day: date) -> list[str]:
    """Organizations that are in an alliance with one on a day, each once, by code. One statement, however many alliances."""
    trees = orgs.forest()
    codes = sorted({str(code) for code in fellows(org, day).values_list("org_id", flat=True)})
    return [code for code in codes if code in trees and trees.nodes[code].at(day)]


def fellows(org: str, day: date) -> QuerySet[AllianceMember, Any]:
    """The same as a subquery for ``org__in``. No statement of its own."""
    mine = AllianceMember.objects.filter(_on(day), org=org).values("alliance_id")
    return AllianceMember.objects.filter(_on(day), alliance__in=mine).exclude(org=org).values("org_id")


def helpers_of(org: str, day: date) -> list[Member]:
    """Who helps an organization through a pairing on a day, each once, by code. One statement."""
    helped = AllianceMember.objects.filter(_on(day), org=org, role="helped", alliance__shape="pairing")
    rows = AllianceMember.objects.filter(
        _on(day), role="helper", alliance__in=helped.values("alliance_id")
    ).values_list("org_id", "since")
    trees = orgs.forest()
    first: dict[str, date] = {}
    for code, since in rows:
        if code in trees and trees.nodes[code].at(day):
            first[code] = min(since, first.get(code, since))
    return [Member(code, orgs.name_of(code), "helper", first[code]) for code in sorted(first)]


def helped_by(org: str, day: date) -> list[str]:
    """The organizations that one helps through a pairing on a day, by code: `helpers_of` from the other side. One statement."""
    mine = AllianceMember.objects.filter(_on(day), org=org, role="helper", alliance__shape="pairing")
    rows = AllianceMember.objects.filter(_on(day), role="helped", alliance__in=mine.values("alliance_id"))
    return sorted({str(one) for one in rows.values_list("org_id", flat=True)})


def bodies(codes: Iterable[str], day: date) -> dict[str, tuple[str, ...]]:
    """Organization → those of the other tree that are one body with it on a day (a unit and its Party organization), by code; who has
    none is left out. One statement, none where no pack declares such a kind."""
    wanted = set(codes)
    rows = _body_ties(wanted, day)
    if len(wanted) <= FEW:
        mine = AllianceMember.objects.filter(_on(day), org__in=sorted(wanted)).values("alliance_id")
        rows = rows.filter(alliance__in=mine)
    nodes = orgs.forest().nodes
    found: dict[str, set[str]] = {}
    for one, other in rows.values_list("org_id", "alliance__seat_id"):
        for code, half in ((one, other), (other, one)):
            if code in wanted and code != half and nodes[half].at(day):
                found.setdefault(code, set()).add(half)
    return {code: tuple(sorted(other)) for code, other in found.items()}


def halves(codes: Iterable[str], day: date) -> QuerySet[AllianceMember, Any]:
    """The same others alone, as a subquery for ``org__in``. No statement of its own."""
    wanted = sorted(set(codes))
    rows = _body_ties(wanted, day)
    mine = AllianceMember.objects.filter(_on(day), org__in=wanted).values("alliance_id")
    return rows.filter(Q(alliance__seat__in=wanted) | Q(alliance__in=mine, org=F("alliance__seat"))).values(
        "org_id"
    )


def body_of(org: str, day: date) -> tuple[str, ...]:
    """The organization itself and those that are one body with it on a day. One statement, none where no pack declares such a kind."""
    return (org, *bodies([org], day).get(org, ()))


def _body_ties(codes: Iterable[str], day: date) -> QuerySet[AllianceMember]:
    """Ties of all bodies of the kinds that the packs of these organizations declare."""
    of_pack = {orgs.pack_of(code, day): code for code in codes}
    kinds = {kind for one in of_pack.values() for kind, said in kinds_of(one, day).items() if said.body}
    return AllianceMember.objects.filter(_on(day), alliance__kind__in=sorted(kinds))


def wholes(codes: Iterable[str]) -> dict[str, Whole]:
    """Alliances with all their ties, as the tables have them; unknown codes are left out. Two statements."""
    wanted = sorted(set(codes))
    ties: dict[str, list[Tie]] = {}
    for row in AllianceMember.objects.filter(alliance__in=wanted).order_by("id"):
        state = row.state
        ties.setdefault(str(row.alliance_id), []).append(
            Tie(str(row.org_id), row.n, row.role, state, row.since, row.until)  # type: ignore[arg-type]
        )
    return {
        row.code: Whole(
            row.kind, row.shape, str(row.seat_id), row.since, row.until, tuple(ties.get(row.code, ()))
        )
        for row in Alliance.objects.filter(code__in=wanted)
    }


class Seen(msgspec.Struct, frozen=True):
    """An alliance as somebody may see it, with everybody who was ever asked."""

    row: Alliance
    ties: tuple[AllianceMember, ...]

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return _name(self.row.name, self.row.name_en)


def see(by: Act, code: str) -> Seen | None:
    """One alliance with its ties; None when there is none or it is not for this actor. Two statements."""
    row = Alliance.objects.filter(code=code).first()
    if row is None:
        return None
    ties = tuple(AllianceMember.objects.filter(alliance=code).order_by("org_id", "n"))
    opened = [str(tie.org_id) for tie in ties if tie.state in OPENING]
    return Seen(row, ties) if may_see(by, row, opened) else None


class Listed(msgspec.Struct, frozen=True):
    """One row of a list."""

    code: str
    name: str
    kind: str
    shape: str
    seat: str
    origin: str
    since: date
    until: date | None
    members: int
    waiting: int


class Wish(msgspec.Struct, frozen=True):
    """What a list is narrowed to: words in its name or its members' names, a kind, one organization, waiting or ended ones."""

    q: str = ""
    kind: str = ""
    org: str = ""
    view: str = ""


def listed(by: Act, wish: Wish, day: date, after: str = "", limit: int = 51) -> list[Listed]:
    """A page of the alliances that an actor may see, by code behind ``after``. One statement."""
    rows = _narrowed(by, wish, day)
    rows = rows.filter(code__gt=after) if after else rows
    running = Q(members__state="joined", members__since__lte=day) & (
        Q(members__until__isnull=True) | Q(members__until__gt=day)
    )
    counted = rows.annotate(
        counted=Count("members", filter=running), waiting=Count("members", filter=Q(members__state="invited"))
    ).order_by("code")[:limit]
    return [
        Listed(
            one.code, _name(one.name, one.name_en), one.kind, one.shape, str(one.seat_id), one.origin,
            one.since, one.until, one.counted, one.waiting,
        )
        for one in counted
    ]  # fmt: skip


def count(by: Act, wish: Wish, day: date, most: int = 500) -> int:
    """How many there are, at most ``most`` + 1. One statement."""
    return len(_narrowed(by, wish, day).values_list("code", flat=True)[: most + 1])


def _narrowed(by: Act, wish: Wish, day: date) -> QuerySet[Alliance]:
    rows = visible(by)
    if wish.view == "ended":
        rows = rows.filter(until__lte=day)
    else:
        rows = rows.filter(Q(until__isnull=True) | Q(until__gt=day))
    if wish.view == "waiting":
        rows = rows.filter(members__state="invited").distinct()
    if wish.kind:
        rows = rows.filter(kind=wish.kind)
    if wish.org:
        tied = AllianceMember.objects.filter(org=wish.org, state__in=OPENING)
        rows = rows.filter(pk__in=tied.values("alliance_id"))
    if wish.q:
        named = [code for code, node in orgs.forest().nodes.items() if wish.q in node.name][:500]
        tied = AllianceMember.objects.filter(org__in=named, state__in=OPENING)
        words = Q(name__contains=wish.q) | Q(name_en__icontains=wish.q) | Q(code=wish.q)
        rows = rows.filter(words | Q(pk__in=tied.values("alliance_id")))
    return rows


def waiting_for(by: Act) -> list[AllianceMember]:
    """Invitations that this actor may answer, by alliance. One statement."""
    mine = where(reach_of(by, "alliance.join"), Columns(org="org_id", level="alliance__level"))
    rows = AllianceMember.objects.filter(mine, state="invited").select_related("alliance")
    return list(rows.order_by("alliance_id", "org_id")[:200])


def public_of(orgs_asked: Iterable[str], day: date) -> list[tuple[Belonging, list[Member]]]:
    """Alliances of level 0 in which any of these takes part, with their members: what everybody may read. One statement, and
    one for each alliance."""
    wanted = [code for code in dict.fromkeys(orgs_asked) if code]
    rows = AllianceMember.objects.filter(_on(day), org__in=wanted, alliance__level=0)
    found: dict[str, Belonging] = {}
    for row in rows.select_related("alliance").order_by("alliance_id"):
        one = row.alliance
        found.setdefault(
            one.code,
            Belonging(
                one.code, _name(one.name, one.name_en), one.kind, one.shape, str(one.seat_id), row.role,
                row.since, one.origin,
            ),
        )  # fmt: skip
    return [(one, members_of(code, day)) for code, one in list(found.items())[:5]]


def free_for(org: str, day: date) -> list[tuple[Alliance, str, str, list[str]]]:
    """(alliance, kind in words, seat, those helped) of what an organization may join by itself: of kinds that ask nobody, convened under the
    same district, in which it is not yet. Two statements."""
    kinds = {code: kind for code, kind in kinds_of(org, day).items() if kind.freely}
    mine = AllianceMember.objects.filter(org=org, state="joined", until__isnull=True).values("alliance_id")
    rows = Alliance.objects.filter(kind__in=kinds, since__lte=day).exclude(pk__in=mine)
    rows = rows.filter(Q(until__isnull=True) | Q(until__gt=day)).order_by("code")[:200]
    pack, found = orgs.pack_of(org, day), []
    held = [row for row in rows if orgs.pack_of(str(row.seat_id), day) == pack]
    helped: dict[str, list[str]] = {}
    ties = AllianceMember.objects.filter(_on(day), alliance__in=[row.pk for row in held], role="helped")
    for code, one in ties.order_by("org_id").values_list("alliance_id", "org_id"):
        helped.setdefault(str(code), []).append(orgs.name_of(str(one)))
    for row in held:
        title = kinds[row.kind].title_en if _english() else ""
        words = title or kinds[row.kind].title
        found.append((row, words, orgs.name_of(str(row.seat_id)), helped.get(row.code, [])))
    return found


def _english() -> bool:
    return (translation.get_language() or "").startswith("en")


def pairings(by: Act, kinds: Iterable[str], day: date) -> dict[str, list[str]]:
    """helped organization → its helpers, through pairings of these kinds that an actor may see, each once. One statement."""
    rows = AllianceMember.objects.filter(
        _on(day), alliance__in=visible(by).values("pk"), alliance__kind__in=list(kinds)
    )
    sides: dict[str, dict[str, list[str]]] = {}
    for code, org, role in rows.order_by("org_id").values_list("alliance_id", "org_id", "role"):
        sides.setdefault(str(code), {}).setdefault(role, []).append(str(org))
    found: dict[str, list[str]] = {}
    for one in sides.values():
        for org in one.get("helped", ()):
            found[org] = sorted({*found.get(org, ()), *one.get("helper", ())})
    return found
