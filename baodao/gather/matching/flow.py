"""The one place that knows ortools: most seats filled, then the least cost, as a flow. Only the process of matching loads it.

    source ─(served so far, further duties dearer)→ person → person in a turn (one) → slot → sink

A *turn* is a set of slots of which nobody can take two, because any two overlap or lie closer than the rest. The flow says
"one in a turn" and "so many in all"; what it cannot say (rest between turns, hours of slots of different length) `rounds` mends.
"""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy import ndarray

Array = ndarray[Any, Any]


class Arcs(msgspec.Struct, frozen=True):
    """Who could take what: three columns of one length (numbers of people and slots, cost)."""

    person: Array
    slot: Array
    cost: Array


def solve(arcs: Arcs, *, turns: Array, need: Array, times: Array, again: int, given: Array) -> Array:
    """The rows of ``arcs`` that are chosen. ``turns``, ``need`` by slot; ``times`` (the most in this round) and ``given``
    (what the plan gave already) by person; the n-th duty of a person costs (n - 1) × ``again`` more."""
    if not len(arcs.person):
        return np.zeros(0, dtype=np.int64)
    persons, person = np.unique(arcs.person, return_inverse=True)
    slots, slot = np.unique(arcs.slot, return_inverse=True)
    pairs, pair = np.unique(
        person.astype(np.int64) * (int(turns.max()) + 1) + turns[arcs.slot], return_inverse=True
    )
    owner = pairs // (int(turns.max()) + 1)
    width = np.minimum(np.bincount(owner, minlength=len(persons)), times[persons])
    nth = np.concatenate([np.arange(n) for n in width]) if width.sum() else np.zeros(0, dtype=np.int64)
    first_person, first_pair = 1, 1 + len(persons)
    first_slot = first_pair + len(pairs)
    sink = first_slot + len(slots)
    each = np.repeat(np.arange(len(persons)), width)
    tail = [np.zeros(len(each)), first_person + owner, first_pair + pair, first_slot + np.arange(len(slots))]
    head = [
        first_person + each,
        first_pair + np.arange(len(pairs)),
        first_slot + slot,
        np.full(len(slots), sink),
    ]
    room = [np.ones(len(each)), np.ones(len(pairs)), np.ones(len(pair)), need[slots]]
    cost = [(nth + given[persons][each]) * again, np.zeros(len(pairs)), arcs.cost, np.zeros(len(slots))]
    units = _flow((tail, head, room, cost), sink, int(need[slots].sum()))
    start = len(each) + len(pairs)
    chosen: Array = np.flatnonzero(units[start : start + len(pair)] > 0)
    return chosen


def _flow(arcs: tuple[list[Array], ...], sink: int, total: int) -> Array:
    """How much flows through each arc (tails, heads, capacities, unit costs, each in parts) when as much of ``total`` as can be goes
    from node 0 to ``sink`` at the least cost."""
    from ortools.graph.python import min_cost_flow

    tail, head, room, cost = (np.concatenate(part) for part in arcs)
    flow = min_cost_flow.SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), room.astype(np.int64), cost.astype(np.int64)
    )
    flow.set_nodes_supplies(np.array([0, sink], dtype=np.int32), np.array([total, -total], dtype=np.int64))
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the flow ended as {status}")
    units: Array = flow.flows(numbers)
    return units
