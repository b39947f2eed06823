"""Periods for which a subject is excused because nobody was asked of it: a pack names the fact whose word counts (``excused_by``), the app
that keeps it says for which days it held (`ports.register_rest`). Nothing is written for it, nobody is marked down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from . import ports
from .declare import DueRule
from .periods import Window

Spans = Sequence[tuple[date, date]]


def rested(spans: Spans, window: Window, day: date) -> bool:
    """Whether a window is excused as seen on ``day``: nobody was asked on that day (on its last one, once it is over), or on half of
    its days or more. ``spans`` are [since, until), apart from each other."""
    last = min(day, window.closes)
    if any(since <= last < until for since, until in spans):
        return True
    ends = window.closes + timedelta(days=1)
    covered = sum(max(0, (min(until, ends) - max(since, window.opens)).days) for since, until in spans)
    return covered * 2 >= window.days


class Rests:
    """The words that hold for these organizations, as known on a day. A fixed number of statements for each fact that a rule names,
    none without one."""

    def __init__(self, asked: Iterable[tuple[DueRule, Iterable[str]]], since: date, day: date) -> None:
        self.day = day
        wanted: dict[str, set[str]] = {}
        for rule, codes in asked:
            for kind in rule.excused_by:
                wanted.setdefault(kind, set()).update(codes)
        known = ports.rests()
        self.held: dict[str, Mapping[str, Spans]] = {
            kind: known[kind].find(sorted(codes), since, day)
            for kind, codes in wanted.items()
            if kind in known
        }

    def cause(self, rule: DueRule, org: str, window: Window) -> str:
        """Why an organization, and who belongs to it, does not owe a rule for a window: a code of `words.CAUSES`; "" for no reason."""
        for kind in rule.excused_by:
            spans = self.held.get(kind, {}).get(org, ())
            if spans and rested(spans, window, self.day):
                return ports.rests()[kind].cause
        return ""

    def causes(self, rule: DueRule, org: str, windows: Iterable[Window]) -> dict[date, str]:
        """First day of the excused ones of these windows → why."""
        if not any(org in self.held.get(kind, {}) for kind in rule.excused_by):
            return {}
        found = {window.first: self.cause(rule, org, window) for window in windows}
        return {first: why for first, why in found.items() if why}
