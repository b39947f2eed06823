"""A plan of training over some years: how many holders of which posts are to have how many hours in which year; how far it is, as
counts, and what is still missing, for oneself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from django.db.models import Sum
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from baodao.gather.models import Seat
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Missing
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.declare import PostKind
from baodao.orgs.models import Post
from baodao.orgs.ruling import Faults
from baodao.people.selectors import tokens_for

from . import facts
from .models import TrainingGoal, TrainingPlan
from .selectors import CAME, COURSE, HOUR, LEAST, Mine, of_class

FIRST, LAST, MOST_YEARS = 2000, 2200, 10
#: Domains in which presence at training is kept.
DOMAINS = ("party", "service")
#: SQLite takes some 32,000 values in one statement.
CHUNK = 10_000


class NewPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan, new (``code`` "") or replaced whole. ``priorities``: (year, what matters in it)."""

    org: str
    title: str
    since: int
    until: int
    goals: tuple[facts.Goal, ...]
    code: str = ""
    priorities: tuple[tuple[int, str], ...] = ()


@verb("training.plan")
def set_plans(tx: Tx, by: Act, *, plans: list[NewPlan]) -> list[str]:
    """Set plans; gives their codes. Raises Invalid with every fault, Missing."""
    for org in sorted({one.org for one in plans}) or [""]:
        tx.ask("training.plan", of_class(org))
    faults = Faults("plans")
    codes: list[str] = []
    for place, one in enumerate(plans):
        _judge(faults, place, one)
        if one.code and not TrainingPlan.objects.filter(code=one.code, org=one.org).exists():
            raise Missing.of("code", _("没有这个规划"), _("请从列表里选"))
    faults.close()
    again = [one.code for one in plans if one.code]
    if len(set(again)) < len(again):
        raise Conflict.of("code", _("一个规划一次只能改一遍"), _("请合并"))
    fresh = sum(not one.code for one in plans)
    first = tx.number("training_plan", fresh) if fresh else 0
    for one in plans:
        code = one.code
        if not code:
            code, first = f"tp-{first:06}", first + 1
        data = facts.TrainingPlanned(
            one.since, one.until, tuple(sorted(one.goals, key=lambda g: (g.year, g.kind)))
        )
        title = one.title.strip()
        texts = {"title": title} | {f"y{year}": text.strip() for year, text in one.priorities}
        tx.fact(data, subject=f"training_plan:{code}", org=one.org, level=1, texts=texts)
        tx.upsert(TrainingPlan, ("code",), **plan_columns(code, one.org, data, by.origin, title))
        if one.code:
            tx.delete(TrainingGoal, plan=code)
        for goal in data.goals:
            tx.insert(TrainingGoal, plan=code, **msgspec.structs.asdict(goal))
        codes.append(code)
    return codes


def _judge(faults: Faults, place: int, one: NewPlan) -> None:
    faults.text(place, "title", one.title, 2, 80)
    if not FIRST <= one.since <= one.until <= LAST or one.until - one.since >= MOST_YEARS:
        faults.add(place, "until", _("从哪年到哪年不对"), _("最长 %(n)d 年") % {"n": MOST_YEARS})
    _judge_priorities(faults, place, one)
    kinds = kinds_of(one.org)
    if not one.goals:
        faults.add(place, "goals", _("至少一行：哪年、哪种岗位、多少人、多少学时"))
    if len({(goal.kind, goal.year) for goal in one.goals}) < len(one.goals):
        faults.add(place, "goals", _("同一年同一种岗位写了两行"), _("请合并"))
    for goal in one.goals:
        if goal.kind not in kinds:
            faults.add(
                place, "goals", _("没有“%(kind)s”这种岗位") % {"kind": goal.kind}, _("写岗位种类的名称")
            )
        if not one.since <= goal.year <= one.until:
            faults.add(place, "goals", _("%(year)d 年不在规划里") % {"year": goal.year})
        if not (0 <= goal.persons <= 1_000_000 and 1 <= goal.hours <= 2000):
            faults.add(place, "goals", _("人数、学时不对"), _("学时 1 到 2000，一学时 45 分钟"))


def _judge_priorities(faults: Faults, place: int, one: NewPlan) -> None:
    years = [year for year, _text in one.priorities]
    if len(set(years)) < len(years):
        faults.add(place, "priorities", _("同一年的工作要点写了两段"), _("请合并"))
    for year, text in one.priorities:
        if not one.since <= year <= one.until:
            faults.add(place, "priorities", _("%(year)d 年不在规划里") % {"year": year})
        if not 2 <= len(text.strip()) <= 1000:
            faults.add(place, "priorities", _("一年的工作要点 2 到 1000 个字"))


def kinds_of(org: str) -> dict[str, str]:
    """Kind of post → title. No statement."""
    pack = orgs.pack_named(orgs.pack_of(org))
    return {code: kind.title for code, kind in pack.many(PostKind).items()} if pack is not None else {}


