"""A year of dues, lived through the verbs: each branch does most of what it owes in time, some late, is excused now and then, and
leaves a little undone; members come to their hours in portions. The same seed gives the same year."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from baodao.dues import board
from baodao.dues.periods import Window, windows
from baodao.dues.services import Done, Excusing, excuse, record
from baodao.kernel.act import Act
from baodao.kernel.selectors import current_calendar

#: Of what is owed: done in time, made up, excused; the rest stays undone.
IN_TIME, MADE_UP, EXCUSED = 0.90, 0.05, 0.02
#: Portions of study in minutes, and how many a member takes in a year.
PORTIONS = (90, 135, 180, 270, 360)
SITTINGS = 6
_DAY = timedelta(days=1)
_MOST = 5000


def live_year(
    by: Callable[[date], Act], branches: Sequence[str], members: Mapping[str, str], year: int, seed: int = 1
) -> int:
    """Record the year of these branches and members (token → branch), day by day, each day in as few commands as it takes.
    ``by`` makes the act of a day. Gives how many records there are."""
    chance, done, excused = random.Random(seed), dict[date, list[Done]](), dict[date, list[Excusing]]()
    for requirement, org, window in owed_in_year(branches, year):
        drawn, subject = chance.random(), f"org:{org}"
        last = date(year, 12, 31)
        if drawn < IN_TIME:
            day = min(window.opens + chance.randint(0, window.days - 1) * _DAY, last)
            done.setdefault(day, []).append(Done(org, requirement, subject, day))
        elif drawn < IN_TIME + MADE_UP and window.make_up is not None:
            day = window.closes + chance.randint(1, (window.make_up - window.closes).days) * _DAY
            done.setdefault(day, []).append(Done(org, requirement, subject, day, made_up=True))
        elif drawn < IN_TIME + MADE_UP + EXCUSED:
            excused.setdefault(min(window.closes, last), []).append(
                Excusing(org, requirement, subject, window.first, "ending")
            )
    for token, org in members.items():
        for _ in range(chance.randint(0, SITTINGS)):
            day = date(year, 1, 1) + chance.randint(0, 364) * _DAY
            one = Done(org, "study_hours", f"member:{token}", day, chance.choice(PORTIONS))
            done.setdefault(day, []).append(one)
    return _write(by, done, excused)


def owed_in_year(branches: Sequence[str], year: int) -> Iterable[tuple[str, str, Window]]:
    """(requirement, organization, window) of the year, whoever was there to owe it."""
    calendar = current_calendar()
    for one in board.asked(branches, date(year, 6, 30)):
        spans = windows(one.rule, date(year, 1, 1), date(year, 12, 31), calendar) if one.rule.every else []
        for life in one.lives:
            since, until = life.stays[0]
            for window in spans:
                if since <= window.opens and (until is None or window.closes < until):
                    yield one.requirement, life.org, window


def _write(
    by: Callable[[date], Act], done: dict[date, list[Done]], excused: dict[date, list[Excusing]]
) -> int:
    count = 0
    for day in sorted({*done, *excused}):
        for start in range(0, len(done.get(day, ())), _MOST):
            part = done[day][start : start + _MOST]
            count += len(record(by(day), done=part))
        if excused.get(day):
            count += len(excuse(by(day), excusing=excused[day]))
    return count
