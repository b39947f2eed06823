"""A Party tree of any size under Fuling's pack, its members, and a year lived in it; and the comparison with brute force."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from tests.support import dues_oracle as oracle

SINCE = date(2024, 1, 1)
YEAR = 2026
ONE = timedelta(days=1)
_keys = count(1)


def act(day: date = date(2024, 1, 2)) -> Any:
    """The system's act of a simulated day; what happens on the last days of the year is noted later."""
    from baodao.kernel.act import system_act

    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return system_act(at, f"year-{next(_keys)}", "simulated")


def build(streets: int, branches: int, each: int, seed: int = 1) -> tuple[list[str], dict[str, str]]:
    """So many streets with branches (in all), so many members in each. One branch in forty begins in the year, one ends, one
    moves to the next street; one member in a hundred moves. Gives the branches and token → branch of members."""
    from baodao.orgs.ruling import End, Move, NewOrg
    from baodao.orgs.services import bind_pack, create_orgs, end_orgs, move_orgs

    chance = random.Random(seed)

    def org(code: str, level: str, kind: str, parent: str = "", since: date = SINCE) -> Any:
        return NewOrg(code, f"党组织{code}", level, kind, since, parent, tree="party")

    above = [f"y-s{n}" for n in range(streets)]
    create_orgs(act(), orgs=[org("yd", "party_district", "committee")])
    bind_pack(act(), org="yd", pack="fuling", since=SINCE)
    create_orgs(act(), orgs=[org(code, "party_street", "work_committee", "yd") for code in above])
    codes = [f"y-b{n}" for n in range(branches)]
    drawn = {code: chance.randrange(40) for code in codes}
    days = {code: date(YEAR, 1, 10) + chance.randrange(330) * ONE for code in codes}
    rows = [
        org(code, "party_community", "branch", above[n % streets], days[code] if drawn[code] == 0 else SINCE)
        for n, code in enumerate(codes)
    ]
    for start in range(0, len(rows), 500):
        create_orgs(act(), orgs=rows[start : start + 500])
    ends = [End(code, days[code], "") for code in codes if drawn[code] == 1]
    moves = [
        Move(code, above[(n + 1) % streets], days[code]) for n, code in enumerate(codes) if drawn[code] == 2
    ]
    if ends:
        end_orgs(act(), ends=ends)
    if moves and streets > 1:
        move_orgs(act(), moves=moves)
    return codes, _members([code for code in codes if drawn[code] > 2], each)


def _members(codes: list[str], each: int) -> dict[str, str]:
    from baodao.orgs.rolls.services import Enter, enter_members

    found: dict[str, str] = {}
    phones = count(13_300_000_000)
    people = [Enter(code, "党员甲", str(next(phones)), SINCE) for code in codes for _ in range(each)]
    for start in range(0, len(people), 500):
        part = people[start : start + 500]
        tokens = enter_members(act(), members_=part)
        found |= {token: one.branch for token, one in zip(tokens, part, strict=True)}
    return found


class Truth:
    """What brute force says of each branch, from the records as they lie in the ledger."""

    def __init__(self, codes: Iterable[str]) -> None:
        from baodao.dues.board import rules_of
        from baodao.dues.models import Excuse, Met
        from baodao.kernel.selectors import current_calendar
        from baodao.orgs.selectors import forest

        self.cal = current_calendar()
        nodes = forest().nodes
        levels = {nodes[code].level for code in codes}
        rules = rules_of("fuling").items()
        self.rules = {n: r for n, r in rules if r.subjects.of == "org" and levels <= {*r.subjects.levels}}
        self.stays = {code: [(nodes[code].since, nodes[code].until)] for code in codes}
        self.mets: dict[tuple[str, str], list[Any]] = {}
        for row in Met.objects.order_by("day", "ref"):
            self.mets.setdefault((row.requirement, row.subject), []).append(row)
        self.excused: dict[tuple[str, str], set[date]] = {}
        for one in Excuse.objects.all():
            self.excused.setdefault((one.requirement, one.subject), set()).add(one.period)
        self.wins = {
            name: [
                w
                for w in oracle.all_windows(rule, date(YEAR + 1, 1, 31), self.cal)
                if w["first"].year >= YEAR - 1
            ]
            for name, rule in self.rules.items()
        }

    def on(self, code: str, name: str, day: date) -> str:
        """The state of the period around a day."""
        rule, key = self.rules[name], (name, f"org:{code}")
        told = oracle.judge(
            rule, self.wins[name], self.stays[code], self.mets.get(key, []), self.excused.get(key, set()), day
        )
        return told[oracle.days_of_period(rule.every, day)[0]]


def compare(truth: Truth, codes: list[str], day: date) -> int:
    """All dues of these branches on a day, as the product and as brute force have them; gives how many were compared."""
    from baodao.dues import board
    from baodao.orgs.selectors import forest

    alive = [code for code in codes if forest().nodes[code].at(day)]
    told = {(line.org, line.requirement): line.stand.state for line in board.lines(alive, day, back=0)}
    for code in alive:
        for name in truth.rules:
            assert told.get((code, name), "none") == truth.on(code, name, day), (code, name, day)
    return len(alive) * len(truth.rules)
