"""kill -9 in the middle of claiming a seat and of recording an evening: with the same keys it goes on where it was; each command is
there whole or not at all, none twice; rows follow from facts."""

import json
import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import Databases
from tests.support.running import ROOT

pytestmark = [pytest.mark.processes]


def ready(tmp_path: Path, people: int, evenings: int, seats: int) -> dict[str, Any]:
    """The drawn district with one slot of few seats, a branch with a roll, and what the process is to do."""
    from baodao.kernel.act import system_act
    from baodao.people.services.identity import Entry, enrol
    from tests.gather.conftest import slot
    from tests.matters.conftest import NOW, build, key
    from tests.support.branches import BRANCH, Branches, raise_tree

    cast = build()
    where = Branches({}, tmp_path / "data")
    where.pack = "drawn"
    raise_tree(where, 7)
    entries = [Entry(ref=f"k{n}", name=f"某{n}", kind="resident") for n in range(people)]
    uids = enrol(system_act(NOW, key("people")), entries=entries).uids
    code = slot(cast, "volunteer", at=NOW + timedelta(days=2), seats=seats)
    return {
        "now": NOW.isoformat(), "people": [uids[f"k{n}"] for n in range(people)], "slot": code, "org": BRANCH,
        "roll": sorted(where.tokens.values()), "evenings": evenings,
    }  # fmt: skip


def killed(
    plan: Path,
    environment: dict[str, str],
    after: int,
    delay: float,
    process_: str = "tests.faults.gathering",
) -> list[str]:
    """Start the process, kill it ``delay`` seconds after its ``after``-th command (0: never); gives the keys that it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", process_, str(plan)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if after and len(said) == after:
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
    code = process.wait(60)
    assert code in (0, -9), process.stderr.read()
    assert after or code == 0, process.stderr.read()
    return said


def survives(
    committed_db: Databases, tmp_path: Path, settings: Any, *, kills: int, people: int, evenings: int
) -> None:
    from baodao.gather.models import Seat, Slot
    from baodao.kernel.models import Command
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.ledger.services import rebuild
    from tests.faults.build import packs_in
    from tests.matters.conftest import _forget

    settings.PACKS, settings.DATA = str(packs_in(tmp_path / "packs")), tmp_path / "data"
    _forget()
    told = ready(tmp_path, people, evenings, people // 2)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(told), "utf-8")
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings", "BAODAO_PACKS": settings.PACKS,
        "BAODAO_DATABASE": committed_db.url(committed_db.current), "BAODAO_DATA": str(settings.DATA), "BAODAO_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    chance = random.Random(5)
    every = people + evenings
    said: set[str] = set()
    for n in range(kills):
        # Some of the kills hit the claims, some the evenings: what was done before is answered at once.
        after = chance.randint(1, people - 1) if n % 2 else chance.randint(people + 1, every - 1)
        said |= set(killed(plan, environment, after, chance.random() * 0.02))
    said |= set(killed(plan, environment, 0, 0))
    assert len(said) == every
    assert Command.objects.filter(key__in=said).count() == every
    slot = Slot.objects.get(code=told["slot"])
    assert (slot.taken, slot.waiting) == (people // 2, people - people // 2)
    assert (
        Seat.objects.filter(slot=slot.code).count()
        == Fact.objects.filter(subject=f"gather:{slot.code}", kind="gather.joined").count()
        == people
    )
    held = Fact.objects.filter(kind="gather.held")
    assert held.count() == Slot.objects.filter(state="held").count() == evenings
    assert Fact.objects.filter(kind="gather.attended").count() == evenings * len(told["roll"])
    assert list(examine()) == []
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
    _forget()


def test_a_kill_in_the_middle_loses_and_doubles_nothing(
    committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    survives(committed_db, tmp_path, settings, kills=1, people=6, evenings=4)


@pytest.mark.long
def test_many_kills_lose_and_double_nothing(committed_db: Databases, tmp_path: Path, settings: Any) -> None:
    survives(committed_db, tmp_path, settings, kills=24, people=60, evenings=40)
