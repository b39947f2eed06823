"""Days on which nothing was asked of a unit: all communities that it is linked with said that they need nobody. A lawful answer: dues
that name ``service.enough`` are excused by it, without anybody's step (`dues.rests`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from django.utils import timezone

from baodao.dues.ports import Rest, register_rest
from baodao.ledger.selectors import facts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.models import AllianceMember
from baodao.orgs.alliances.selectors import bodies

from .selectors import COMMUNITIES, UNITS, rules

Span = tuple[date, date]
#: A community, and when there is a link with it.
Link = tuple[str, Span]
#: Gives an organization and all above it, nearest first.
Chains = Callable[[str], Sequence[str]]
#: The end of what has none.
EVER = date(9999, 1, 1)


def resting(codes: Collection[str], since: date, day: date) -> dict[str, list[Span]]:
    """Organization → spans of days from ``since`` on, as the words stand on ``day``. A unit and its Party organization are one body: a link
    of either is a link of both. An organization without a link goes with the nearest body above it. Three statements."""
    owners = _owners(codes, day)
    links = _links({unit for steps in owners.values() for step in steps for unit in step}, day)
    said = words({community for rows in links.values() for community, _span in rows}, day)
    found = {}
    for code, steps in owners.items():
        spans = quiet(nearest(steps, links), said, since)
        if spans:
            found[code] = spans
    return found


def steps_of(chain: Sequence[str], bodies: Mapping[str, Sequence[str]], above: Chains) -> list[list[str]]:
    """An organization with what is one body with it, then those above, by how many steps up they lie: its own ``chain``, and from each
    other half of a body there on, the chain of that one (``above``). Each organization once. Pure."""
    steps: dict[str, int] = {}
    for height, code in enumerate(chain):
        for other in (code, *bodies.get(code, ())):
            line = (other,) if other == code else above(other)
            for more, one in enumerate(line):
                steps[one] = min(height + more, steps.get(one, height + more))
    found: list[list[str]] = [[] for _step in range(max(steps.values(), default=-1) + 1)]
    for one in sorted(steps):
        found[steps[one]].append(one)
    return found


def nearest(steps: Iterable[Sequence[str]], links: Mapping[str, list[Link]]) -> list[Link]:
    """The links of the nearest step that has any: those of both halves of a body. Pure."""
    for step in steps:
        rows = [row for code in step for row in links.get(code, ())]
        if rows:
            return rows
    return []


def quiet(links: Iterable[Link], said: dict[str, list[Span]], since: date) -> list[Span]:
    """Spans from ``since`` on in which there is a link and each linked community needs nobody. Pure."""
    rows = list(links)
    marks = {since} | {edge for _code, span in rows for edge in span}
    marks |= {edge for code, _span in rows for span in said.get(code, ()) for edge in span}
    edges = sorted(edge for edge in marks if edge >= since)
    found: list[Span] = []
    for begins, ends in pairwise(edges):
        here = [code for code, span in rows if span[0] <= begins < span[1]]
        if not here or not all(_holds(said.get(code, ()), begins) for code in here):
            continue
        joins = bool(found) and found[-1][1] == begins
        found.append((found.pop()[0] if joins else begins, ends))
    return found


def words(communities: Collection[str], day: date) -> dict[str, list[Span]]:
    """Community → spans in which it needs nobody, as said by ``day``; a later word takes the place of the one before from the day on
    which it is said. One statement."""
    found: dict[str, list[Span]] = {}
    for fact in facts_of([f"need:{code}" for code in sorted(communities)]):
        told = timezone.localdate(fact.noted)
        if told > day:
            continue
        kept = [(since, min(until, told)) for since, until in found.get(fact.org, ())]
        kept.append((date.fromisoformat(fact.data.since), date.fromisoformat(fact.data.until)))
        found[fact.org] = [span for span in kept if span[0] < span[1]]
    return found


def _holds(spans: Iterable[Span], day: date) -> bool:
    return any(since <= day < until for since, until in spans)


def _owners(codes: Collection[str], day: date) -> dict[str, list[list[str]]]:
    """Organization → its body and those above it, nearest first (`steps_of`). One statement."""
    trees = orgs.forest()
    chains = {code: trees.chain(code, day) or (code,) for code in codes}
    joined = bodies({one for chain in chains.values() for one in chain}, day)
    return {
        code: steps_of(chain, joined, lambda one: trees.chain(one, day)) for code, chain in chains.items()
    }


def _links(units: Collection[str], day: date) -> dict[str, list[Link]]:
    """Unit → (community, when they are linked). One statement."""
    kinds = {said.alliance for code in units if (said := rules(code, day)) is not None}
    columns = ("org_id", "alliance_id", "since", "until", "alliance__since", "alliance__until")
    joined = AllianceMember.objects.filter(state="joined", alliance__kind__in=sorted(kinds))
    ours = joined.filter(org__in=sorted(units), role__in=UNITS)
    rows = joined.filter(alliance__in=ours.values("alliance_id")).values_list("role", *columns)
    mine, seats = [], dict[str, list[Link]]()
    for role, *row in rows:
        if role in COMMUNITIES:
            seats.setdefault(row[1], []).append((str(row[0]), _span(row)))
        elif role in UNITS and str(row[0]) in units:
            mine.append(row)
    found: dict[str, list[Link]] = {}
    for row in mine:
        begins, ends = _span(row)
        for community, (since, until) in seats.get(row[1], ()):
            if max(begins, since) < min(ends, until) and community != str(row[0]):
                found.setdefault(str(row[0]), []).append((community, (max(begins, since), min(ends, until))))
    return found


def linked_now(units: Collection[str], day: date) -> dict[str, list[str]]:
    """Unit → communities with which it, or the other half of its body, is linked on a day, by code. Two statements."""
    trees = orgs.forest().nodes
    joined = bodies(units, day)
    halves = {unit: (unit, *joined.get(unit, ())) for unit in units}
    links = _links({one for held in halves.values() for one in held}, day)
    found = {}
    for unit, held in halves.items():
        rows = nearest([held], links)
        here = {code for code, (since, until) in rows if since <= day < until}
        found[unit] = sorted(
            c for c in here if c in trees and trees[c].at(day) and trees[c].level == "community"
        )
    return found


def _span(row: Sequence[object]) -> Span:
    since, until, begun, over = (one if isinstance(one, date) else EVER for one in row[2:6])
    return max(since, begun), min(until, over)


register_rest("service.enough", Rest("not_needed", resting))
