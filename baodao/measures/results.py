"""Shapes of an answer, and how sums of rows become figures. Pure: no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import msgspec

from .declare import K, Measure
from .lawful import CONFIDENTIAL, RATES
from .period import Period
from .stats import order_interval, percentile, places, wilson

#: measured; few: under the least sample; none: nothing counted; hidden: too few to be told, or would tell of few.
Standing = Literal["measured", "few", "none", "hidden"]


class Question(msgspec.Struct, frozen=True):
    """What is asked: a measure for an organization (and those below) in a period, of one origin, at a position
    (None: now), divided by a group ("" for none)."""

    name: str
    org: str
    period: Period
    origin: str = "live"
    position: int | None = None
    group: str = ""


class Beside(msgspec.Struct, frozen=True):
    """A count that stands beside and in no denominator."""

    name: str
    says: str
    count: int


class Cut(msgspec.Struct, frozen=True):
    """One percentile: nearest rank of settled rounded durations, and the order-statistic interval (None: the sample
    gives no bound on that side)."""

    percent: int
    value: int
    low: int | None
    high: int | None


class Figure(msgspec.Struct, frozen=True):
    """One number with all that explains it. ``value``: a share as a fraction, a ratio for each ``per``, a mean, the
    first percentile, a count, a sum divided by ``scale``; None unless measured. ``numerator``: of a sum, what was added up.
    Shares carry Wilson's interval (95 %)."""

    org: str
    group: str
    standing: Standing
    sample: int | None
    numerator: int | None
    denominator: int | None
    excluded: int
    coarse: int
    """Left out because only their day is known."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    cuts: tuple[Cut, ...] = ()
    beside: tuple[Beside, ...] = ()
    restricted: int = 0
    """Facts of level 2 and more that are counted: K of them, or none."""
    place: int | None = None
    tied: bool = False
    peers: int = 0


class Answer(msgspec.Struct, frozen=True):
    """The figures of one question: that of the organization first, then of those below by code."""

    question: Question
    formula: str
    position: int
    confidential: bool
    figures: tuple[Figure, ...]


class Sums(msgspec.Struct):
    """What rows of one organization and group add up to; ``values``: how often each value was counted."""

    n: int = 0
    num: int = 0
    den: int = 0
    exc: int = 0
    coarse: int = 0
    beside: list[int] = []
    values: dict[int, int] = {}

    def add(self, row: Sequence[Any]) -> None:
        """(v, n, num, den, exc, coarse, beside…)"""
        value, n, num, den, exc, coarse, *beside = (None if one is None else int(one) for one in row)
        self.n, self.num, self.den = self.n + (n or 0), self.num + (num or 0), self.den + (den or 0)
        self.exc, self.coarse = self.exc + (exc or 0), self.coarse + (coarse or 0)
        held = self.beside or [0] * len(beside)
        self.beside = [one + (other or 0) for one, other in zip(held, beside, strict=True)]
        if value is not None and den:
            self.values[value] = self.values.get(value, 0) + den

    @property
    def total(self) -> int:
        """All counted values added up, exactly."""
        return sum(value * count for value, count in self.values.items())

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        made = Sums(values=dict(self.values))
        for one in (self, other):
            made.add([None, one.n, one.num, one.den, one.exc, one.coarse, *one.beside])
        return made


Key = tuple[str, str]
#: code → those directly below it
Below = Callable[[str], Iterable[str]]


def gather(rows: Iterable[Sequence[Any]]) -> tuple[dict[Key, Sums], dict[Key, Sums]]:
    """Rows of ``compile.counts`` → (open, restricted) sums by organization and group."""
    kept: tuple[dict[Key, Sums], dict[Key, Sums]] = ({}, {})
    for scope, restricted, group, *rest in rows:
        kept[1 if restricted else 0].setdefault((str(scope), str(group)), Sums()).add(rest)
    return kept


def enough(counts: Mapping[str, int], below: Below, order: Sequence[str], least: int) -> set[str]:
    """Organizations of which a count may be told: it is ``least`` or more, and so is what is left when the counts of
    those below are taken off (nobody shall learn of few by subtracting). ``order``: the lowest first."""
    told: set[str] = set()
    for code in order:
        n = counts.get(code, 0)
        rest = n - sum(counts.get(child, 0) for child in _told_below(code, below, told))
        if n >= least and (rest == 0 or rest >= least):
            told.add(code)
    return told


def _told_below(code: str, below: Below, told: set[str]) -> Iterable[str]:
    """The nearest ones below that are told, however deep."""
    for child in below(code):
        if child in told:
            yield child
        else:
            yield from _told_below(child, below, told)


def figures(
    measure: Measure, question: Question, rows: Iterable[Sequence[Any]], below: Below, order: Sequence[str]
) -> list[Figure]:
    """All figures of one question; restricted facts are counted where K of them can be."""
    open_, restricted = gather(rows)
    confidential = measure.fact in CONFIDENTIAL
    if confidential:
        told = enough({k[0]: s.den for k, s in restricted.items()}, below, order, max(K, measure.least))
        return [
            _figure(measure, key, sums) if key[0] in told else _hidden(key)
            for key, sums in restricted.items()
        ]
    addable = measure.kind in (*RATES, "count") and not question.group
    told = enough({k[0]: s.n for k, s in restricted.items()}, below, order, K) if addable else set()
    made = []
    for key in dict.fromkeys([*open_, *(key for key in restricted if key[0] in told)]):
        sums = open_.get(key, Sums())
        more = restricted.get(key) if key[0] in told else None
        made.append(_figure(measure, key, sums.plus(more) if more else sums, more.n if more else 0))
    return made


def empty(measure: Measure, org: str) -> Figure:
    """Nothing counted."""
    return _figure(measure, (org, ""), Sums(beside=[0] * len(measure.beside)))


def _hidden(key: Key) -> Figure:
    return Figure(
        *key, standing="hidden", sample=None, numerator=None, denominator=None, excluded=0, coarse=0
    )


def _figure(measure: Measure, key: Key, sums: Sums, restricted: int = 0) -> Figure:
    made = Figure(
        *key,
        standing=_standing(measure, sums),
        sample=sums.den,
        numerator=_numerator(measure, sums),
        denominator=sums.den,
        excluded=sums.exc,
        coarse=sums.coarse,
        beside=tuple(
            Beside(name, part.says, count)
            for (name, part), count in zip(measure.beside.items(), sums.beside or (), strict=False)
        ),
        restricted=restricted,
    )
    return _valued(measure, made, sums) if made.standing == "measured" else made


def _numerator(measure: Measure, sums: Sums) -> int | None:
    if measure.kind == "sum":
        return sums.total
    return sums.num if measure.kind in RATES else None


def _standing(measure: Measure, sums: Sums) -> Standing:
    if measure.kind in ("count", "sum"):
        return "measured"
    if not sums.den:
        return "none"
    return "measured" if sums.den >= measure.least else "few"


def _valued(measure: Measure, made: Figure, sums: Sums) -> Figure:
    replace = msgspec.structs.replace
    if measure.kind == "count":
        return replace(made, value=float(sums.den))
    if measure.kind == "sum":
        return replace(made, value=sums.total / measure.scale)
    if measure.kind == "share":
        low, high = wilson(sums.num, sums.den)
        return replace(made, value=sums.num / sums.den, low=low, high=high)
    if measure.kind == "ratio":
        return replace(made, value=measure.per * sums.num / sums.den)
    if measure.kind == "mean":
        # To one tenth: a mean that moves by less tells of one person's stars.
        return replace(made, value=round(sums.total / sums.den, 1))
    cuts = tuple(Cut(p, percentile(sums.values, p), *order_interval(sums.values, p)) for p in measure.percent)
    return replace(
        made, value=float(cuts[0].value), low=_float(cuts[0].low), high=_float(cuts[0].high), cuts=cuts
    )


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)


def ranked(measure: Measure, found: Sequence[Figure], level_of: Callable[[str], str]) -> list[Figure]:
    """The same with places among organizations of one level, in measures that may be ranked; ties are ties."""
    if not measure.ranked:
        return list(found)
    groups: dict[tuple[str, str], list[int]] = {}
    for n, figure in enumerate(found):
        if figure.standing == "measured":
            groups.setdefault((level_of(figure.org), figure.group), []).append(n)
    made = list(found)
    for members in groups.values():
        if len(members) < 2:
            continue
        values = [_exact(measure, found[n]) for n in members]
        for n, (place, tied) in zip(members, places(values, up=measure.direction == "up"), strict=True):
            made[n] = msgspec.structs.replace(found[n], place=place, tied=tied, peers=len(members))
    return made


def _exact(measure: Measure, figure: Figure) -> Fraction:
    if measure.kind in RATES and figure.denominator:
        return Fraction(figure.numerator or 0, figure.denominator)
    if measure.kind == "sum":
        return Fraction(figure.numerator or 0)
    return Fraction(figure.value or 0)
