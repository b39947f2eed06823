"""Dues of a district of full size: 2,600 organizations, 63,000 members; CPU and statements of what its pages ask.

.venv/bin/python -m benchmarks.dues [--branches 2572] [--members 63000]

Organizations are made by the product's verbs; rolls and records are written as rows, as a lived year leaves them. On whatever database BAODAO_DATABASE
names (default: a new file of SQLite). CPU is that of this process: with SQLite all of it.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from .ground import set_up

DAY = date(2026, 11, 20)
TIMES = 5


def main() -> None:
    """Print a line for each question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--branches", type=int, default=2572)
    parser.add_argument("--members", type=int, default=63_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="baodao-dues-") as home:
        os.environ.setdefault("BAODAO_DATABASE", f"sqlite:///{home}/dues.sqlite3")
        set_up(home)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        codes = _fill(asked.branches, asked.members)
        _measure(codes)


def _fill(branches: int, members: int) -> list[str]:
    from baodao.dues.models import Met
    from baodao.orgs.rolls.models import Membership
    from baodao.simulate.dues import owed_in_year
    from tests.support import dues_year

    codes, _none = dues_year.build(27, branches, 0)
    chance, rows = random.Random(1), []
    for n, (requirement, org, window) in enumerate(owed_in_year(codes, DAY.year)):
        if chance.random() < 0.93:
            day = window.opens + timedelta(days=chance.randint(0, window.days - 1))
            rows.append(Met(requirement=requirement, subject=f"org:{org}", day=day, ref=f"due:{n:09}"))
    rolls = []
    for n in range(members):
        token = f"{n:032x}"
        since = date(2020, 1, 1) if n % 50 else date(2026, 1, 5) + timedelta(days=n % 300)
        rolls.append(
            Membership(token=token, n=1, org_id=codes[n % branches], kind="home", state="in", since=since)
        )
        for k in range(6):
            day = date(2026, 1, 1) + timedelta(days=chance.randrange(360))
            rows.append(
                Met(
                    requirement="study_hours",
                    subject=f"member:{token}",
                    day=day,
                    ref=f"due:m{n}.{k}",
                    amount=270,
                )
            )
    Membership.objects.bulk_create(rolls, batch_size=2000)
    Met.objects.bulk_create(rows, batch_size=2000)
    print(f"{len(codes)} branches, {members} members, {len(rows)} records; load {os.getloadavg()[0]:.1f}")
    return codes


def _measure(codes: list[str]) -> None:
    from baodao.dues import selectors
    from baodao.dues.board import lines
    from baodao.dues.counted import shares

    few = codes[:100]
    asks: dict[str, Callable[[], Any]] = {
        "one branch": lambda: list(lines(codes[:1], DAY)),
        "100 branches": lambda: list(lines(few, DAY, back=0)),
        "district, organizations": lambda: list(lines(codes, DAY, back=0)),
        "district, members' shares": lambda: shares(codes, DAY),
        "district, all dues of its pack": lambda: (
            selectors.covers(lines(codes, DAY, back=0)),
            selectors.covers_of(shares(codes, DAY)),
        ),
        "district, who has not held one": lambda: [
            x for x in lines(codes, DAY, ["theme_day"]) if x.stand.state == "missing"
        ],
    }
    print(f"{'':34} {'CPU ms':>8} {'wall ms':>8} {'statements':>10}")
    for name, ask in asks.items():
        cpu, wall, n = _best(ask)
        print(f"{name:34} {1000 * cpu:8.0f} {1000 * wall:8.0f} {n:10}")


def _best(ask: Callable[[], Any]) -> tuple[float, float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    best, walls = [], []
    for _ in range(TIMES):
        with CaptureQueriesContext(connection) as seen:
            cpu, wall = time.process_time(), time.perf_counter()
            ask()
            best.append(time.process_time() - cpu)
            walls.append(time.perf_counter() - wall)
    return min(best), min(walls), len(seen)


if __name__ == "__main__":
    main()
