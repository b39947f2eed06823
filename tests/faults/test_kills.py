"""kill -9 at random while residents report: each acknowledged once, none twice, none without its facts; each
notice sent once or parked."""

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.build import packs_in
from tests.faults.load import Client, Gateway
from tests.faults.served import Served, keys_in, until
from tests.support.databases import Databases
from tests.support.running import ROOT

pytestmark = [pytest.mark.processes]


class Place:
    """A drawn district, served, with a gateway that counts."""

    def __init__(self, database: str, folder: Path) -> None:
        self.gateway = Gateway()
        self.data = keys_in(folder / "data")
        self.packs = packs_in(folder / "packs")
        self.more = {
            "BAODAO_PACKS": str(self.packs),
            "BAODAO_GATEWAYS": str(self.gateway.setting(folder)),
            "BAODAO_LOG_LEVEL": "WARNING",
        }
        environment = {**os.environ, **self.more, "BAODAO_DATABASE": database, "BAODAO_DATA": str(self.data)}
        built = subprocess.run(
            [sys.executable, "-m", "tests.faults.build"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert built.returncode == 0, built.stderr
        self.served = Served(database, self.data, **self.more)

    def end(self) -> None:
        self.served.end()
        self.gateway.close()


@pytest.fixture
def place(committed_db: Databases, tmp_path: Path, settings: Any) -> Iterator[Place]:
    made = Place(committed_db.url(committed_db.current), tmp_path)
    settings.PACKS, settings.DATA = str(made.packs), made.data
    settings.GATEWAYS = made.more["BAODAO_GATEWAYS"]
    from tests.matters.conftest import _forget

    _forget()
    try:
        yield made
    finally:
        made.end()
        _forget()


def kill_one(served: Served, what: str) -> bool:
    """Kill a web worker, the web server or the worker process; False when it is just not there."""
    with contextlib.suppress(StopIteration, IndexError, ProcessLookupError, FileNotFoundError):
        if what == "web":
            pid = served.master()
        elif what == "worker":
            pid = random.choice([p for p in served.pids("web") if p != served.master()])
        else:
            pid = random.choice(served.pids("work"))
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def run(place: Place, count: int, kills: int) -> list[Client]:
    """Three clients report while something is killed again and again, at moments that nobody chose."""
    clients = [Client(place.served.url, name, count // 3) for name in ("a", "b", "c")]
    total = 3 * (count // 3)
    for client in clients:
        client.start()
    killed = 0
    while any(client.is_alive() for client in clients):
        done = sum(len(client.acknowledged) for client in clients)
        if killed < kills and done >= (killed + 1) * total // (kills + 1):
            time.sleep(random.random() * 0.05)
            # The web server first: while most is still to be sent, some client must notice.
            killed += kill_one(place.served, ("web", "work", "worker")[killed % 3])
        time.sleep(0.01)
    assert killed == kills
    assert any(set(client.answers) - {"201"} for client in clients), "no client noticed: nothing was tested"
    return clients


def drained() -> bool:
    """Everything was read, and nothing waits to be sent."""
    from baodao.ledger.models import Cursor, Fact
    from baodao.notify.models import Notice

    last = Fact.objects.order_by("-id").values_list("id", flat=True).first()
    read = Cursor.objects.filter(reader="notify").values_list("position", flat=True).first()
    return read == last and not Notice.objects.filter(state="waiting", lease="").exists()


def check_intakes(clients: list[Client]) -> int:
    """Each acknowledged once, none twice, none without its facts. Gives how many there are."""
    from baodao.kernel.models import Command
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Content, Fact
    from baodao.ledger.services import rebuild
    from baodao.matters.models import Matter

    acknowledged = {key: number for client in clients for key, number in client.acknowledged.items()}
    assert [line for client in clients for line in client.wrong] == []
    total = sum(client.count for client in clients)
    assert len(acknowledged) == len(set(acknowledged.values())) == total
    assert all(first == again for client in clients for first, again in client.again)
    assert sum(len(client.again) for client in clients) > 0
    numbers = dict(Matter.objects.values_list("number", "stage"))
    assert set(numbers) == set(acknowledged.values())
    opened = Fact.objects.filter(kind="matter.opened")
    assert sorted(opened.values_list("command", flat=True)) == sorted(
        f"api:visitor:{key}" for key in acknowledged
    )
    called = Fact.objects.filter(kind="matter.leg_called").values_list("subject", flat=True)
    assert sorted(called) == sorted(f"matter:{number}" for number in numbers)
    assert Command.objects.filter(verb="matter.open").count() == total
    for fact in opened:
        key = fact.command.rpartition(":")[2]
        assert fact.subject == f"matter:{acknowledged[key]}"
        assert Content.objects.get(fact=fact.id, slot="text").text.startswith(key)
    assert list(examine()) == []
    before = list(dump(with_caches=True, with_facts=True))
    rebuild()
    assert list(dump(with_caches=True, with_facts=True)) == before
    return total


def check_notices(gateway: Gateway, total: int) -> int:
    """Each sent once or parked. Gives how many were parked."""
    from django.utils import timezone

    from baodao.notify.models import Notice
    from baodao.notify.sender import key_of, send_due

    # Whatever a killed process had in hand, when its lease is over.
    while send_due(timezone.now() + timedelta(minutes=5)):
        pass
    rows = list(Notice.objects.filter(channel="sms", template__startswith="matter.resident."))
    assert len(rows) == total
    assert {row.state for row in rows} <= {"sent", "parked"}
    assert max(gateway.keys.values()) == 1, "a resident got the same message twice"
    for row in rows:
        posted = gateway.keys[key_of(row.id)]
        assert posted == 1 if row.state == "sent" else row.error in {"perhaps_sent", "no_answer"}
    assert set(gateway.keys) <= {key_of(row.id) for row in rows}
    assert not any("路灯" in body or re.search(r"1390\d{7}", body) for body in gateway.bodies)
    return sum(row.state == "parked" for row in rows)


def prove(place: Place, count: int, kills: int) -> None:
    clients = run(place, count, kills)
    until(drained, 90 + count)
    place.served.end()
    total = check_intakes(clients)
    parked = check_notices(place.gateway, total)
    assert parked <= kills


def test_killed_at_random_nothing_is_lost_and_nothing_done_twice(place: Place) -> None:
    prove(place, 45, 3)


@pytest.mark.long
def test_a_thousand_intakes_survive_thirty_kills(place: Place) -> None:
    prove(place, 1000, 30)
