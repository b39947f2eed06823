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
