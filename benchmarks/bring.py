"""Bringing a district in: 2,600 organizations and 63,000 people from workbooks, as the worker's job does it. CPU of this process
and of its database, statements per 1,000 rows, largest memory.

.venv/bin/python -m benchmarks.bring [--orgs 2600] [--people 63000] [--sqlite]
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from .ground import backend_cpu, cluster, set_up

DAY = date(2024, 1, 1)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文"
#: To reach: seconds of CPU for both sheets.
CPU = 60.0


def main() -> None:
    """Print what each sheet cost, first time and again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgs", type=int, default=2600)
    parser.add_argument("--people", type=int, default=63_000)
    parser.add_argument("--sqlite", action="store_true")
    asked = parser.parse_args()
    with _database(asked.sqlite), tempfile.TemporaryDirectory(prefix="baodao-bring-") as home:
        orgs, people = Path(home) / "orgs.xlsx", Path(home) / "people.xlsx"
        codes = _write_orgs(orgs, asked.orgs)
        _write_people(people, asked.people, codes)
        print(f"{'':28} {'rows':>7} {'web s':>7} {'db s':>7} {'total':>7} {'statements/1,000':>17}")
        total = 0.0
        for name, path in (("orgs", orgs), ("people", people)):
            total += _line(f"{name}, first time", lambda n=name, p=path: _bring(n, p))
        for name, path in (("orgs", orgs), ("people", people)):
            _line(f"{name}, sent again", lambda n=name, p=path: _bring(n, p))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"both sheets {total:.1f} s CPU (to reach {CPU:.0f}); largest memory {memory:.0f} MB")


@contextmanager
def _database(sqlite: bool) -> Iterator[None]:
    if not sqlite:
        with cluster():
            yield
        return
    import os

    with tempfile.TemporaryDirectory(prefix="baodao-bench-") as home:
        os.environ["BAODAO_DATABASE"] = f"sqlite:///{home}/db.sqlite3"
        set_up(home)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def _bring(name: str, path: Path) -> tuple[int, int]:
    from django.utils import timezone

    from baodao.kernel.act import new_key, system_act
    from baodao.kernel.tables.bring import load_filled, read_filled
    from baodao.kernel.tables.template import template_of

    by = system_act(timezone.now().replace(microsecond=0), new_key(name), "import")
    template = template_of(name)
    sheet = read_filled(template, path, by)
    assert not sheet.faults, next(iter(sheet.faults.values()))
    done = load_filled(template, path, sheet, by)
    return done.total, done.added


def _line(title: str, do: Callable[[], tuple[int, int]]) -> float:
    from django.db import connection

    counted = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(sql, params, many, context)

    pid = _backend()
    web, base = time.process_time(), backend_cpu(pid) if pid else 0.0
    with connection.execute_wrapper(count):
        rows, added = do()
    web, base = time.process_time() - web, (backend_cpu(pid) - base) if pid else 0.0
    per = 1000 * counted / max(rows, 1)
    print(f"{title:28} {rows:7} {web:7.1f} {base:7.1f} {web + base:7.1f} {per:17.1f}   (added {added})")
    return web + base


def _backend() -> int:
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _write_orgs(path: Path, many: int) -> list[str]:
    """A district, streets of it, communities and grids; a Party tree of a third. Few organizations are few communities, each of
    which is written: gives their codes."""
    from baodao.kernel.tables import write_xlsx

    head = ["code", "name", "level", "kind", "parent", "since"]
    rows: list[list[Any]] = [["990101", "画区", "district", "district", None, DAY]]
    rows.append(["dw", "画区委", "party_district", "committee", None, DAY])
    streets = [f"990101{n:03}" for n in range(1, 28)]
    for code in streets:
        rows.append([code, f"第{code[-3:]}街道", "street", "street", "990101", DAY])
        rows.append([f"dw-{code}", f"第{code[-3:]}街道党工委", "party_street", "work_committee", "dw", DAY])
    if many < len(rows) + 2:
        raise SystemExit(f"--orgs: at least {len(rows) + 2}, a district with its streets and one community")
    there = min(420, (many - len(rows)) // 2)
    communities = [f"{streets[n % 27]}{n // 27 + 1:03}" for n in range(there)]
    for code in communities:
        rows.append([code, f"{code[-6:]}社区", "community", "community", code[:9], DAY])
        rows.append(
            [f"dw-{code}", f"{code[-6:]}社区党委", "party_community", "committee", f"dw-{code[:9]}", DAY]
        )
    grids = [
        [
            f"{communities[n % there]}-{n // there + 1:02}",
            f"第{n}网格",
            "grid",
            "grid",
            communities[n % there],
            DAY,
        ]
        for n in range(max(0, many - len(rows)))
    ]
    with path.open("wb") as out:
        write_xlsx(out, "组织", head, [*rows, *grids])
    return communities


def _write_people(path: Path, many: int, communities: list[str]) -> None:
    from baodao.kernel.tables import write_xlsx

    chance = random.Random(1)

    def name() -> str:
        return chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))

    head = ["code", "name", "kind", "org", "phone", "idno", "address"]
    rows = (
        [
            f"R-{n:06}", name(), "staff" if n % 20 == 0 else "resident", communities[n % len(communities)],
            # One in fifty shares a phone with somebody.
            f"1{30_000_000_00 + (n if n % 50 else n - 1 if n else 0)}", _idno(n) if n % 3 == 0 else None, f"{n % 40 + 1}栋{n % 30 + 1}号",
        ]
        for n in range(many)
    )  # fmt: skip
    with path.open("wb") as out:
        write_xlsx(out, "人员", head, rows)


def _idno(n: int) -> str:
    body = f"500102{1940 + n % 65}{n % 12 + 1:02}{n % 28 + 1:02}{n % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


if __name__ == "__main__":
    main()
