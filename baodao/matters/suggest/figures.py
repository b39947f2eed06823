"""Figures of a model with their uncertainty. Pure; numpy only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from numpy import ndarray

#: Two-sided 95 %.
Z = 1.959963984540054
DRAWS = 1000


class Figure(msgspec.Struct, frozen=True):
    """A value with the ends of its 95 % interval, and over how many cases."""

    value: float
    low: float
    high: float
    n: int

    def words(self) -> str:
        """ "0.9175 (0.9094 to 0.9251; n = 4849)"."""
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f}; n = {self.n})"


def share(good: int, n: int) -> Figure:
    """A share with its Wilson interval (E. B. Wilson, JASA 22, 1927). Nothing measured: 0 to 1."""
    if not n:
        return Figure(0.0, 0.0, 1.0, 0)
    rate, z2 = good / n, Z * Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Figure(rate, max(0.0, middle - half), min(1.0, middle + half), n)


def macro_f1(truth: ndarray[Any, Any], said: ndarray[Any, Any], labels: int) -> float:
    """The mean over labels of the harmonic mean of precision and recall; a label that neither occurs nor is said
    counts 0."""
    import numpy as np

    table = np.bincount(truth * labels + said, minlength=labels * labels).reshape(labels, labels)
    both = table.sum(0) + table.sum(1)
    return float(np.mean(np.divide(2 * table.diagonal(), both, out=np.zeros(labels), where=both > 0)))


def macro_f1_figure(
    truth: ndarray[Any, Any], said: ndarray[Any, Any], labels: int, groups: ndarray[Any, Any], seed: int = 1
) -> Figure:
    """With the percentiles of a bootstrap that draws groups (texts), not rows: copies of a text stay together."""
    import numpy as np

    chance = np.random.default_rng(seed)
    order = np.argsort(groups, kind="stable")
    rows = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    drawn = []
    for _draw in range(DRAWS):
        took = np.concatenate([rows[n] for n in chance.integers(0, len(rows), len(rows))])
        drawn.append(macro_f1(truth[took], said[took], labels))
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(macro_f1(truth, said, labels), float(low), float(high), len(truth))


def within_first(truth: ndarray[Any, Any], chances: ndarray[Any, Any], most: int) -> Figure:
    """How often the right label is among the ``most`` likeliest."""
    best = chances.argsort(axis=1)[:, ::-1][:, :most]
    return share(int((best == truth[:, None]).any(axis=1).sum()), len(truth))


def lead(chances: ndarray[Any, Any]) -> ndarray[Any, Any]:
    """By how much the likeliest label leads the second, row by row."""
    import numpy as np

    ordered = np.sort(chances, axis=1)
    found: ndarray[Any, Any] = ordered[:, -1] - ordered[:, -2]
    return found


def right_of_surest(truth: ndarray[Any, Any], chances: ndarray[Any, Any], part: float) -> Figure:
    """How often the first label is right among the surest ``part`` of rows."""
    order = lead(chances).argsort(kind="stable")[::-1][: round(part * len(truth))]
    good = chances[order].argmax(axis=1) == truth[order]
    return share(int(good.sum()), len(order))
