"""Two processes that remind the same branches at once, and kill -9 in the middle of it: nobody is reminded twice of one thing, with the same keys
it goes on where it was, and each reminder is of the post that may."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.dues.conftest import S1, S2, SINCE, Tree, build, now, system
from tests.faults.test_kills_gathering import killed
from tests.support.databases import Databases
from tests.support.running import ROOT
from tests.support.town import forget

pytestmark = [pytest.mark.processes]
PAIRS, KILLS, REQUIREMENT = 12, 6, "committee_meeting"


@pytest.fixture
def committed_tree(committed_db: Databases, tmp_path: Path, settings: Any) -> Iterator[Tree]:
    """The small Party tree with branches enough, on real commits."""
    from baodao.orgs.ruling import NewOrg
    from baodao.orgs.services import create_orgs
    from baodao.people import vault

    settings.DATA = tmp_path / "data"
    (settings.DATA / "keys").mkdir(parents=True)
    vault._read.cache_clear()
    forget()
    with time_machine.travel(now(), tick=False):
        tree = build()
        create_orgs(system(), orgs=[
            NewOrg(code, code, "party_community", "branch", SINCE, street, tree="party")
            for pair in pairs() for code, street in zip(pair, (S1, S2), strict=True)
        ])  # fmt: skip
        yield tree
    vault._read.cache_clear()
    forget()


def pairs() -> list[tuple[str, str]]:
    """A branch of either street for each press."""
    return [(f"dz-n{n:02}", f"dz-f{n:02}") for n in range(PAIRS)]


def ready(tree: Tree, databases: Databases, tmp_path: Path, settings: Any) -> tuple[Path, dict[str, str]]:
    """The plan of the processes, and where they find the database."""
    told = {
        "now": now().isoformat(), "pairs": pairs(), "requirement": REQUIREMENT,
        "people": {who: tree.uids[who] for who in ("street", "far")},
    }  # fmt: skip
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(told), "utf-8")
    return plan, {
        **os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings", "BAODAO_PACKS": str(settings.PACKS),
        "BAODAO_DATABASE": databases.url(databases.current), "BAODAO_DATA": str(settings.DATA), "BAODAO_LOG_LEVEL": "ERROR",
    }  # fmt: skip


def reminded_once() -> None:
    """Each branch once, by the secretary of its own street; rows follow from facts."""
    from baodao.dues.models import Reminder
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.ledger.services import rebuild

    near, far = zip(*pairs(), strict=True)
    assert sorted(Reminder.objects.values_list("subject", flat=True)) == sorted(f"org:{one}" for one in (*near, *far))  # fmt: skip
    facts = Fact.objects.filter(kind="due.reminded")
    assert sorted(facts.values_list("org", "post")) == sorted(
        [*((one, "p-street") for one in near), *((one, "p-far") for one in far)]
    )
    assert list(examine()) == []
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before


def test_two_processes_remind_nobody_twice(
    committed_tree: Tree, committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    plan, environment = ready(committed_tree, committed_db, tmp_path, settings)
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.reminders", str(plan), mark],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for mark in ("x", "y")
    ]  # fmt: skip
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate(timeout=120)[0].split() for one in both]
    assert [one.returncode for one in both] == [0, 0]
    # Every press of both was answered, and no pair was told wholly to both.
    assert [len(one) for one in said] == [PAIRS, PAIRS]
    assert len({line[-4:] for lines in said for line in lines if line.startswith("remind")}) == PAIRS
    reminded_once()


@pytest.mark.long
def test_many_kills_remind_nobody_twice(
    committed_tree: Tree, committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    plan, environment = ready(committed_tree, committed_db, tmp_path, settings)
    chance, said = random.Random(7), set[str]()
    for _ in range(KILLS):
        after, delay = chance.randint(1, PAIRS - 1), chance.random() * 0.02
        said |= set(killed(plan, environment, after, delay, "tests.faults.reminders"))
    said |= set(killed(plan, environment, 0, 0, "tests.faults.reminders"))
    assert said == {f"remind-{n:04}" for n in range(PAIRS)}
    reminded_once()
