"""Intake, one action and a whistle with five legs through HTTP on PostgreSQL: CPU per operation, statements, and the same rows by the bare driver in the same run.

.venv/bin/python -m benchmarks.writes
"""

import json
import re
import uuid
from typing import Any
from urllib.parse import urlencode

from .ground import ground, meter, statements, wsgi

TIMES = 600


def main() -> None:
    """Print the table."""
    with ground() as cast:
        call = wsgi()
        intake = portal_intake(call, cast)
        api = api_intake(call, cast)
        note = api_action(call, cast)
        whistle = api_whistle(call, cast)
        bare = bare_rows()
        lines = {
            "public intake, portal form": (meter(intake, TIMES), statements(lambda: intake(10**6))),
            "public intake, JSON": (meter(api, TIMES), statements(lambda: api(10**6))),
            "one action (note), JSON": (meter(note, TIMES), statements(lambda: note(10**6))),
            "whistle with five legs, JSON": (meter(whistle, TIMES // 3), statements(lambda: whistle(10**6))),
            "same rows, bare driver": (meter(bare, TIMES), []),
        }
        unit = lines["same rows, bare driver"][0][0]
        print(f"{'operation':34} {'ms CPU':>8} {'web':>7} {'db':>7} {'statements':>10} {'x bare':>7}")
        for name, ((total, web, database), sqls) in lines.items():
            count = str(len(sqls)) if sqls else ""
            print(f"{name:34} {total:8.2f} {web:7.2f} {database:7.2f} {count:>10} {total / unit:7.1f}")
        for name, (_cost, sqls) in lines.items():
            for sql in sqls:
                print(f"  {name[:14]}: {sql[:110]}")


def _fields(n: int, cast: Any) -> dict[str, str]:
    return {
        "kind": "road",
        "text": f"路面坑洼，第 {n} 件，骑车的人容易摔。",
        "phone": "13800138000",
        "name": "模拟",
    }


def portal_intake(call: Any, cast: Any) -> Any:
    """POST of the portal's own form, cookie and token as a browser has them; each from an address of its own."""
    _status, headers, page = call("GET", "/report/")
    cookie = headers["Set-Cookie"].split(";")[0]
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.decode())
    assert found is not None
    grids = _points(cast)

    def do(n: int) -> None:
        lon, lat = grids[n % len(grids)]
        form = {
            **_fields(n, cast),
            "csrfmiddlewaretoken": found[1],
            "command": f"bench-{uuid.uuid4().hex}",
            "do": "send",
            "lon": str(lon),
            "lat": str(lat),
        }
        status, _h, body = call(
            "POST",
            "/report/",
            urlencode(form).encode(),
            CONTENT_TYPE="application/x-www-form-urlencoded",
            HTTP_COOKIE=cookie,
            REMOTE_ADDR=f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
        )
        assert status == 303, body.decode()[:2000]

    return do


def api_intake(call: Any, cast: Any) -> Any:
    """POST /api/v1/matters/ without token."""
    grids = _points(cast)

    def do(n: int) -> None:
        lon, lat = grids[n % len(grids)]
        fields = _fields(n, cast)
        body = {
            "kind": "road",
            "text": fields["text"],
            "lon": lon,
            "lat": lat,
            "contact": {"phone": fields["phone"]},
        }
        status, _h, answer = call(
            "POST",
            "/api/v1/matters/",
            json.dumps(body).encode(),
            CONTENT_TYPE="application/json",
            HTTP_IDEMPOTENCY_KEY=uuid.uuid4().hex,
            REMOTE_ADDR=f"11.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
        )
        assert status == 201, answer.decode()

    return do


def api_action(call: Any, cast: Any) -> Any:
    """A note on one of many matters that were reported in, by the community's secretary with a token."""
    token, numbers = _secretary(cast)

    def do(n: int) -> None:
        number = numbers[n % len(numbers)]
        body = json.dumps({"fields": {"text": f"已联系责任单位，第 {n} 次告知。"}}).encode()
        status, _h, answer = call(
            "POST",
            f"/api/v1/matters/{number}/note/",
            body,
            CONTENT_TYPE="application/json",
            HTTP_IDEMPOTENCY_KEY=uuid.uuid4().hex,
            HTTP_AUTHORIZATION=f"Bearer {token}",
        )
        assert status == 200, answer.decode()

    return do


def api_whistle(call: Any, cast: Any) -> Any:
    """POST of a whistle that calls five units, by the community's secretary with the token of `_secretary`."""
    from baodao.orgs.selectors import forest, today

    units = [
        node.code for node in forest().nodes.values() if node.level == "department" and node.at(today())
    ][:5]
    assert len(units) == 5, units

    def do(n: int) -> None:
        body = {
            "procedure": "whistle",
            "kind": "facility",
            "org": cast.communities[0],
            "title": "井盖",
            "text": f"井盖塌了，第 {n} 次，几家一起看。",
            "fields": {"source": "community"},
            "behalf": False,
            "calls": [{"org": unit, "role": "co" if place else "lead"} for place, unit in enumerate(units)],
        }
        status, _h, answer = call(
            "POST",
            "/api/v1/matters/",
            json.dumps(body).encode(),
            CONTENT_TYPE="application/json",
            HTTP_IDEMPOTENCY_KEY=uuid.uuid4().hex,
            HTTP_AUTHORIZATION="Bearer bench",
        )
        assert status == 201, answer.decode()

    return do


def _points(cast: Any) -> list[tuple[float, float]]:
    from baodao.places.selectors import grids_of

    return [(grid.lon, grid.lat) for grid in grids_of(cast.district)]


def _secretary(cast: Any, matters: int = 80) -> tuple[str, list[str]]:
    from datetime import timedelta

    from django.utils import timezone

    from baodao.api.models import ApiToken
    from baodao.api.selectors import digest_of
    from baodao.kernel.act import Act
    from baodao.matters.services import Draft, act, open_
    from baodao.orgs.selectors import grants_of

    community = cast.communities[0]
    post = cast.post_at(community, "community_secretary")
    uid, org, kind = cast.posts[post]
    now = timezone.now().replace(microsecond=0)
    ApiToken.objects.create(
        digest=digest_of("bench"), title="bench", person=uid, post=post, rights=["request.*", "matter.*", "whistle.*"], created=now,
        expires=now + timedelta(days=1),
    )  # fmt: skip
    numbers = []
    for n in range(matters):
        by = Act(kind="anonymous", happened=now, noted=now, command=f"bench-open-{n}")
        draft = Draft(procedure="request", org=community, kind="road", fields={"text": "路灯不亮"})
        number = open_(by, matters=[draft]).numbers[0]
        grants = grants_of(post, org, kind, timezone.localdate(now))
        staff = Act(
            kind="person",
            person=uid,
            post=post,
            grants=grants,
            happened=now,
            noted=now,
            command=f"bench-in-{n}",
        )
        act(staff, number=number, action="report_in", fields={})
        numbers.append(number)
    return "bench", numbers


def bare_rows() -> Any:
    """The rows of one intake written by psycopg alone: the floor under every framework."""
    from django.db import connection

    from baodao.kernel.models import Command

    last = Command.objects.order_by("-noted").first()
    assert last is not None
    connection.ensure_connection()
    raw = connection.connection

    def do(n: int) -> None:
        with raw.transaction(), raw.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kernel_counter (series, n) VALUES ('bare', 1) "
                "ON CONFLICT (series) DO UPDATE SET n = kernel_counter.n + 1 RETURNING n"
            )
            number = cursor.fetchone()[0]
            cursor.execute(
                "SELECT nextval('ledger_fact_id_seq') FROM pg_advisory_xact_lock(1), generate_series(1, 2)"
            )
            ids = [row[0] for row in cursor.fetchall()]
            _bare(cursor, number, ids)

    return do


