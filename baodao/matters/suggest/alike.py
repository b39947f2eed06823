"""How alike two reports are, by place, time, kind and text. Declared, not learned: four terms that a reader can add up.

    likeness = 1.5 · same kind + likeness of texts − √(metres / 10) − ln(1 + hours / 24)

Texts: the weight of common runs of two and three characters, as a cosine (0 to 1); a run that many of the candidates
have weighs less. Chosen on the quarter of Boston's reports that docs/suggestions.md names.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from .grams import normal

REACH_METRES, REACH_DAYS = 300, 30
#: Metres to a candidate of whose place only the grid is known.
UNKNOWN_METRES = 100
_DEGREE = 111_195.0


class Report(msgspec.Struct, frozen=True):
    """One report as the score sees it: place in degrees (None: only the grid is known), seconds, kind, text."""

    key: str
    at: float
    kind: str
    text: str
    lat: float | None = None
    lon: float | None = None


class Alike(msgspec.Struct, frozen=True):
    """A candidate with its score, metres (None: the grid only), hours, and the text's share (0 to 1)."""

    key: str
    score: float
    metres: float | None
    hours: float
    text: float


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The distance of two near places in WGS-84 (a plane at their mean latitude; exact to 0.1 % over 300 m)."""
    turn = math.cos(math.radians((lat + other_lat) / 2))
    return _DEGREE * math.hypot(lat - other_lat, (lon - other_lon) * turn)


def pieces(text: str) -> frozenset[str]:
    """Runs of two and three characters of a text."""
    plain = normal(text)
    return frozenset(plain[at : at + n] for n in (2, 3) for at in range(len(plain) - n + 1))


def weights(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """How much a run says among these texts: ln((1 + n) / (1 + texts that have it)) + 1."""
    often = Counter(piece for text in texts for piece in text)
    return {piece: math.log((1 + len(texts)) / (1 + n)) + 1 for piece, n in often.items()}


def same_words(one: frozenset[str], other: frozenset[str], weigh: dict[str, float]) -> float:
    """The cosine of two texts, 0 to 1."""
    both = sum(weigh[piece] for piece in one & other)
    if not both:
        return 0.0
    return both / math.sqrt(sum(weigh[p] for p in one) * sum(weigh[p] for p in other))


def score(away: float, hours: float, text: float, *, same_kind: bool) -> float:
    """The likeness; higher is more alike. Falls with metres and hours, rises with common words."""
    return 1.5 * same_kind + text - math.sqrt(away / 10) - math.log1p(hours / 24)


def ranked(report: Report, others: Sequence[Report], most: int = 5) -> list[Alike]:
    """The likeliest among earlier reports within reach, best first; ties by key."""
    near = [(other, away) for other in others if (away := _away(report, other)) is not False]
    cut = {other.key: pieces(other.text) for other, _away_ in near}
    own = pieces(report.text)
    weigh = weights([own, *cut.values()])
    found = []
    for other, away in near:
        hours = (report.at - other.at) / 3600
        text = same_words(own, cut[other.key], weigh)
        value = score(
            UNKNOWN_METRES if away is None else away, hours, text, same_kind=report.kind == other.kind
        )
        found.append(Alike(other.key, value, away, hours, text))
    return sorted(found, key=lambda one: (-one.score, one.key))[:most]


def _away(report: Report, other: Report) -> float | bool | None:
    """Metres; None where one of the two has no place; False out of reach."""
    if other.key == report.key or not 0 <= report.at - other.at <= REACH_DAYS * 86_400:
        return False
    if report.lat is None or report.lon is None or other.lat is None or other.lon is None:
        return None
    away = metres(report.lat, report.lon, other.lat, other.lon)
    return away if away <= REACH_METRES else False
