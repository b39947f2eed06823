"""Reads of talents. Names and steps open for a purpose; the village without one is listed by its name."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from django.db.models import Q, QuerySet

from baodao.kernel.act import Act, Subject
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import Columns, reach_of, where
from baodao.people.selectors import token_for
from baodao.people.services.reading import read_identity

from . import facts
from .declare import pay_rule
from .models import Talent
from .pay import pay_of

READ, NOTE, DOMAIN, ELECTED = "talent.read", "talent.note", "service", "elected"
COLUMNS = Columns(org="org_id", level="level")


def of_village(org: str, code: str = "", persons: tuple[str, ...] = ()) -> Subject:
    """What a right on a village's talents is asked about."""
    return Subject(ref=f"talent:{code}" if code else f"org:{org}", org=org, level=1, persons=persons)


def visible(by: Act) -> QuerySet[Talent]:
    """All talents that this actor may see; no statement yet."""
    reach = reach_of(by, READ)
    return Talent.objects.filter(where(reach, COLUMNS)) if reach else Talent.objects.none()


def listed(by: Act, day: date, org: str = "", after: str = "", limit: int = 51) -> list[Talent]:
    """A page of those in force, by code behind ``after``. One statement."""
    rows = visible(by).filter(Q(until__isnull=True) | Q(until__gt=day), code__gt=after)
    rows = rows.filter(org__in=orgs.under([org], day)) if org else rows
    return list(rows.order_by("code")[:limit])


def talent(by: Act, code: str) -> Talent | None:
    """One talent. One statement."""
    return visible(by).filter(code=code).first()


def without(by: Act, day: date) -> list[str]:
    """Villages below the actor that have no talent in force, by code: kind ``village`` alone, a community needs none.
    One statement."""
    reach, trees = reach_of(by, READ), orgs.forest()
    roots = [org for org, top in (*reach.below, *reach.own) if top >= 1]
    villages = {c for r in roots for c in trees.below(r, day) if trees.nodes[c].kind == "village"}
    in_force = visible(by).filter(Q(until__isnull=True) | Q(until__gt=day))
    return sorted(villages - {str(org) for org in in_force.values_list("org_id", flat=True)})


#: Below so many, sums over a roster would tell of persons.
LEAST = 10


class Tally(msgspec.Struct, frozen=True):
    """Sums over all that the actor may see: on the roster, ever elected to a board, fen of this year by the rule. The last two are None
    below ``LEAST``."""

    n: int
    elected: int | None = None
    pay: int | None = None


def tally(by: Act, day: date) -> Tally:
    """How many, how many were elected since, what the rule costs this year. Two statements."""
    rows = list(visible(by))
    n = sum(1 for row in rows if row.until is None or row.until > day)
    if len(rows) < LEAST:
        return Tally(n)
    steps: dict[str, list[tuple[str, date]]] = {}
    for fact in facts_of([f"talent:{row.code}" for row in rows]):
        if isinstance(fact.data, facts.Noted):
            done = (fact.data.step, date.fromisoformat(fact.data.day))
            steps.setdefault(fact.subject.partition(":")[2], []).append(done)
    elected = sum(1 for held in steps.values() if any(step == ELECTED for step, _day in held))
    pay = 0
    for row in rows:
        rule = pay_rule(str(row.org_id), day)
        pay += pay_of(rule, row.since, row.until, steps.get(row.code, ()), day.year) if rule else 0
    return Tally(n, elected, pay)


def names(by: Act, rows: Sequence[Talent]) -> Mapping[str, str]:
    """code → name, for a purpose; logged. One reading a village. Raises Refused."""
    found: dict[str, str] = {}
    for org in sorted({str(row.org_id) for row in rows}):
        here = [row for row in rows if str(row.org_id) == org]
        read = read_identity(by, [row.token for row in here], ("name",), of_village(org), right=READ)
        found |= {row.code: read.one(row.token, "name") for row in here}
    return found


class Stride(msgspec.Struct, frozen=True):
    """A step of somebody's growth, with its words ("" once erased)."""

    step: str
    day: date
    text: str


def growth(code: str) -> list[Stride]:
    """The record, the oldest first. Two statements. The caller asked: the person herself, or her village."""
    told: list[Recorded] = [fact for fact in facts_of(f"talent:{code}") if isinstance(fact.data, facts.Noted)]
    texts = texts_of([fact.id for fact in told])
    rows = [
        Stride(fact.data.step, date.fromisoformat(fact.data.day), texts.get(fact.id, {}).get("text", "")) for fact in told
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.day)


def own(person: str) -> list[Talent]:
    """A signed-in person's own entries. Two statements."""
    token = token_for(person, DOMAIN)
    return list(Talent.objects.filter(token=token).order_by("since")) if token else []
