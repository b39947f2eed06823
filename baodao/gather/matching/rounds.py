"""From a request to a plan: the flow with what it cannot say left out, then what it broke is mended, then once more.

The flow knows fewer limits than the request. So its number of seats is a bound for every plan; and when its answer breaks
none of the limits left out, it is the best plan there is (``proved``). Else each person keeps what fits together, and the rest
is asked anew with what was kept, until nothing more can be given. Each round keeps at least one seat, so it ends.
"""

from __future__ import annotations

import numpy as np

from . import flow
from .ground import Array, Ground
from .reasons import Field, field_of, gap_of, reasons
from .terms import Plan, Request, Seats, Suggestion

#: More arcs than this (some 100 bytes each) are cut to the cheapest of each slot, and the plan is not proved.
MOST = 2_500_000


def match(request: Request) -> Plan:
    """The plan for a request."""
    ground = Ground(request)
    turns = turns_of(request.seats, request.rest)
    wanted = int(ground.need.sum())
    chosen: list[tuple[int, int, int]] = []
    fields: dict[int, Field] = {}
    bound, proved, rounds, most = wanted, True, 0, 0
    before = ground.given.copy()
    while True:
        arcs, seen, cut = _arcs(ground)
        most = max(most, len(arcs.person))
        fields = fields or seen
        if not len(arcs.person):
            break
        found = _solve(ground, arcs, turns)
        kept = _keep(ground, arcs, found)
        if rounds == 0:
            bound = wanted if cut else len(found)
            proved = not cut and len(kept) == len(found)
        rounds += 1
        for row in kept:
            chosen.append((int(arcs.person[row]), int(arcs.slot[row]), int(arcs.cost[row])))
        ground.give([(person, slot) for person, slot, _cost in chosen[-len(kept) :]])
        if proved:
            break
    suggestions = _suggestions(ground, fields, chosen, before)
    cost = sum(each.cost for each in suggestions) + _again(request, before, ground.given)
    gaps = tuple(gap_of(ground, slot) for slot in np.flatnonzero(ground.need).tolist())
    return Plan(suggestions, gaps, wanted, len(chosen), min(bound, wanted), cost, proved, rounds, most)


def turns_of(seats: tuple[Seats, ...], rest: int) -> Array:
    """The turn of each slot: in order of start, until one starts after somebody could have done another and rested."""
    turns = np.zeros(len(seats), dtype=np.int64)
    turn, until = -1, -1
    for n in sorted(
        range(len(seats)), key=lambda n: (seats[n].span.starts, seats[n].span.ends, seats[n].slot)
    ):
        span = seats[n].span
        if turn < 0 or span.starts >= until:
            turn, until = turn + 1, span.ends + rest
        until = min(until, span.ends + rest)
        turns[n] = turn
    return turns


def _arcs(ground: Ground) -> tuple[flow.Arcs, dict[int, Field], bool]:
    """Who could take what now; among how many; whether the dearer ones of a slot were left out."""
    fits = {slot: ground.fitting(slot) for slot in np.flatnonzero(ground.need).tolist()}
    fields = {slot: field_of(ground, fit) for slot, fit in fits.items()}
    cut = sum(field.many for field in fields.values()) > MOST
    people, costs, slots = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for slot, fit in fits.items():
        rows: Array = np.arange(len(fit.people))
        if cut:
            rows = np.sort(np.argsort(fit.cost, kind="stable")[: MOST // len(fits)])
        people.append(fit.people[rows])
        costs.append(fit.cost[rows])
        slots.append(np.full(len(rows), slot, np.int32))
    return flow.Arcs(np.concatenate(people), np.concatenate(slots), np.concatenate(costs)), fields, cut


def _solve(ground: Ground, arcs: flow.Arcs, turns: Array) -> Array:
    seats = ground.request.seats
    length = np.array([each.span.ends - each.span.starts for each in seats], dtype=np.int64)
    shortest = np.full(ground.count, np.iinfo(np.int64).max)
    np.minimum.at(shortest, arcs.person, length[arcs.slot])
    times = np.minimum(ground.left // np.maximum(shortest, 1), len(seats))
    again = ground.request.weights.again
    return flow.solve(arcs, turns=turns, need=ground.need, times=times, again=again, given=ground.given)


def _keep(ground: Ground, arcs: flow.Arcs, found: Array) -> list[int]:
    """Of what the flow gave each person, in the order in which it ends, what fits together: the most that rest allows."""
    seats, rest = ground.request.seats, ground.request.rest
    order = sorted(
        found.tolist(), key=lambda row: (seats[arcs.slot[row]].span.ends, int(arcs.cost[row]), row)
    )
    until: dict[int, int] = {}
    used: dict[int, int] = {}
    kept = []
    for row in order:
        person, span = int(arcs.person[row]), seats[arcs.slot[row]].span
        hours = used.get(person, 0) + span.ends - span.starts
        if person in until and span.starts < until[person] + rest:
            continue
        if hours > ground.left[person]:
            continue
        until[person], used[person] = span.ends, hours
        kept.append(row)
    return sorted(kept)


def _again(request: Request, before: Array, after: Array) -> int:
    """What the further duties of this plan cost: 0 + 1 + 2 … for each person, from where she stood."""
    sums = (after * (after - 1) - before * (before - 1)) // 2
    return int(sums.sum()) * request.weights.again


def _suggestions(
    ground: Ground, fields: dict[int, Field], chosen: list[tuple[int, int, int]], before: Array
) -> tuple[Suggestion, ...]:
    people, seats = ground.request.people, ground.request.seats
    given = before.copy()
    found = []
    for person, slot, cost in sorted(
        chosen, key=lambda each: (seats[each[1]].span.starts, seats[each[1]].slot, each[0])
    ):
        given[person] += 1
        why = reasons(ground, fields[slot], person, slot, int(given[person]))
        found.append(Suggestion(people[person].who, seats[slot].slot, cost, why))
    return tuple(found)
