"""Members' dues as counts by branch: whoever is above a branch learns how many, never who. Few statements for any number of
members: those who were there when the window opened are counted by the database, those who came later by their days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec

from baodao.kernel.raw import day_of, fetch, marks
from baodao.kernel.selectors import current_calendar

from .board import packs_of, rules_of
from .declare import DueRule
from .lives import FEW
from .periods import Window, terms, windows
from .rests import Rests
from .state import Stay, merged, need_of

_ON_ROLL = "m.kind = 'home' AND m.state = 'in' AND m.since <= %s AND (m.until IS NULL OR m.until > %s)"


class Share(msgspec.Struct):
    """One requirement of the members of one branch: how many owe it for the window around the day, how many have done it, are
    excused."""

    requirement: str
    rule: DueRule
    window: Window
    org: str
    owed: int = 0
    met: int = 0
    excused: int = 0


class _Asked(msgspec.Struct, frozen=True):
    name: str
    rule: DueRule
    window: Window
    codes: Sequence[str]


def shares(codes: Collection[str], day: date, only: Collection[str] = ()) -> list[Share]:
    """Shares of all member requirements by branch, those with nobody left out. At most three statements."""
    asked = _asked(codes, day, only)
    if not asked:
        return []
    found: dict[tuple[str, str], Share] = {}
    for one in asked:
        for code in one.codes:
            found[(one.name, code)] = Share(one.name, one.rule, one.window, code)
    _old(asked, day, found)
    _new(asked, day, found)
    _rest(found.values(), day)
    return [share for share in found.values() if share.owed or share.met]


def _rest(shares_: Collection[Share], day: date) -> None:
    """Of a branch of which nobody was asked all are excused who have not done it all the same."""
    asking = [share for share in shares_ if share.rule.excused_by]
    since = min((share.window.opens for share in asking), default=day)
    rests = Rests([(share.rule, [share.org]) for share in asking], since, day)
    for share in asking:
        if rests.cause(share.rule, share.org, share.window):
            share.excused = share.owed - share.met


def _asked(codes: Collection[str], day: date, only: Collection[str]) -> list[_Asked]:
    calendar, found = current_calendar(), []
    for pack, ruled in sorted(packs_of(codes, day).items()):
        for name, rule in rules_of(pack).items():
            if rule.subjects.of != "member" or not rule.every or (only and name not in only):
                continue
            spans = windows(rule, day, day, calendar)
            if spans:
                found.append(_Asked(name, terms(rule, spans[0].first), spans[0], ruled))
    return found


def _among(one: _Asked) -> tuple[str, list[Any]]:
    if len(one.codes) > FEW:
        return "", []
    return f" AND m.org IN ({marks(one.codes)})", list(one.codes)


def _old(asked: Sequence[_Asked], day: date, found: dict[tuple[str, str], Share]) -> None:
    """Who was on this roll when the window opened. One statement."""
    parts, values = [], []
    for one in asked:
        among, codes = _among(one)
        window, need = one.window, one.rule.amount
        within, there = [one.name, window.opens, min(window.closes, day)], [day, day, window.opens, *codes]
        here = f"{_ON_ROLL} AND m.since <= %s{among} GROUP BY m.org"
        # Each part begins with the shorter side and looks the rolls up by token: no join of two long lists.
        parts.append(
            f"SELECT %s AS name, 'owed' AS what, m.org, COUNT(*) FROM orgs_membership m WHERE {here}"
        )
        values += [one.name, *there]
        parts.append(
            "SELECT %s AS name, 'met' AS what, m.org, COUNT(*) FROM (SELECT subject FROM dues_met WHERE requirement = %s "
            "AND day >= %s AND day <= %s AND subject LIKE 'member:%%' GROUP BY subject HAVING SUM(amount) >= %s) t "
            f"JOIN orgs_membership m ON m.token = substr(t.subject, 8) WHERE {here}"
        )
        values += [one.name, *within, need, *there]
        parts.append(
            "SELECT %s AS name, 'excused' AS what, m.org, COUNT(*) FROM dues_excuse e "
            "JOIN orgs_membership m ON m.token = substr(e.subject, 8) WHERE e.requirement = %s AND e.period = %s "
            "AND e.subject LIKE 'member:%%' AND COALESCE((SELECT SUM(d.amount) FROM dues_met d WHERE d.requirement = %s "
            f"AND d.day >= %s AND d.day <= %s AND d.subject = e.subject), 0) < %s AND {here}"
        )
        values += [one.name, one.name, window.first, *within, need, *there]
    for name, what, org, count in fetch(" UNION ALL ".join(parts), values):
        share = found.get((name, org))
        if share is not None:
            setattr(share, what, getattr(share, what) + count)


def _new(asked: Sequence[_Asked], day: date, found: dict[tuple[str, str], Share]) -> None:
    """Who came on this roll since: all her stays decide. Two statements, none when nobody came."""
    first = min(one.window.opens for one in asked)
    came = f"SELECT m.token FROM orgs_membership m WHERE {_ON_ROLL} AND m.since > %s"
    stays: dict[str, list[Stay]] = {}
    here: dict[str, tuple[str, date]] = {}
    rows = fetch(
        "SELECT x.token, x.org, x.since, x.until FROM orgs_membership x WHERE x.kind = 'home' AND x.state = 'in' "
        f"AND x.token IN ({came}) ORDER BY x.token, x.n",
        [day, day, first],
    )
    for token, org, since, until in rows:
        begun, ended = day_of(since), day_of(until)
        stays.setdefault(token, []).append((begun, ended))
        if begun <= day and (ended is None or day < ended):
            here[token] = (org, begun)
    if not here:
        return
    done, excused = _done(asked, day, came, first)
    for one in asked:
        among = set(one.codes)
        for token, (org, since) in here.items():
            if org not in among or since <= one.window.opens:
                continue
            need = need_of(one.rule, one.window, merged(stays[token]))
            have = done.get((one.name, token), 0)
            share = found[(one.name, org)]
            if not need and not have:
                continue
            share.owed += 1
            share.met += have >= need
            share.excused += have < need and (one.name, token) in excused


def _done(
    asked: Sequence[_Asked], day: date, came: str, first: date
) -> tuple[dict[tuple[str, str], int], set[tuple[str, str]]]:
    parts, values = [], []
    for one in asked:
        window = one.window
        parts.append(
            "SELECT 1 AS way, requirement, subject, SUM(amount) FROM dues_met WHERE requirement = %s AND day >= %s AND day <= %s "
            f"AND subject IN (SELECT 'member:' || c.token FROM ({came}) c) GROUP BY requirement, subject"
        )
        values += [one.name, window.opens, min(window.closes, day), day, day, first]
        parts.append(
            "SELECT 2 AS way, requirement, subject, 0 FROM dues_excuse WHERE requirement = %s AND period = %s "
            "AND subject LIKE 'member:%%'"
        )
        values += [one.name, window.first]
    done: dict[tuple[str, str], int] = {}
    excused: set[tuple[str, str]] = set()
    for way, name, subject, total in fetch(" UNION ALL ".join(parts), values):
        key = (name, subject.partition(":")[2])
        if way == 1:
            done[key] = int(total)
        else:
            excused.add(key)
    return done, excused
