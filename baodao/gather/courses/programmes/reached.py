"""How far training has reached those who owe it: one view for whoever convenes it, by organization below, as counts from ten holders on. Who is
still to come is read by oneself alone (培训), and by the convener of a class on its list, for a purpose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.timezone import localdate
from msgspec import Struct
from msgspec.structs import replace

from baodao.gather.models import Seat
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.selectors import bodies
from baodao.orgs.declare import PostKind
from baodao.orgs.models import Post

from .declare import Plan
from .goals import first_year, owners_of, plans_over
from .selectors import CAME, COURSE, HOUR, LEAST, trait


class Part(Struct, frozen=True):
    """Holders of the posts that owe a plan below one organization ("": all together), and below ``halves``, which are one body with it;
    ``vacant``: organizations that should have such a post and
    have none. What was reached is None where fewer than ten would be spoken of."""

    org: str
    holders: int
    vacant: int
    some: int | None
    """Took at least one of its courses this year."""
    whole: int | None
    """Took all that must be taken, in the years of the plans of training in force (`first_year`)."""
    hours: float | None
    """Hours of its courses this year, the mean of a holder."""
    halves: tuple[str, ...] = ()

    @property
    def left(self) -> int | None:
        """How many are still to come."""
        return None if self.whole is None else self.holders - self.whole


class Reach(Struct, frozen=True):
    """A plan with its parts, by organization, and all of them together."""

    name: str
    plan: Plan
    parts: tuple[Part, ...]
    total: Part


class Holder(Struct, frozen=True):
    """A post that owes a plan, with whoever holds it."""

    post: str
    org: str
    kind: str
    person: str


class _Had(Struct):
    """What one person took of a plan."""

    ever: set[str]
    minutes: int = 0
    lately: bool = False


class _Ground(Struct):
    """Whom the plans of an answer ask, below which organizations, and what they took: (plan, person) → her courses."""

    roots: tuple[str, ...]
    day: date
    held: Mapping[str, list[Holder]]
    had: Mapping[tuple[str, str], _Had]
    whole: frozenset[str]
    """Those of the roots that have nothing below: their own posts are spoken of."""

    def asked(self, plan: Plan) -> list[Holder]:
        """Holders who owe a plan, without the posts of those who convene it."""
        rows = (one for kind in plan.owed_by for one in self.held.get(kind, ()))
        return [one for one in rows if one.org not in self.roots or one.org in self.whole]

    def part(self, org: str) -> str:
        """The organization right below a root under which one stands; a root itself is its own part."""
        last = org
        for one in orgs.forest().chain(org, self.day):
            if one in self.roots:
                return one if one == org else last
            last = one
        return last


def reached(plans: Mapping[str, Plan], roots: Sequence[str], day: date) -> list[Reach]:
    """Of the plans that somebody owes, below organizations (of both trees: two of them that are one body are one part); their own posts are not
    among them where they have any below. Six statements, whatever the number of holders; five for one root."""
    owed = {name: plan for name, plan in plans.items() if plan.owed_by}
    if not owed:
        return []
    ground = _ground(owed, roots, day)
    below = {one for root in ground.roots for one in orgs.forest().below(root, day)[1:]}
    joined = _joined({ground.part(org) for org in below}, day) if len(ground.roots) > 1 else {}
    at = _levels(ground.roots, day)
    return [_reach((name, plan), ground, below, joined, at) for name, plan in owed.items()]


def still(plan: tuple[str, Plan], root: str, day: date) -> tuple[Part, list[Holder]]:
    """All together as they may be shown, and who of them has not taken all that must be taken: of each person one post, by code. Five
    statements."""
    name, one = plan
    ground = _ground({name: one}, (root,), day)
    must, mine = _must(one), _of_plan(ground, name)
    asked = {
        holder.person: holder for holder in sorted(ground.asked(one), key=lambda h: h.post, reverse=True)
    }
    total = _of("", set(asked), 0, mine, must)
    late = [held for uid, held in asked.items() if uid not in mine or not must <= mine[uid].ever]
    return told([total])[0], sorted(late, key=lambda h: h.post)


def _ground(owed: Mapping[str, Plan], roots: Sequence[str], day: date) -> _Ground:
    kinds = sorted({kind for plan in owed.values() for kind in plan.owed_by})
    rows = Post.objects.filter(orgs.in_force(day), org__in=orgs.under(roots, day), kind__in=kinds)
    held: dict[str, list[Holder]] = defaultdict(list)
    for code, kind, org, person in rows.exclude(person="").values_list("code", "kind", "org_id", "person"):
        held[kind].append(Holder(code, str(org), kind, person))
    since = first_year(plans_over(roots[0], day), day) if roots else day.year
    had = _had({one.person for ones in held.values() for one in ones}, since, day.year)
    trees = orgs.forest()
    whole = frozenset(root for root in roots if not trees.below(root, day)[1:])
    return _Ground(tuple(roots), day, held, had, whole)


def _joined(parts: set[str], day: date) -> dict[str, tuple[str, ...]]:
    """Part → the others of these parts that are one body with it. One statement."""
    found = {
        code: tuple(half for half in halves if half in parts) for code, halves in bodies(parts, day).items()
    }
    return {code: halves for code, halves in found.items() if halves}


def _must(plan: Plan) -> frozenset[str]:
    return frozenset(one.name for one in plan.course if one.required)


def _of_plan(ground: _Ground, name: str) -> dict[str, _Had]:
    return {person: one for (plan, person), one in ground.had.items() if plan == name}


def _reach(
    owed: tuple[str, Plan],
    ground: _Ground,
    below: set[str],
    joined: Mapping[str, tuple[str, ...]],
    at: Mapping[str, tuple[str, ...]],
) -> Reach:
    (name, plan), nodes = owed, orgs.forest().nodes
    levels = {level for kind in plan.owed_by for level in at.get(kind, ())}
    first = {code: min(code, *halves) for code, halves in joined.items()}
    persons: dict[str, set[str]] = defaultdict(set)
    for one in ground.asked(plan):
        part = ground.part(one.org)
        persons[first.get(part, part)].add(one.person)
    manned = {one.org for kind in plan.owed_by for one in ground.held.get(kind, ())}
    vacant: Counter[str] = Counter()
    for org in below:
        if nodes[org].level in levels and org not in manned:
            part = ground.part(org)
            vacant[first.get(part, part)] += 1
    mine, must = _of_plan(ground, name), _must(plan)
    parts = [
        replace(_of(org, persons.get(org, set()), vacant[org], mine, must), halves=joined.get(org, ()))
        for org in sorted({*persons, *vacant})
    ]
    everybody = set().union(*persons.values()) if persons else set()
    return Reach(name, plan, told(parts), told([_of("", everybody, vacant.total(), mine, must)])[0])


def _of(org: str, persons: set[str], vacant: int, had: Mapping[str, _Had], must: frozenset[str]) -> Part:
    ones = [had[person] for person in persons if person in had]
    hours = sum(one.minutes for one in ones) / HOUR / len(persons) if persons else 0.0
    return Part(
        org, len(persons), vacant, sum(one.lately for one in ones), sum(must <= one.ever for one in ones), hours
    )  # fmt: skip


def told(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Pure: the parts as they may be shown. Fewer than ten holders are not spoken of; nor is the smallest of the others where those left out
    would be fewer than ten together, so that the whole less the rest does not tell of them."""
    rows = list(parts)
    shut = {one.org for one in rows if 0 < one.holders < LEAST}
    few = sum(one.holders for one in rows if one.org in shut)
    if 0 < few < LEAST:
        rest = sorted((one.holders, one.org) for one in rows if one.holders >= LEAST)
        shut |= {rest[0][1]} if rest else set()
    return tuple(replace(one, some=None, whole=None, hours=None) if one.org in shut else one for one in rows)


def _had(persons: set[str], since: int, year: int) -> dict[tuple[str, str], _Had]:
    """(plan, person) → what she took from a year on. Inside one answer only (`owners_of`). Three statements."""
    owner = owners_of(persons)
    rows = Seat.objects.filter(slot__traits__contains=f",{COURSE}", status__in=CAME)
    rows = rows.filter(starts__year__gte=since, starts__year__lte=year)
    found: dict[tuple[str, str], _Had] = {}
    for seat in rows.select_related("slot").only("token", "minutes", "starts", "slot__traits"):
        uid, (plan, _dot, course) = owner.get(seat.token), trait(seat.slot, COURSE).partition(".")
        if uid is None:
            continue
        one = found.setdefault((plan, uid), _Had(set()))
        one.ever.add(course)
        if localdate(seat.starts).year == year:
            one.minutes, one.lately = one.minutes + seat.minutes, True
    return found


def _levels(roots: Sequence[str], day: date) -> Mapping[str, tuple[str, ...]]:
    try:
        return {code: kind.at for code, kind in get_pack(orgs.pack_of(roots[0], day)).many(PostKind).items()}
    except (BadPack, IndexError):
        return {}
