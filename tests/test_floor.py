"""The floor itself: engine as asked, no network, copies that are apart, and that commit."""

import socket
import threading

import pytest
from django.db import connection

from tests.support.databases import Databases
from tests.support.guard import NetworkRefused


@pytest.mark.django_db
def test_the_run_uses_the_engine_that_was_asked_for(engine: str) -> None:
    assert {"sqlite": "sqlite", "postgres": "postgresql"}[engine] == connection.vendor
    with connection.cursor() as cursor:
        if engine == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
        else:
            cursor.execute("SHOW server_version_num")
            assert int(cursor.fetchone()[0]) >= 150000


def test_other_machines_cannot_be_reached() -> None:
    with socket.socket() as probe, pytest.raises(NetworkRefused):
        probe.connect(("192.0.2.1", 80))


def test_a_committed_copy_is_seen_by_other_threads_and_by_no_other_test(committed_db: Databases) -> None:
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections

    ContentType.objects.create(app_label="floor", model="mark")
    seen: list[int] = []

    def look() -> None:
        seen.append(ContentType.objects.filter(app_label="floor").count())
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]
    other = committed_db.fresh()
    assert other != committed_db.current
    committed_db.drop(other)


def test_the_next_copy_is_clean(committed_db: Databases) -> None:
    from django.contrib.contenttypes.models import ContentType

    assert not ContentType.objects.filter(app_label="floor").exists()


@pytest.mark.postgres
def test_a_used_copy_is_made_fresh_and_one_with_another_schema_is_not(databases: Databases) -> None:
    """Rows go, what the template brought comes back, numbers begin anew; a dropped guard is no fresh database."""
    name = databases.fresh()
    first = [_one(databases, name, query) for query in (_TYPES, _GROUPS)]
    _do(databases, name, "DELETE FROM auth_permission; DELETE FROM django_content_type")
    _do(
        databases,
        name,
        "INSERT INTO auth_group (name) VALUES ('mark')",
    )
    databases.give_back(name)
    assert databases.fresh() == name
    assert [_one(databases, name, query) for query in (_TYPES, _GROUPS)] == first
    _do(databases, name, "DROP TRIGGER guard_ledger_fact_update ON ledger_fact")
    databases.give_back(name)
    assert databases.fresh() != name


_TYPES = "SELECT count(*) FROM django_content_type"
_GROUPS = "SELECT count(*) + (SELECT count(last_value) FROM pg_sequences WHERE sequencename = 'auth_group_id_seq') FROM auth_group"


def _one(databases: Databases, name: str, query: str) -> int:
    with databases.connect(name) as connection:
        return int(connection.execute(query).fetchone()[0])


def _do(databases: Databases, name: str, statements: str) -> None:
    with databases.connect(name) as connection:
        connection.execute(statements)
