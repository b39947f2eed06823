"""Reminders of whatever is owed, and their one limit: over all requirements together, dues of organizations and what holders of posts still lack
alike. Who opened one is written nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from baodao.kernel.verbs import Tx, lock
from baodao.orgs import selectors as orgs

from . import facts
from .lives import FEW
from .models import Reminder
from .policies import RECORD

_LOCK = 0x44554553  # "DUES"
_CHUNK = 10_000

#: Why somebody is passed over: reminded of this in this period already; reminded often enough of late.
Passed = Literal["once", "lately"]


class Nudge(msgspec.Struct, frozen=True):
    """A reminder to be. ``subject``: ``org:<code>`` or ``post:<code>``, of ``org``; ``period``: first day of the one in question."""

    subject: str
    org: str
    requirement: str
    period: date


class Had:
    """Reminders that subjects have had: of all requirements together. ``kin``: subject → others whose reminders reach the same people (an
    organization and those of its posts that record for it)."""

    def __init__(
        self, rows: Iterable[tuple[str, str, date, date]], kin: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.kin: Mapping[str, Sequence[str]] = kin or {}
        self.rows: dict[str, list[tuple[str, date, date]]] = {}
        for subject, requirement, period, day in rows:
            self.rows.setdefault(subject, []).append((requirement, period, day))

    def passed(self, one: Nudge, day: date, rules: tuple[int, int]) -> Passed | None:
        """Why not now; None: there is room. ``rules``: so many reminders in so many days."""
        most, days = rules
        if any(row[:2] == (one.requirement, one.period) for row in self.rows.get(one.subject, ())):
            return "once"
        beside = max((self._near(other, day, days) for other in self.kin.get(one.subject, ())), default=0)
        return "lately" if self._near(one.subject, day, days) + beside >= most else None

    def _near(self, subject: str, day: date, days: int) -> int:
        return sum(row[2] > day - timedelta(days=days) for row in self.rows.get(subject, ()))

    def add(self, one: Nudge, day: date) -> None:
        """One more in this command."""
        self.rows.setdefault(one.subject, []).append((one.requirement, one.period, day))


def had(codes: Collection[str], posts: Collection[str], day: date) -> Had:
    """What these organizations, and these posts of theirs, were reminded of in the last year. Two statements for each ten thousand."""
    kin: dict[str, list[str]] = {}
    asked = sorted(set(codes))
    for start in range(0, len(asked), _CHUNK):
        for post in orgs.posts_with(RECORD, asked[start : start + _CHUNK], day):
            kin.setdefault(f"org:{post.org_id}", []).append(f"post:{post.code}")
            kin[f"post:{post.code}"] = [f"org:{post.org_id}"]
    wanted = {f"org:{code}" for code in asked} | {f"post:{code}" for code in posts} | kin.keys()
    rows = Reminder.objects.filter(day__gt=day - timedelta(days=400))
    rows = rows.filter(subject__in=sorted(wanted)) if len(wanted) <= FEW else rows
    told = rows.values_list("subject", "requirement", "period", "day")
    return Had((row for row in told if row[0] in wanted), kin)


def nudge(tx: Tx, asked: Sequence[Nudge], day: date) -> list[Passed | None]:
    """Inside a verb that asked its right: remind those who have room; for each in turn None, or why it was passed over. Two statements, and those of what is
    written."""
    from .selectors import dues_rules

    lock(_LOCK)
    posts = [one.subject.partition(":")[2] for one in asked if one.subject.startswith("post:")]
    held, found, room = had({one.org for one in asked}, posts, day), list[Passed | None](), list[Nudge]()
    for one in asked:
        rules = dues_rules(one.org, day)
        why = held.passed(one, day, (rules.reminders, rules.within_days))
        found.append(why)
        if why is None:
            held.add(one, day)
            room.append(one)
    first = tx.number("due", len(room)) if room else 0
    for n, one in enumerate(room):
        data = facts.Reminded(requirement=one.requirement, subject=one.subject, period=one.period.isoformat())
        level = 1 if one.subject.startswith("org:") else 2
        tx.fact(data, subject=f"due:{first + n:09}", org=one.org, level=level)
        tx.insert(Reminder, subject=one.subject, requirement=one.requirement, period=one.period, day=day)
    return found
