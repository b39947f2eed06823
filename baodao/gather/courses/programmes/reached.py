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
from baodao.orgs.declare import PostKind
from baodao.orgs.models import Post

from .declare import Plan
from .goals import first_year, owners_of, plans_over
from .selectors import CAME, COURSE, HOUR, LEAST, trait


class Part(Struct, frozen=True):
    """Holders of the posts that owe a plan below one organization ("": all together); ``vacant``: organizations that should have such a post and
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


class _Had(Struct):
    """What one person took of a plan."""

    ever: set[str]
    minutes: int = 0
    lately: bool = False


def reached(plans: Mapping[str, Plan], root: str, day: date) -> list[Reach]:
    """Of the plans that somebody owes, below an organization; its own posts are not among them where it has any below. Five statements,
    whatever the number of holders."""
    owed = {name: plan for name, plan in plans.items() if plan.owed_by}
    kinds = sorted({kind for plan in owed.values() for kind in plan.owed_by})
    if not kinds:
        return []
    rows = Post.objects.filter(orgs.in_force(day), org__in=orgs.under([root], day), kind__in=kinds)
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for kind, org, person in rows.exclude(person="").values_list("kind", "org_id", "person"):
        held[kind].add((str(org), person))
    holders = {person for pairs in held.values() for _org, person in pairs}
    had = _had(holders, first_year(plans_over(root, day), day), day.year)
    at = _levels(root, day)
    found = []
    for name, plan in owed.items():
        posts = {pair for kind in plan.owed_by for pair in held[kind]}
        levels = {level for kind in plan.owed_by for level in at.get(kind, ())}
        found.append(_reach((name, plan), posts, levels, had, (root, day)))
    return found


def _reach(
    owed: tuple[str, Plan],
    posts: set[tuple[str, str]],
    levels: set[str],
    had: Mapping[tuple[str, str], _Had],
    ground: tuple[str, date],
) -> Reach:
    (name, plan), (root, day) = owed, ground
    trees = orgs.forest()
    below = trees.below(root, day)[1:]
    must = frozenset(one.name for one in plan.course if one.required)
    persons: dict[str, set[str]] = defaultdict(set)
    for org, person in posts:
        if org != root or not below:
            persons[_part(trees.chain(org, day), root)].add(person)
    manned = {org for org, _person in posts}
    vacant: Counter[str] = Counter()
    for org in below:
        if trees.nodes[org].level in levels and org not in manned:
            vacant[_part(trees.chain(org, day), root)] += 1
    mine = {person: one for (plan_, person), one in had.items() if plan_ == name}
    parts = [
        _of(org, persons.get(org, set()), vacant[org], mine, must) for org in sorted({*persons, *vacant})
    ]
    everybody = set().union(*persons.values()) if persons else set()
    return Reach(name, plan, told(parts), told([_of("", everybody, vacant.total(), mine, must)])[0])


def _part(chain: Sequence[str], root: str) -> str:
    """The organization right below the root under which a chain stands; the root's own posts are its own part."""
    at = chain.index(root)
    return chain[at - 1] if at else root


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


def _levels(root: str, day: date) -> Mapping[str, tuple[str, ...]]:
    try:
        return {code: kind.at for code, kind in get_pack(orgs.pack_of(root, day)).many(PostKind).items()}
    except BadPack:
        return {}
