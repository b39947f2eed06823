"""Matching at full size: 6,000 people and 2,000 seats in the process that the pages start, its time and its memory.

.venv/bin/python -m benchmarks.matching
"""

import os
import random
import resource
import subprocess
import sys
import time

import msgspec

from baodao.gather.matching.terms import Person, Plan, Request, Seats, Span

HOUR, DAY = 3600, 86_400
SKILLS = ["aid", "boat", "drive", "speak"]


def drawn(
    people: int, slots: int, *, need: int = 1, days: int = 14, reach: int = 12_000, seed: int = 1
) -> Request:
    """Members all over a district of some 40 × 45 km, free on six days of ten, with one to three skills; shifts of four hours."""
    chance = random.Random(seed)

    def spot() -> tuple[float, float]:
        return 107.2 + chance.random() * 0.4, 29.5 + chance.random() * 0.4

    def free() -> tuple[Span, ...]:
        spans = []
        for day in range(days):
            if chance.random() < 0.6:
                spans.append(
                    Span(
                        day * DAY + chance.choice([0, 8, 14]) * HOUR,
                        day * DAY + chance.choice([20, 24]) * HOUR,
                    )
                )
        return tuple(spans)

    found = []
    for n in range(people):
        lon, lat = spot()
        skills = tuple(chance.sample(SKILLS, chance.randint(1, 3)))
        wishes = ("market",) if chance.random() < 0.3 else ()
        served = chance.randint(0, 40) * HOUR
        found.append(Person(f"p{n}", skills, free(), lon, lat, wishes=wishes, served=served, cap=60 * HOUR))
    seats = []
    for n in range(slots):
        starts = chance.randrange(days) * DAY + chance.choice([8, 12, 16]) * HOUR
        tags = ("market",) if chance.random() < 0.2 else ()
        seats.append(
            Seats(f"s{n}", Span(starts, starts + 4 * HOUR), need, chance.choice(SKILLS), *spot(), tags)
        )
    return Request(tuple(found), tuple(seats), rest=12 * HOUR, reach=reach)


def main() -> None:
    """Print all figures."""
    print(f"load {os.getloadavg()[0]:.1f}")
    for title, request in (
        ("6,000 people × 2,000 slots of one", drawn(6_000, 2_000)),
        ("6,000 people × 400 slots of five", drawn(6_000, 400, need=5)),
        ("6,000 × 2,000, everybody fits everywhere by place", drawn(6_000, 2_000, reach=60_000)),
        ("100 × 2,000: not enough people", drawn(100, 2_000)),
    ):
        _run(title, request)


def _run(title: str, request: Request) -> None:
    body = msgspec.json.encode(request)
    started = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input=body,
        capture_output=True,
        check=True,
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    plan = msgspec.json.decode(done.stdout, type=Plan)
    print(
        f"{title}: {wall:.1f} s wall, {cpu:.1f} s CPU, {int(done.stderr.split()[-1]) // 1024} MB; {plan.filled} of {plan.wanted} "
        f"(at most {plan.bound}), proved {plan.proved}, {plan.rounds} rounds, {plan.arcs:,} arcs"
    )


_CHILD = """
import resource, sys
from baodao.gather.matching.__main__ import main
code = main()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
raise SystemExit(code)
"""

if __name__ == "__main__":
    main()