def _bare(cursor: Any, number: int, ids: list[int]) -> None:
    import os

    key, name = uuid.uuid4().hex, f"BARE-{number:08}"
    cursor.execute(
        "INSERT INTO kernel_command (key, verb, body, result, batch, noted) VALUES (%s, 'bare', %s, %s, '', now())",
        [key, b"x" * 32, b"{}"],
    )
    fact = (
        "INSERT INTO ledger_fact (id, command, kind, v, happened, precision, noted, origin, level, subject, about, org, place, person, "
        "post, value, data, commitments, supersedes, voids, nonce, leaf) VALUES (%s, %s, 'matter.opened', 1, now(), 'second', now(), "
        "'live', 1, %s, '', '500102001001', '', '', '', NULL, %s, '', NULL, NULL, %s, %s)"
    )
    data = json.dumps(
        {"action": "open", "round": 1, "stage": "handling", "procedure": "request", "digest": "0" * 64}
    )
    for one in ids:
        cursor.execute(fact, [one, key, f"matter:{name}", data, os.urandom(16), os.urandom(32)])
    cursor.execute(
        "INSERT INTO ledger_content (fact, slot, text, salt) VALUES (%s, 'text', %s, %s)",
        [ids[0], "路面坑洼，骑车的人容易摔。", os.urandom(16)],
    )
    cursor.execute(
        "INSERT INTO ledger_searchdoc (subject, kind, level, scope, state, sort, words, shown) "
        "VALUES (%s, 'matter', 1, 'x', 'open', 1, %s, %s)",
        [f"matter:{name}", "路面 面坑 坑洼 骑车 车的 的人 人容 容易 易摔", "路面坑洼，骑车的人容易摔。"],
    )
    for scope in ("a", "b", "c"):
        cursor.execute(
            "INSERT INTO matters_stake (scope, depth, holder, seat, matter, leg, kind, state, next_at, level, caller) "
            "VALUES (%s, 0, '', '', %s, 1, 'request', 'called', now(), 1, false)",
            [scope, name],
        )


if __name__ == "__main__":
    main()
