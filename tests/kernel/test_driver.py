"""What the PostgreSQL driver was told: moments read fast and the same, long statements taken apart once."""

from datetime import UTC, datetime

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22 01:02:03+00", datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)),
        ("2026-11-22 01:02:03.5+08", datetime(2026, 11, 21, 17, 2, 3, 500_000, tzinfo=UTC)),
        ("0026-01-01 00:00:00.000001+00", datetime(26, 1, 1, 0, 0, 0, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_moments_are_read_as_they_were_written(text: str, moment: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, NULL::timestamptz", [text])
        found = cursor.fetchone()
    assert found == (moment, None)
    assert found[0].tzinfo is UTC


def test_moments_that_nothing_can_hold_are_still_refused() -> None:
    from django.db import DataError

    with connection.cursor() as cursor:
        cursor.execute("SELECT 'infinity'::timestamptz")
        with pytest.raises(DataError):
            cursor.fetchone()


def test_a_flush_is_taken_apart_once() -> None:
    from psycopg import _queries

    from baodao.kernel.driver import MOST_VALUES

    taken = _queries._query2pg
    sql = f"SELECT {', '.join(['%s::int'] * MOST_VALUES)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, range(MOST_VALUES))
        before = taken.cache_info().hits
        cursor.execute(sql, range(MOST_VALUES))
    # Fails when a new driver keeps its limits elsewhere: then intake pays for it again.
    assert taken.cache_info().hits == before + 1


def test_what_every_request_asks_is_planned_once() -> None:
    from baodao.kernel.driver import often
    from baodao.orgs.selectors import standing

    rare, usual = "SELECT 1 + %s::int -- rare", often("SELECT 2 + %s::int -- usual")
    with connection.cursor() as cursor:
        for n in range(6):
            cursor.execute(rare, [n])
            cursor.execute(usual, [n])
            assert cursor.fetchone() == (2 + n,)
    for _time in range(2):
        assert standing("nobody") == standing("nobody")
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [text for (text,) in cursor.fetchall()]
    assert len([text for text in kept if text.startswith("SELECT 2 +")]) == 1
    assert not [text for text in kept if "rare" in text]
    assert len([text for text in kept if "kernel_epoch" in text]) == 1


def test_a_line_that_was_cut_is_noticed_and_one_that_holds_is_not_asked() -> None:
    from django.db import connections

    line = connections.create_connection("default")
    try:
        with line.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        assert line.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid])
            assert cursor.fetchone()[0] == "SELECT pg_backend_pid()", "a question was put to the server"
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            assert cursor.fetchone()[0]
        assert not line.is_usable()
        line.close()
        with line.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)
    finally:
        line.close()
