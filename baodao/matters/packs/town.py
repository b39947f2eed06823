"""A made-up district for trying a procedure: one or two organizations of every level, and a seat for every kind of post
that has a right of it or heads an organization. Rights are folded by the same rule as in the product (`orgs.rights`)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Grant, Subject
from baodao.kernel.declare import Pack
from baodao.matters.guards import SYSTEM as SYSTEM_ACTOR
from baodao.matters.guards import Actor
from baodao.orgs.declare import ANYONE, IMPLICIT, PERSON, SYSTEM, Level, PostKind
from baodao.orgs.rights import grants_of_post, reach, with_areas

#: Levels of which there are several, so that several units can be called and one can be the wrong one.
SEVERAL = {"department": 3, "community": 2}
#: What reading a matter is called among the rights.
READ = "matter.read"
#: Of a kind of post that may sit at many levels, so many are seated.
MOST_LEVELS = 3


class Office(Struct, frozen=True):
    """A made-up organization: its code, name, level, and what stands above it ("" for the root)."""

    code: str
    name: str
    level: str
    parent: str


class Seat(Struct, frozen=True):
    """Somebody of the cast: ``key`` names her in a script; ``kind`` and ``office`` her post, "" for a resident; the clock
    is the seat ``system``."""

    key: str
    title: str
    kind: str
    office: str
    grants: tuple[Grant, ...] = ()

    @property
    def token(self) -> str:
        """Whom the facts name."""
        return "" if self.key == SYSTEM else self.key


class Town(Struct, frozen=True):
    """Offices by code, seats by key."""

    pack: Pack
    offices: dict[str, Office]
    seats: dict[str, Seat]
    day: date

    def chain(self, code: str, _day: date | None = None) -> tuple[str, ...]:
        """An office and those above it."""
        found: list[str] = []
        while code in self.offices:
            found.append(code)
            code = self.offices[code].parent
        return tuple(found)

    def name(self, code: str) -> str:
        """An office's or a seat's name; the code itself for anything else."""
        if code in self.offices:
            return self.offices[code].name
        return self.seats[code].title if code in self.seats else code

    def may(self, seat: Seat, right: str, subject: Subject) -> bool:
        """The product's own rule over this seat's grants."""
        held = {SYSTEM: (SYSTEM,)}.get(seat.key, (ANYONE, PERSON))
        kinds = self.pack.many(PostKind)
        free = [(kind, line) for kind in held if kind in kinds for line in kinds[kind].rights]
        found = reach(right, seat.grants, day=self.day, uid=seat.token, free=free)
        if found.areas:
            found = with_areas(found, {seat.key: ((), (seat.office,))})
        return bool(found) and found.admits(subject, self.chain)

    def actor(self, seat: Seat, subject: Subject) -> Actor:
        """The seat as the engine asks it."""
        if seat.key == SYSTEM:
            return SYSTEM_ACTOR
        own = self.chain(seat.office)

        def apart(other: str) -> bool:
            chain = self.chain(other)
            district = seat.office in self.offices and self.offices[seat.office].level == "district"
            return bool(seat.office) and other not in own and (seat.office not in chain or district)

        return Actor(
            token=seat.token,
            post=seat.key if seat.kind else "",
            org=seat.office,
            may=lambda right: self.may(seat, right, subject),
            above=lambda other: other != seat.office and seat.office in self.chain(other),
            apart=apart,
        )


def town_of(pack: Pack, name: str, lang: str, day: date) -> Town:
    """The offices of a pack and the seats that the procedure ``name`` concerns."""
    offices = _offices(pack, lang)
    seats = {
        key: Seat(key, title, "", "")
        for key, title in (
            ("resident", _("居民甲")),
            ("neighbour", _("居民乙")),
            (SYSTEM, _("系统（到时候自己办）")),
        )
    }
    for code, kind in pack.many(PostKind).items():
        if code in IMPLICIT or not (kind.heads or _concerns(kind, name)):
            continue
        title = kind.title_en if lang.startswith("en") and kind.title_en else kind.title
        placed = [office for office in offices.values() if office.level in _levels(kind, offices)]
        for n, office in enumerate(placed, 1):
            key = code if n == 1 else f"{code}.{n}"
            words = _("%(office)s %(post)s") % {"office": office.name, "post": title}
            seats[key] = Seat(key, words, code, office.code, grants_of_post(key, office.code, kind))
    return Town(pack, offices, seats, day)


def _concerns(kind: PostKind, name: str) -> bool:
    """Whether a kind of post has any right that is about this procedure."""
    return any(line.right.partition(".")[0] == name for line in kind.rights)


def _levels(kind: PostKind, offices: dict[str, Office]) -> list[str]:
    there = {office.level for office in offices.values()}
    return [level for level in kind.at or ("district",) if level in there][:MOST_LEVELS]


def _offices(pack: Pack, lang: str) -> dict[str, Office]:
    """Each level once, or twice; below the nearest level above it that was declared last."""
    rows = sorted(pack.many(Level).items(), key=lambda row: row[1].rank)
    found: dict[str, Office] = {}
    for code, level in rows:
        above = [other for other, row in rows if row.tree == level.tree and row.rank < level.rank]
        parent = above[-1] if above else ""
        title = level.title_en if lang.startswith("en") and level.title_en else level.title.partition("、")[0]
        for n in range(1, SEVERAL[code] + 1) if code in SEVERAL else (0,):
            own = code if n < 2 else f"{code}.{n}"
            mark = ("", _("甲"), _("乙"), _("丙"))[n]
            found[own] = Office(
                own,
                f"{mark}{title}" if not lang.startswith("en") else f"{title} {mark}".strip(),
                code,
                parent,
            )
    return found
