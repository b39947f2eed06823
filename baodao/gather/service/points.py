"""Points and stars of one member, computed from her facts where a pack switched them on. Pure: nothing is stored, nobody is
compared with anybody.

Each line says which facts it rests on and what was cut, and why. A half-year from which she took herself out (caring, illness,
late shifts, age: no cause is asked) counts for nothing and against nothing: her stars stay those of the half-year before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Literal

import msgspec

from .declare import Points, Rule, Star
from .halves import Half, half_of

Cut = Literal["", "rule", "half", "expired", "exempt"]


class Done(msgspec.Struct, frozen=True):
    """A fact that may count: ``key`` names it, ``what`` is what kind of fact, ``kind`` the gathering's or standing post's."""

    key: str
    what: Literal["service", "standing"]
    kind: str
    day: date
    minutes: int = 0


class Line(msgspec.Struct, frozen=True):
    """What one fact gave by one rule: ``earned`` by the rule, ``counted`` in the end, ``cut`` why fewer."""

    key: str
    rule: str
    half: Half
    day: date
    earned: int
    counted: int
    cut: Cut = ""


class Account(msgspec.Struct, frozen=True):
    """``total`` are the points in force; ``stars`` of the last half-year from which she was not out; ``since`` which one."""

    total: int
    halves: tuple[tuple[Half, int], ...]
    lines: tuple[Line, ...]
    stars: Star | None
    reason: Half | None


def switched_on(points: Points | None, day: date) -> bool:
    """Whether a pack's points hold on a day: from its decision's first day to the last one."""
    return points is not None and points.since <= day <= points.until


def account(done: Iterable[Done], points: Points, day: date, out: Collection[Half] = ()) -> Account:
    """All that counts on ``day``. The order in which facts come in does not matter, and the same one twice counts once."""
    facts = sorted({one.key: one for one in done}.values(), key=lambda one: (one.day, one.key))
    facts = [one for one in facts if points.since <= one.day <= min(day, points.until)]
    lines: list[Line] = []
    for half in sorted({half_of(one.day) for one in facts}):
        within = [one for one in facts if half_of(one.day) == half]
        lines += _half(half, within, points, expired=_expired(half, points, day), out=half in out)
    sums: dict[Half, int] = {}
    for line in lines:
        sums[line.half] = sums.get(line.half, 0) + line.counted
    star, reason = _stars(sums, points, half_of(min(day, points.until)), out)
    return Account(sum(sums.values()), tuple(sorted(sums.items())), tuple(lines), star, reason)


def _expired(half: Half, points: Points, day: date) -> bool:
    return half.after(points.expires_after) < half_of(day)


def _half(half: Half, facts: Sequence[Done], points: Points, *, expired: bool, out: bool) -> list[Line]:
    by_rule: dict[str, int] = {}
    whole, lines = 0, []
    for one in facts:
        for rule in points.rule:
            earned = _earned(one, rule)
            if not earned:
                continue
            counted, cut = _within(earned, rule.most, by_rule.get(rule.name, 0), "rule")
            by_rule[rule.name] = by_rule.get(rule.name, 0) + counted
            counted, over = _within(counted, points.cap, whole, "half")
            whole += counted
            cut = over or cut
            if expired or out:
                counted, cut = 0, "exempt" if out else "expired"
            lines.append(Line(one.key, rule.name, half, one.day, earned, counted, cut))
    return lines


def _within(wanted: int, most: int, held: int, cut: Cut) -> tuple[int, Cut]:
    left = max(most - held, 0)
    return (wanted, "") if wanted <= left else (left, cut)


def _earned(one: Done, rule: Rule) -> int:
    if one.what != rule.what or (rule.kinds and one.kind not in rule.kinds):
        return 0
    return rule.points * (one.minutes // 60) if rule.per == "hour" else rule.points


def _stars(
    sums: dict[Half, int], points: Points, now: Half, out: Collection[Half]
) -> tuple[Star | None, Half | None]:
    """The stars of the last half-year that counts: the present one, or, as long as she is out, an earlier one."""
    half = now
    while half in out and half > half_of(points.since):
        half = half.after(-1)
    if half in out:
        return None, None
    held = sums.get(half, 0)
    reached = [star for star in points.star if held >= star.points]
    return (max(reached, key=lambda star: star.points), half) if reached else (None, half)