def plan_columns(code: str, org: str, data: facts.TrainingPlanned, origin: str, title: str) -> dict[str, Any]:
    """A plan as model columns."""
    return {
        "code": code, "org_id": org, "title": title, "since": data.since, "until": data.until, "level": 1,
        "origin": origin,
    }  # fmt: skip


class Line(msgspec.Struct, frozen=True):
    """A goal and how far it is: holders today, how many of them have the hours; None below ten holders."""

    goal: TrainingGoal
    holders: int
    reached: int | None

    @property
    def missing(self) -> int | None:
        """How many are still to come."""
        return None if self.reached is None else max(0, self.goal.persons - self.reached)


def plan(code: str) -> TrainingPlan | None:
    """One plan. One statement."""
    return TrainingPlan.objects.filter(code=code).first()


def priorities(code: str) -> list[tuple[int, str]]:
    """What matters in each year of a plan, as it was last set; erased ones are not there. Two statements."""
    told = facts_of(f"training_plan:{code}")[-1:]
    found = texts_of([fact.id for fact in told])
    rows = [(whole_number(slot[1:]), text) for texts in found.values() for slot, text in texts.items()]
    return sorted((year, text) for year, text in rows if year is not None)


def plans_over(org: str, day: date) -> list[TrainingPlan]:
    """Plans of an organization and of those above it, the newest first. One statement."""
    chain = orgs.forest().chain(org, day) if org else ()
    return list(TrainingPlan.objects.filter(org__in=chain).order_by("-since", "-code")[:50])


def goals(codes: Sequence[str]) -> list[TrainingGoal]:
    """Lines of plans, by year and kind. One statement."""
    return list(TrainingGoal.objects.filter(plan__in=list(codes)).order_by("year", "kind", "plan"))


def progress(row: TrainingPlan, day: date) -> list[Line]:
    """Every line with counts, never with names. Five statements, whatever the number of lines."""
    found = goals([row.code])
    kinds = sorted({goal.kind for goal in found})
    posts = Post.objects.filter(
        orgs.in_force(day), org__in=orgs.under([str(row.org_id)], day), kind__in=kinds
    )
    persons: dict[str, set[str]] = {}
    for kind, person in posts.exclude(person="").values_list("kind", "person"):
        persons.setdefault(kind, set()).add(person)
    minutes = minutes_by_year({one for held in persons.values() for one in held}, row.since, row.until)
    lines = []
    for goal in found:
        held = persons.get(goal.kind, set())
        reached = sum(minutes.get((person, goal.year), 0) >= goal.hours * HOUR for person in held)
        lines.append(Line(goal, len(held), reached if len(held) >= LEAST else None))
    return lines


def owners_of(persons: Collection[str]) -> dict[str, str]:
    """Token → uid, of the domains in which presence at training is kept. Inside one answer only: nothing is kept that joins domains. Two
    statements for each ten thousand persons."""
    found: dict[str, str] = {}
    asked = sorted(persons)
    for start in range(0, len(asked), CHUNK):
        for domain in DOMAINS:
            found |= {token: uid for uid, token in tokens_for(asked[start : start + CHUNK], domain).items()}
    return found


def first_year(held: Iterable[TrainingPlan], day: date) -> int:
    """The year from which what was taken counts: the first of those of these plans that are in force; without any, the longest that a plan may
    run. Pure."""
    begun = [row.since for row in held if row.since <= day.year <= row.until]
    return min(begun, default=day.year - MOST_YEARS + 1)


def minutes_by_year(persons: set[str], since: int, until: int) -> dict[tuple[str, int], int]:
    """(person, year) → minutes credited. Inside one answer only (`owners_of`). Three statements."""
    owner = owners_of(persons)
    rows = Seat.objects.filter(slot__traits__contains=f",{COURSE}", status__in=CAME)
    rows = rows.filter(starts__year__gte=since, starts__year__lte=until)
    told = rows.annotate(year=ExtractYear("starts")).values_list("token", "year").annotate(n=Sum("minutes"))
    found: dict[tuple[str, int], int] = {}
    for token, year, n in told:
        if (uid := owner.get(token)) is not None:
            found[uid, year] = found.get((uid, year), 0) + (n or 0)
    return found


class Own(msgspec.Struct, frozen=True):
    """What a plan asks of holders of one's posts in a year, and what one has."""

    year: int
    plan: str
    hours: int
    had: float

    @property
    def missing(self) -> float:
        """Hours still to come."""
        return max(0.0, self.hours - self.had)


def own(plans: Iterable[TrainingPlan], kinds: Sequence[str], had: Mine, day: date) -> list[Own]:
    """By year, up to this one. One statement, none where no plan rules."""
    held = {row.code: row for row in plans}
    rows = goals(list(held)) if held else []
    return [
        Own(goal.year, held[goal.plan].title, goal.hours, had.years.get(goal.year, 0) / HOUR)
        for goal in rows
        if goal.kind in kinds and goal.year <= day.year
    ]
