"""Staff lists on PostgreSQL with few and with many matters: CPU per page (web + database), statements, ratio to the bare driver; searches
also by the clock.

.venv/bin/python -m benchmarks.lists [--few 10000] [--many 100000] [--home FOLDER [--here]]
(--home: BAODAO_DATABASE is a lived district, nothing is lived; --here: nor is anything filled, it is measured as it stands)

The life that is copied is a year's (ten minutes): of twenty days nearly half of the matters are open, which no district has.
"""

import argparse
import contextlib
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from .ground import cluster, meter, set_up, statements, wsgi

FEW, DAYS, REQUESTS, TIMES = 10_000, 365, 2600, 40
SOUGHT, RARE = "漏水", "没有的词"
#: Pages that are turned before the late one is measured.
TURNED = 49
Call = Callable[..., tuple[int, dict[str, str], bytes]]
Row = tuple[str, tuple[float, float, float], int, int]


def main() -> None:
    """Print a table for each size, and the ratio between the sizes."""
    asked = _asked()
    with _lived(asked.home):
        from baodao.matters.models import Matter

        sizes: list[list[Row]] = []
        for size in [0] if asked.here else dict.fromkeys([asked.few, asked.many]):
            _fill(size)
            print(f"\n{Matter.objects.count()} matters")
            sizes.append(measure())
        print(f"\n{'many against few':44} {'total':>7} {'db':>7}")
        for few, many in zip(sizes[0], sizes[-1], strict=True):
            print(f"{few[0]:44} {many[1][0] / few[1][0]:7.2f} {many[1][2] / max(few[1][2], 0.01):7.2f}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--home", default="")
    parser.add_argument("--here", action="store_true")
    return parser.parse_args()


@contextlib.contextmanager
def _lived(home: str) -> Iterator[None]:
    """A district lived for a year; with `home`, the one that BAODAO_DATABASE names."""
    if home:
        assert "BAODAO_DATABASE" in os.environ
        set_up(home)
        yield
        return
    with cluster():
        from django.core.management import call_command

        call_command("simulate", days=DAYS, requests=REQUESTS, pack=["fuling"])
        yield


def _fill(size: int) -> None:
    from django.core.management import call_command

    from baodao.matters.models import Matter

    missing = size - Matter.objects.count()
    if missing > 0:
        call_command("simulate", fill=missing)


def measure() -> list[Row]:
    """One line per list."""
    call, rows = wsgi(), []
    bare = meter(bare_rows(_scope_with_most()), TIMES, warm=5)
    print(f"load {os.getloadavg()[0]:.1f}")
    print(
        f"{'list':44} {'ms CPU':>8} {'web':>7} {'db':>7} {'stmts':>6} {'rows':>5} {'x bare':>7} {'elapsed':>8}"
    )
    print(f"{'bare driver, the same 100 rows':44} {bare[0]:8.2f} {bare[1]:7.2f} {bare[2]:7.2f}")
    for title, cookie in _readers(call):
        for name, path in _pages(call, cookie):

            def do(_n: int, path: str = path, cookie: str = cookie) -> bytes:
                status, _headers, body = call("GET", path, HTTP_COOKIE=cookie)
                assert status == 200, (status, path)
                return body

            cost = meter(do, TIMES, warm=5)
            count = len(statements(lambda: do(0)))
            shown = do(0).count(b"data-row") or do(0).count(b"<li")
            label = f"{title}: {name}"
            print(
                f"{label:44} {cost[0]:8.2f} {cost[1]:7.2f} {cost[2]:7.2f} {count:6} {shown:5} {cost[0] / bare[0]:7.1f} {_elapsed(do):8.1f}"
            )
            rows.append((label, cost, count, shown))
    return rows


def _elapsed(do: Call) -> float:
    """Milliseconds by the clock, the median of some."""
    took = []
    for n in range(15):
        began = time.perf_counter()
        do(n)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def _pages(call: Call, cookie: str) -> Iterator[tuple[str, str]]:
    """(what, address) of all that is measured for a reader."""
    search = f"/desk/search/?q={quote(SOUGHT)}"
    yield "page 1", "/desk/"
    yield "page 50", _late(call, cookie, "/desk/", "after")
    yield "newest first, four columns", "/desk/?sort=newest&col=state&col=office&col=called&col=kind"
    yield "search among all, page 1", search
    yield "search among all, page 50", _late(call, cookie, search, "before")
    yield "search among open, page 1", f"{search}&of=open"
    yield "search among open, page 50", _late(call, cookie, f"{search}&of=open", "before")
    yield "search of what is not there", f"/desk/search/?q={quote(RARE)}"


def _readers(call: Call) -> Iterator[tuple[str, str]]:
    """(who, cookie): the handler, the street's and the district's user with the most open legs."""
    from baodao.matters.models import Stake
    from baodao.orgs.models import Post
    from baodao.people.portal.forms import demo_path

    posts = list(Post.objects.exclude(person="").values_list("code", "org", "kind", "person"))
    for title, kind, length in (
        ("handler", "handler", 0),
        ("street", "department_head", 9),
        ("district", "supervisor", 0),
    ):
        able = [row for row in posts if row[2] == kind and (not length or len(row[1]) == length)]
        counts = {row[1]: Stake.objects.filter(scope=row[1]).count() for row in able}
        code, org, _kind, person = max(able, key=lambda row: (counts[row[1]], row[0]))
        _status, headers, _body = call("GET", demo_path(person, post=code, to="/desk/"))
        yield f"{title} ({counts[org]} legs)", headers["Set-Cookie"].split(";")[0]


def _late(call: Call, cookie: str, path: str, mark: str) -> str:
    """The address of the fiftieth page, or of the last that there is."""
    base = path.partition("?")[0]
    for _step in range(TURNED):
        body = call("GET", path, HTTP_COOKIE=cookie)[2].decode()
        found = re.search(rf'href="(\?[^"]*{mark}=[^"]+)" rel="next"', body)
        if found is None:
            break
        path = base + found[1].replace("&amp;", "&")
    return path


def _scope_with_most() -> str:
    from django.db.models import Count

    from baodao.matters.models import Stake

    return str(Stake.objects.values_list("scope").annotate(n=Count("id")).order_by("-n")[0][0])


def bare_rows(scope: str) -> Callable[[int], Any]:
    """The driver alone: the hundred rows that the longest list shows, as tuples."""
    from django.db import connection

    connection.ensure_connection()
    raw = connection.connection
    assert raw is not None
    sql = (
        "SELECT s.next_at, s.matter, s.leg, s.level, m.procedure, m.digest, m.pack, m.kind, m.origin, m.opened, l.org, l.state, "
        "l.cause, l.called, l.reported, d.shown FROM (SELECT next_at, matter, leg, level FROM matters_stake WHERE scope = %s "
        "ORDER BY next_at, matter, leg LIMIT 100) s JOIN matters_matter m ON m.number = s.matter "
        "JOIN matters_leg l ON l.matter = s.matter AND l.n = s.leg "
        "LEFT JOIN ledger_searchdoc d ON d.subject = 'matter:' || s.matter ORDER BY 1, 2, 3"
    )

    def do(_n: int) -> Any:
        with raw.cursor() as cursor:
            cursor.execute(sql, [scope])
            return cursor.fetchall()

    return do


if __name__ == "__main__":
    main()
