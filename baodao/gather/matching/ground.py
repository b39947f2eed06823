"""People as columns: hard limits for one slot against all of them at once, and what each would cost.

Nothing here is drawn by lot or rounded: the same request gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy import ndarray

from baodao.kernel.geometry.datum import distances

from .terms import Pair, Person, Request, Seats, Span

Array = ndarray[Any, Any]

#: Seconds that no request reaches.
EVER = 1 << 42


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time, with spans that touch or overlap made one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: each.starts):
        if span.starts >= span.ends:
            continue
        if found and span.starts <= found[-1].ends:
            found[-1] = Span(found[-1].starts, max(span.ends, found[-1].ends))
        else:
            found.append(span)
    return found


class Times:
    """Spans of many people in three columns; grows."""

    def __init__(self, owners: Sequence[Iterable[Span]]) -> None:
        rows = [(n, span.starts, span.ends) for n, spans in enumerate(owners) for span in spans]
        self.rows: Array = np.array(rows, dtype=np.int64).reshape(-1, 3)

    def add(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """More of them: (person, starts, ends)."""
        if rows:
            self.rows = np.vstack([self.rows, np.array(rows, dtype=np.int64)])

    def meeting(self, span: Span, apart: int, people: int) -> Array:
        """Whose time overlaps with the span, or lies less than ``apart`` seconds from it."""
        hit = np.zeros(people, dtype=bool)
        rows = self.rows
        near = (rows[:, 1] < span.ends + apart) & (rows[:, 2] + apart > span.starts)
        hit[rows[near, 0]] = True
        return hit

    def holding(self, span: Span, people: int) -> Array:
        """Whose time covers the whole span."""
        hit = np.zeros(people, dtype=bool)
        rows = self.rows
        hit[rows[(rows[:, 1] <= span.starts) & (rows[:, 2] >= span.ends), 0]] = True
        return hit


class Fitting(msgspec.Struct, frozen=True):
    """Who may take one slot (numbers of people) and at what cost; and how many each limit left, in turn."""

    people: Array
    cost: Array
    left_after: tuple[int, int, int, int, int]


class Ground:
    """The people of a request as columns, with what a plan has given them so far."""

    def __init__(self, request: Request) -> None:
        people = request.people
        self.request = request
        self.count = len(people)
        self.at = {person.who: n for n, person in enumerate(people)}
        self.slot_at = {each.slot: n for n, each in enumerate(request.seats)}
        self.lon = _places(people, "lon")
        self.lat = _places(people, "lat")
        self.reach = np.array([each.reach or request.reach for each in people], dtype=np.int64)
        self.served = np.array([each.served for each in people], dtype=np.int64)
        self.left = np.array(
            [EVER if p.cap is None else max(0, p.cap - p.served) for p in people], dtype=np.int64
        )
        self.given = np.zeros(self.count, dtype=np.int64)
        self.any_time = np.array([each.free is None for each in people], dtype=bool)
        self.free = Times([merged(each.free or ()) for each in people])
        self.duties = Times([each.duties for each in people])
        self.busy = Times([each.busy for each in people])
        self.need = np.array([each.need for each in request.seats], dtype=np.int64)
        self.skilled = _members(people, "skills")
        self.wishing = _members(people, "wishes")
        self.wishes = np.array([bool(each.wishes) for each in people], dtype=bool)
        self.suggested = self._by_slot(request.suggested)
        self.declined = self._by_slot(request.declined)
        self.give(
            [
                (self.at[p.who], self.slot_at[p.slot])
                for p in request.confirmed
                if p.slot in self.slot_at and p.who in self.at
            ]
        )
        self._outsiders()

    def _by_slot(self, pairs: Iterable[Pair]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for pair in pairs:
            if pair.slot in self.slot_at and pair.who in self.at:
                found.setdefault(self.slot_at[pair.slot], []).append(self.at[pair.who])
        return found

    def _outsiders(self) -> None:
        # Seats confirmed by people whom the request does not name are filled all the same.
        for pair in self.request.confirmed:
            if pair.slot in self.slot_at and pair.who not in self.at:
                self.need[self.slot_at[pair.slot]] -= 1
        self.need = np.maximum(self.need, 0)

    def give(self, pairs: Sequence[tuple[int, int]]) -> None:
        """These people have these slots from now on: time, rest, hours and seats go."""
        rows = []
        for person, slot in pairs:
            span = self.request.seats[slot].span
            rows.append((person, span.starts, span.ends))
            self.left[person] = max(0, int(self.left[person]) - (span.ends - span.starts))
            self.given[person] += 1
            self.need[slot] = max(0, int(self.need[slot]) - 1)
        self.duties.add(rows)

    def fitting(self, slot: int) -> Fitting:
        """All hard limits of one slot in turn, then the cost (metres and what is weighed against them)."""
        seats = self.request.seats[slot]
        fit = np.ones(self.count, dtype=bool)
        if seats.skill:
            fit &= self.skilled.get(seats.skill, np.zeros(self.count, dtype=bool))
        skilled = int(fit.sum())
        fit &= self.any_time | self.free.holding(seats.span, self.count)
        fit &= ~self.busy.meeting(seats.span, 0, self.count)
        fit[self.declined.get(slot, [])] = False
        free = int(fit.sum())
        who = np.flatnonzero(fit)
        metres = self._metres(seats, who)
        near = metres <= self.reach[who]
        who, metres = who[near], metres[near]
        rested = ~self.duties.meeting(seats.span, self.request.rest, self.count)[who]
        who, metres, close = who[rested], metres[rested], len(who)
        left = self.left[who] >= seats.span.ends - seats.span.starts
        passed = (skilled, free, close, len(who), int(left.sum()))
        who, metres = who[left], metres[left]
        return Fitting(who.astype(np.int32), self._cost(slot, seats, who, metres), passed)

    def _metres(self, seats: Seats, who: Array) -> Array:
        if seats.lon is None or seats.lat is None:
            return np.zeros(len(who), dtype=np.int64)
        found = distances(self.lon[who], self.lat[who], (seats.lon, seats.lat))
        return np.where(np.isnan(found), self.reach[who], np.nan_to_num(found)).astype(np.int64)

    def _cost(self, slot: int, seats: Seats, who: Array, metres: Array) -> Array:
        weights = self.request.weights
        met = np.zeros(self.count, dtype=bool)
        for tag in seats.tags:
            if tag in self.wishing:
                met |= self.wishing[tag]
        cost: Array = metres + self.served[who] * weights.hour // 3600
        cost = cost + np.where(self.wishes[who] & ~met[who], weights.unwished, 0)
        if not self.suggested:
            return cost
        return np.where(np.isin(who, self.suggested.get(slot, [])), cost, cost + weights.moved)


def _places(people: Sequence[Person], field: str) -> Array:
    whole = (person.lon is not None and person.lat is not None for person in people)
    return np.array(
        [getattr(p, field) if there else np.nan for p, there in zip(people, whole, strict=True)], dtype=float
    )


def _members(people: Sequence[Person], field: str) -> dict[str, Array]:
    """word → who has it."""
    found: dict[str, list[int]] = {}
    for n, person in enumerate(people):
        for word in getattr(person, field):
            found.setdefault(word, []).append(n)
    masks = {}
    for word, numbers in found.items():
        masks[word] = np.zeros(len(people), dtype=bool)
        masks[word][numbers] = True
    return masks
