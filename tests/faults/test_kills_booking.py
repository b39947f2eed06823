"""kill -9 in the middle of taking a room and giving it back: with the same keys it goes on where it was; no hour is given twice, none is
held by nobody, and what was given back is free."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_kills_gathering import killed
from tests.support.databases import Databases
from tests.support.town import A, at, local, town

__all__ = ["town"]
pytestmark = [pytest.mark.processes, pytest.mark.long]
#: Residents have a room for ten hours a week at most.
HOURS, KILLS = 10, 5


def test_many_kills_give_no_hour_twice(
    town: Any, committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    from datetime import date

    from baodao.gather.models import Seat, Slot
    from baodao.kernel.act import system_act
    from baodao.kernel.models import Command
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.services import rebuild
    from baodao.places.facilities.services import NewFacility, register_facilities

    now, first = local("03-10 10:00"), local("03-12 09:00")
    with at("03-10 10:00"):
        room = NewFacility(
            org=A, kind="culture_room", name="活动室", since=date(2026, 3, 1), hours="每天 09:00-21:00", functions=("culture",)
        )  # fmt: skip
        code = register_facilities(system_act(now, "kill-room"), facilities=[room])[0]
    told = {
        "now": now.isoformat(), "first": first.isoformat(), "room": code, "hours": HOURS,
        "people": {who: town.uids[who] for who in ("resident", "neighbour")},
    }  # fmt: skip
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(told), "utf-8")
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings", "BAODAO_PACKS": str(settings.PACKS),
        "BAODAO_DATABASE": committed_db.url(committed_db.current), "BAODAO_DATA": str(settings.DATA), "BAODAO_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    thirds = len(range(0, HOURS, 3))
    chance, every = random.Random(11), HOURS + 2 * thirds
    said: set[str] = set()
    for _ in range(KILLS):
        said |= set(
            killed(
                plan,
                environment,
                chance.randint(1, every - 1),
                chance.random() * 0.02,
                "tests.faults.bookings",
            )
        )
    said |= set(killed(plan, environment, 0, 0, "tests.faults.bookings"))
    assert len(said) == every
    assert Command.objects.filter(key__in=said).count() == every
    held = Slot.objects.filter(holds=True)
    assert held.count() == len(set(held.values_list("starts", flat=True))) == HOURS
    assert Slot.objects.filter(why="given_back", holds=False).count() == thirds
    assert Seat.objects.filter(slot__in=held.values("code"), state="seat", holds=True).count() == HOURS
    assert list(examine()) == []
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
