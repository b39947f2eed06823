"""What stands of a due on a day: a pure function of the window, the subject's life, what met it and who is excused.

- A record that was not meant as a make-up counts in the first window that its day lies in.
- Any other counts for the oldest window that lacks something of its own days and can still be made up on that day; if there is
  none, for the window of its day; else for nothing.
- Nothing that happened after the day asked about is looked at, so that every day of the past can be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Literal

import msgspec

from .declare import DueRule
from .periods import Window
from .ports import Met

State = Literal["none", "due", "met", "made_up", "missing", "excused"]
Stay = tuple[date, date | None]


class Stand(msgspec.Struct, frozen=True):
    """One window of one subject on a day. ``need`` and ``have`` in the rule's unit. ``refs``: what counted, oldest first.
    ``state`` none: nothing is owed."""

    window: Window
    state: State
    need: int
    have: int = 0
    refs: tuple[str, ...] = ()

    def can_make_up(self, day: date) -> bool:
        """Whether what is missing can still be made up on a day."""
        return self.state == "missing" and self.window.make_up is not None and day <= self.window.make_up


def merged(stays: Iterable[Stay]) -> list[Stay]:
    """Stays that touch or overlap made one: a transfer is no new beginning."""
    found: list[Stay] = []
    for since, until in sorted(stays, key=lambda stay: stay[0]):
        if until is not None and until <= since:
            continue
        if found and (found[-1][1] is None or since <= found[-1][1]):
            last = found[-1]
            ends = None if last[1] is None or until is None else max(last[1], until)
            found[-1] = (last[0], ends)
        else:
            found.append((since, until))
    return found


def need_of(rule: DueRule, window: Window, stays: Sequence[Stay]) -> int:
    """How much a subject with this life (`merged`) owes for a window; 0: nothing. Whoever is gone before the window closes owes
    nothing."""
    stay = next((s for s in stays if s[0] <= window.closes and (s[1] is None or window.closes < s[1])), None)
    if stay is None:
        return 0
    began = stay[0]
    if began <= window.opens or rule.newcomers == "any":
        return rule.amount
    if rule.newcomers == "middle":
        return rule.amount if began <= window.middle else 0
    if rule.newcomers == "prorated":
        left = (window.closes - began).days + 1
        return -(-rule.amount * left // window.days)
    return 0


def stands(
    needs: Sequence[tuple[Window, int]], mets: Sequence[Met], excused: AbstractSet[date], day: date
) -> list[Stand]:
    """What stands of each window on ``day``. ``needs``: windows in order of time, with what is owed; ``mets`` by day and ref;
    ``excused``: first days of excused periods."""
    have = [0] * len(needs)
    refs: list[list[str]] = [[] for _ in needs]
    made, beside = [0] * len(needs), [0] * len(needs)
    late: list[Met] = []
    for met in mets:
        if met.day > day:
            continue
        place = None if met.made_up else _within(needs, met.day)
        if place is None:
            late.append(met)
        else:
            have[place] += met.amount
            refs[place].append(met.ref)
    for met in late:
        place = _lacking(needs, have, excused, met.day)
        if place is not None:
            made[place] += met.amount
        else:
            place = _within(needs, met.day)
            if place is None:
                continue
            # Kept apart from what was in time: whether a window lacks something rests on its own days alone.
            beside[place] += met.amount
        refs[place].append(met.ref)
    return [
        Stand(window, _state(need, have[n] + beside[n], made[n], window.first in excused, window.closes < day),
              need, have[n] + beside[n] + made[n], tuple(refs[n]))
        for n, (window, need) in enumerate(needs)
    ]  # fmt: skip


def _within(needs: Sequence[tuple[Window, int]], day: date) -> int | None:
    return next((n for n, (window, _) in enumerate(needs) if window.opens <= day <= window.closes), None)


def _lacking(
    needs: Sequence[tuple[Window, int]], have: Sequence[int], excused: AbstractSet[date], day: date
) -> int | None:
    for n, (window, need) in enumerate(needs):
        open_ = window.make_up is not None and window.closes < day <= window.make_up
        if open_ and have[n] < need and window.first not in excused:
            return n
    return None


def _state(need: int, have: int, made: int, excused: bool, over: bool) -> State:
    if have >= need:
        return "met" if have else "none"
    if have + made >= need:
        return "made_up"
    if excused:
        return "excused"
    return "missing" if over else "due"


def by_key(mets: Iterable[Met]) -> Mapping[tuple[str, str], list[Met]]:
    """Mets by (requirement, subject), each in order of day and ref."""
    found: dict[tuple[str, str], list[Met]] = {}
    for met in mets:
        found.setdefault((met.requirement, met.subject), []).append(met)
    for held in found.values():
        held.sort(key=lambda met: (met.day, met.ref))
    return found
