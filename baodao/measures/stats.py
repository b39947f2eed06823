"""Intervals and ranks, pure. Integers and counts of equal values go in, never single facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

#: 95 %, two-sided.
Z = 1.959963984540054
#: Above this many values the binomial is taken for normal.
_EXACT = 400


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's score interval of a share (E. B. Wilson 1927), 95 %. n > 0."""
    p = hits / n
    middle = p + Z * Z / (2 * n)
    reach = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def at_rank(values: Mapping[int, int], rank: int) -> int:
    """The value at a rank (1 is the smallest) among counted values."""
    seen = 0
    for value in sorted(values):
        seen += values[value]
        if seen >= rank:
            return value
    raise ValueError("no such rank")


def percentile(values: Mapping[int, int], percent: int) -> int:
    """Nearest rank: the smallest value with at least ``percent`` per cent at or below it."""
    n = sum(values.values())
    return at_rank(values, max(1, -(-percent * n // 100)))


def ranks(n: int, percent: int) -> tuple[int, int]:
    """(low, high) ranks whose values hold the percentile with 95 % at least; 0 and n + 1 stand for "not bounded"."""
    p = percent / 100
    if n > _EXACT:
        reach = Z * math.sqrt(n * p * (1 - p))
        return max(0, math.floor(n * p - reach)), min(n + 1, math.ceil(n * p + reach) + 1)
    total, low, high = 0.0, 0, n + 1
    for k in range(n + 1):  # total = P(fewer than k + 1 values lie below the percentile)
        mass = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        total += math.exp(mass + k * math.log(p) + (n - k) * math.log(1 - p))
        if total <= 0.025:
            low = k + 1
        if total >= 0.975:
            high = k + 1
            break
    return low, high


def order_interval(values: Mapping[int, int], percent: int) -> tuple[int | None, int | None]:
    """Values at those ranks; None where the sample is too small for a bound."""
    n = sum(values.values())
    low, high = ranks(n, percent)
    return (at_rank(values, low) if low >= 1 else None, at_rank(values, high) if high <= n else None)


def places(values: Sequence[Fraction], *, up: bool) -> list[tuple[int, bool]]:
    """(place, tied) of each: equal values share a place and the next one is passed over (1, 2, 2, 4)."""
    found = []
    for value in values:
        better = sum(1 for other in values if (other > value if up else other < value))
        found.append((better + 1, sum(1 for other in values if other == value) > 1))
    return found
