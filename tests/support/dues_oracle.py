"""Dues by brute force: every answer is found by walking over days one by one. Shares no line with `baodao.dues.periods` and
`baodao.dues.state`; used by property tests and by the simulated year."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

ONE = timedelta(days=1)
START = date(2018, 1, 1)


def label(every: str, day: date) -> tuple[int, int]:
    """A name of the period that a day lies in."""
    if every == "week":
        iso = day.isocalendar()
        return iso.year, iso.week
    parts = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[every]
    return day.year, (day.month - 1) // parts


@lru_cache(4096)
def days_of_period(every: str, day: date) -> list[date]:
    """All days with the same name, walked in both directions."""
    first = last = day
    while label(every, first - ONE) == label(every, day):
        first -= ONE
    while label(every, last + ONE) == label(every, day):
        last += ONE
    return [first + n * ONE for n in range((last - first).days + 1)]


def limit_end(span: str, day: date, cal: Any) -> date:
    """The day on which "15 days" or "10 workdays" from a day end."""
    count, unit = int(span.split(maxsplit=1)[0]), span.split()[1]
    while count:
        day += ONE
        if unit.startswith("day") or cal.is_workday(day):
            count -= 1
    while unit.startswith("day") and not cal.is_workday(day):
        day += ONE
    return day


def window(rule: Any, days: list[date], cal: Any) -> dict[str, Any]:
    """Days that count, the named day, the last day of making up."""
    named, counting = days[-1], list(days)
    if rule.day:
        if rule.every == "week":
            named = next(d for d in days if d.isoweekday() == rule.day)
        else:
            in_month = [d for d in days if (d.year, d.month) == (days[-1].year, days[-1].month)]
            named = next((d for d in in_month if d.day == rule.day), in_month[-1])
        while rule.rest == "next" and not cal.is_workday(named):
            named += ONE
        while rule.rest == "before" and not cal.is_workday(named):
            named -= ONE
        counting = [named + n * ONE for n in range(-rule.before_days, rule.after_days + 1)]
    elif rule.within:
        counting = days[: rule.within]
        named = counting[-1]
    until = limit_end(rule.make_up, counting[-1], cal) if rule.make_up else None
    return {
        "first": days[0],
        "days": counting,
        "set": set(counting),
        "due": named,
        "make_up": until,
        "needs": {},
    }


def need(rule: Any, days: list[date], stays: list[tuple[date, date | None]]) -> int:
    """What is owed: walk back from the last day that counts to the day on which it began."""

    def alive(day: date) -> bool:
        return any(since <= day and (until is None or day < until) for since, until in stays)

    if not alive(days[-1]):
        return 0
    there = []
    for day in reversed(days):
        if not alive(day):
            break
        there.insert(0, day)
    if len(there) == len(days) or rule.newcomers == "any":
        return int(rule.amount)
    if rule.newcomers == "middle":
        return int(rule.amount) if there[0] <= days[(len(days) - 1) // 2] else 0
    if rule.newcomers == "prorated":
        n = 0
        while n * len(days) < rule.amount * len(there):
            n += 1
        return n
    return 0


def all_windows(rule: Any, until: date, cal: Any) -> list[dict[str, Any]]:
    """The windows of all whole periods since the rule holds, up to the period around ``until``."""
    found, day = [], rule.since
    while day <= until:
        days = days_of_period(rule.every, day)
        if days[0] >= rule.since and (rule.until is None or days[0] < rule.until):
            found.append(window(rule, days, cal))
        day = days[-1] + ONE
    return found


def states(
    rule: Any, stays: list[tuple[date, date | None]], mets: list[Any], excused: set[date], day: date, cal: Any
) -> dict[date, str]:
    """First day of a period → its state on ``day``."""
    return judge(rule, all_windows(rule, day + 40 * ONE, cal), stays, mets, excused, day)


def judge(
    rule: Any,
    wins: list[dict[str, Any]],
    stays: list[tuple[date, date | None]],
    mets: list[Any],
    excused: set[date],
    day: date,
) -> dict[date, str]:
    """The same of windows that were found before."""
    # Of a long period the named day may lie months ahead: it has begun all the same.
    wins = [dict(win) for win in wins if min(win["first"], win["days"][0]) <= day + 40 * ONE]
    for win in wins:
        win |= {"need": _need(rule, win, stays), "own": 0, "beside": 0, "made": 0}
    rest = []
    for met in sorted((m for m in mets if m.day <= day), key=lambda m: (m.day, m.ref)):
        here = [win for win in wins if met.day in win["set"]]
        if here and not met.made_up:
            here[0]["own"] += met.amount
        else:
            rest.append((met, here))
    for met, here in rest:
        open_ = [
            win for win in wins
            if win["make_up"] and win["days"][-1] < met.day <= win["make_up"]
            and win["own"] < win["need"] and win["first"] not in excused
        ]  # fmt: skip
        if open_:
            open_[0]["made"] += met.amount
        elif here:
            here[0]["beside"] += met.amount
    return {win["first"]: _word(win, win["first"] in excused, day) for win in wins}


def _need(rule: Any, win: dict[str, Any], stays: list[tuple[date, date | None]]) -> int:
    # Most branches stand for the same time: a window keeps what it found, copies of it share that.
    key = tuple(stays)
    if key not in win["needs"]:
        win["needs"][key] = need(rule, win["days"], stays)
    return int(win["needs"][key])


def _word(win: dict[str, Any], excused: bool, day: date) -> str:
    got = win["own"] + win["beside"]
    if not win["need"] and not got:
        return "none"
    if got >= win["need"]:
        return "met"
    if got + win["made"] >= win["need"]:
        return "made_up"
    if excused:
        return "excused"
    return "due" if day <= win["days"][-1] else "missing"
