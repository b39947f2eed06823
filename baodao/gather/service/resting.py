"""Days on which nothing was asked of a unit: all communities that it is linked with said that they need nobody. A lawful answer: dues
that name ``service.enough`` are excused by it, without anybody's step (`dues.rests`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import pairwise

from django.utils import timezone

from baodao.dues.ports import Rest, register_rest
from baodao.ledger.selectors import facts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.models import AllianceMember

from .selectors import COMMUNITIES, UNITS, rules

Span = tuple[date, date]
#: The end of what has none.
EVER = date(9999, 1, 1)


def resting(codes: Collection[str], since: date, day: date) -> dict[str, list[Span]]:
    """Organization → spans of days from ``since`` on, as the words stand on ``day``. An organization without a link of its own goes with
    the nearest one above it. Three statements."""
    owners = _owners(codes, day)
    links = _links({unit for chain in owners.values() for unit in chain}, day)
    said = words({community for rows in links.values() for community, _span in rows}, day)
    found = {}
    for code, chain in owners.items():
        unit = next((one for one in chain if one in links), "")
        spans = quiet(links.get(unit, ()), said, since) if unit else []
        if spans:
            found[code] = spans
    return found


def quiet(links: Iterable[tuple[str, Span]], said: dict[str, list[Span]], since: date) -> list[Span]:
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


def _owners(codes: Collection[str], day: date) -> dict[str, tuple[str, ...]]:
    """Organization → itself and those above it, nearest first. No statement."""
    trees = orgs.forest()
    return {code: tuple(trees.chain(code, day)) or (code,) for code in codes}


def _links(units: Collection[str], day: date) -> dict[str, list[tuple[str, Span]]]:
    """Unit → (community, when they are linked). Two statements."""
    kinds = {said.alliance for code in units if (said := rules(code, day)) is not None}
    columns = ("org_id", "alliance_id", "since", "until", "alliance__since", "alliance__until")
    joined = AllianceMember.objects.filter(state="joined", alliance__kind__in=sorted(kinds))
    mine = list(joined.filter(org__in=sorted(units), role__in=UNITS).values_list(*columns))
    theirs = joined.filter(alliance__in={row[1] for row in mine}, role__in=COMMUNITIES)
    seats: dict[str, list[tuple[str, Span]]] = {}
    for row in theirs.values_list(*columns):
        seats.setdefault(row[1], []).append((str(row[0]), _span(row)))
    found: dict[str, list[tuple[str, Span]]] = {}
    for row in mine:
        begins, ends = _span(row)
        for community, (since, until) in seats.get(row[1], ()):
            if max(begins, since) < min(ends, until) and community != str(row[0]):
                found.setdefault(str(row[0]), []).append((community, (max(begins, since), min(ends, until))))
    return found


def linked_now(units: Collection[str], day: date) -> dict[str, list[str]]:
    """Unit → communities with which it is linked on a day, by code. Two statements."""
    trees = orgs.forest().nodes
    found = {}
    for unit, rows in _links(units, day).items():
        here = {code for code, (since, until) in rows if since <= day < until}
        found[unit] = sorted(
            c for c in here if c in trees and trees[c].at(day) and trees[c].level == "community"
        )
    return found


def _span(row: tuple[object, ...]) -> Span:
    since, until, begun, over = (one if isinstance(one, date) else EVER for one in row[2:6])
    return max(since, begun), min(until, over)


register_rest("service.enough", Rest("not_needed", resting))
