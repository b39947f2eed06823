"""The district page and the leader's page with few and with many matters: CPU per page (web + database), statements, ratios.

.venv/bin/python -m benchmarks.district [--few 2000] [--many 1000000] [--facts] [--home FOLDER]

Only the rows that these pages read are multiplied (matters, legs, stakes), in the database, so that a million takes minutes; with
--facts all of a matter is copied (`baodao simulate --fill`). --home: BAODAO_DATABASE is a lived district, nothing is lived.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from typing import Any

from .ground import meter, statements, wsgi
from .lists import _fill, _lived

TIMES = 30
#: To reach at a million matters: milliseconds of CPU, statements.
CPU, STATEMENTS = 40.0, 12
Call = Callable[..., tuple[int, dict[str, str], bytes]]
Row = tuple[str, tuple[float, float, float], int]


def main() -> None:
    """Print a table for each size, and the ratio between the sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=2000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--facts", action="store_true")
    parser.add_argument("--home", default="")
    asked = parser.parse_args()
    with _lived(asked.home):
        sizes = [_at(size, asked.facts) for size in dict.fromkeys([asked.few, asked.many])]
        print(f"\n{'many against few':44} {'total':>7} {'web':>7} {'db':>7}")
        for few, many in zip(sizes[0], sizes[-1], strict=True):
            ratios = [many[1][n] / max(few[1][n], 0.01) for n in range(3)]
            print(f"{few[0]:44} {ratios[0]:7.2f} {ratios[1]:7.2f} {ratios[2]:7.2f}")


def _multiply(size: int) -> None:
    """Copies of all rows under numbers of their own, as often as it takes."""
    from django.db import connection

    from baodao.matters.models import Leg, Matter, Stake

    had = list(
        Matter.objects.exclude(number__contains="~").order_by("number").values_list("number", flat=True)
    )
    times, begun = -(-size // len(had)) - 1, Matter.objects.filter(number__startswith=f"{had[0]}~").count()
    with connection.cursor() as cursor:
        for model, key in ((Matter, "number"), (Leg, "matter"), (Stake, "matter")):
            names = [f.column for f in model._meta.concrete_fields if f.column not in (key, "id")]
            columns = ", ".join(f'"{name}"' for name in names)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({key}, {columns}) "
                f"WITH RECURSIVE k(copy) AS (SELECT {begun + 1} UNION ALL SELECT copy + 1 FROM k WHERE copy < {times}) "
                f"SELECT {key} || '~' || copy, {columns} FROM {model._meta.db_table}, k WHERE copy <= {times} AND {key} NOT LIKE %s",
                ["%~%"],
            )
        cursor.execute("VACUUM ANALYZE")


def _at(size: int, facts: bool) -> list[Row]:
    from baodao.ledger.models import Cursor
    from baodao.ledger.selectors import position
    from baodao.matters.models import Matter, Stake
    from baodao.matters.tallies import caches
    from baodao.matters.tallies.models import Tally
    from baodao.simulate.bulk import catch_up

    (_fill if facts else _multiply)(size)
    # Filled past the readers: the counts are made at once, as `baodao rebuild` would.
    Cursor.objects.update_or_create(reader=caches.NAME, defaults={"position": position()})
    began = time.process_time()
    catch_up("tallies")
    print(
        f"\n{Matter.objects.count()} matters, {Matter.objects.filter(ended__isnull=True).count()} open, "
        f"{Stake.objects.count()} stakes, {Tally.objects.count()} counts ({time.process_time() - began:.1f} s to count all)"
    )
    return list(_measured())


def _measured() -> Iterator[Row]:
    call = wsgi()
    print(f"{'page':44} {'ms CPU':>8} {'web':>7} {'db':>7} {'stmts':>6}")
    for title, cookie in _readers(call):
        for path, headers in (
            ("/desk/district/", {}),
            ("/desk/stuck/", {}),
            ("/desk/stuck/?view=unreported", {}),
            ("/desk/stuck/?view=promises", {}),
            ("/desk/newer/?of=counts", _known(call, cookie)),
        ):

            def do(_n: int, path: str = path, more: dict[str, str] = headers, cookie: str = cookie) -> bytes:
                status, _headers, body = call("GET", path, HTTP_COOKIE=cookie, **more)
                assert status in (200, 304), (status, path)
                return body

            cost = meter(do, TIMES, warm=5)
            count = len(statements(lambda: do(0)))
            over = "" if cost[0] <= CPU and count <= STATEMENTS else "  OVER"
            print(f"{title + ' ' + path:44} {cost[0]:8.2f} {cost[1]:7.2f} {cost[2]:7.2f} {count:6}{over}")
            yield f"{title} {path}", cost, count


def _known(call: Call, cookie: str) -> dict[str, str]:
    _status, headers, _body = call("GET", "/desk/newer/?of=counts", HTTP_COOKIE=cookie)
    return {"HTTP_IF_NONE_MATCH": headers["ETag"]}


def _readers(call: Call) -> Iterator[tuple[str, Any]]:
    """(who, cookie): somebody of the district, and the head of the street with the most open legs."""
    from baodao.matters.models import Stake
    from baodao.orgs.models import Post
    from baodao.people.portal.forms import demo_path

    posts = list(Post.objects.exclude(person="").values_list("code", "org", "kind", "person"))
    for title, kind in (("district", "supervisor"), ("street", "department_head")):
        able = [row for row in posts if row[2] == kind]
        counts = {row[1]: Stake.objects.filter(scope=row[1]).count() for row in able}
        code, _org, _kind, person = max(able, key=lambda row: (counts[row[1]], row[0]))
        _status, headers, _body = call("GET", demo_path(person, post=code, to="/desk/"))
        yield title, headers["Set-Cookie"].split(";")[0]


if __name__ == "__main__":
    main()
