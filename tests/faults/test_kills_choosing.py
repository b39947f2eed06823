"""kill -9 in the middle of choosing a class and of naming the next reader of a sealed card: with the same keys it goes on where it was; each is there
whole or not at all, none twice; nobody sits twice or not in every session, and each card opens for its new reader."""

import json
import os
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_kills_gathering import killed
from tests.stories.test_W09_clues import leave
from tests.support.cards import COMMISSION, SECRET, office, opened, send
from tests.support.databases import Databases
from tests.support.districts import appoint, enrol
from tests.support.town import OFFICE, A, Town, at, local, town

__all__ = ["office", "town"]
pytestmark = [pytest.mark.processes, pytest.mark.long]
RESIDENTS, SEATS, CARDS, KILLS = 12, 7, 6, 6


def ready(office: Town) -> dict[str, Any]:
    """Cards that nobody can open any more, two who name the next reader; a class of two sessions with fewer seats than residents."""
    from baodao.gather.courses.programmes.services import NewClass, NewSession, add_sessions, open_classes
    from baodao.kernel.act import system_act
    from baodao.people.services.identity import Entry
    from baodao.people.services.identity import enrol as put

    more = {"approver": "某批准", "approver2": "某批准二"}
    office.uids |= enrol(more, {who: f"137{n:04}6612" for n, who in enumerate(more)})
    appoint(*((who, COMMISSION, "card_approver") for who in more), uids=office.uids)
    entries = [Entry(ref=f"k{n}", name=f"某{n}", kind="resident") for n in range(RESIDENTS)]
    uids = put(system_act(local("11-01 09:00"), "choose-people"), entries=entries).uids
    with at("11-23 09:00"):
        cards = [send(office, OFFICE)[0] for _n in range(CARDS)]
        new = NewClass(org=A, plan="core_volunteers", title="骨干班", since=date(2026, 11, 23), seats=SEATS)
        [code] = open_classes(system_act(local("11-23 09:00"), "choose-class"), classes=[new])
        rows = [
            NewSession(local(f"12-{10 + n} 19:00"), 60, course)
            for n, course in enumerate(("basics", "first_aid"))
        ]
        add_sessions(system_act(local("11-23 09:00"), "choose-sessions"), code=code, sessions=rows)
    leave("keeper", "second", on="2026-12-01")
    return {
        "now": local("12-01 09:00").isoformat(), "people": {who: office.uids[who] for who in more}, "cards": cards,
        "reader": "p-inspector", "class": code, "residents": [uids[f"k{n}"] for n in range(RESIDENTS)],
    }  # fmt: skip


def test_many_kills_lose_and_double_nothing(
    office: Town, committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    from baodao.gather.models import Seat
    from baodao.kernel.models import Command
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.ledger.services import rebuild
    from baodao.people.models import SecurityLog

    told = ready(office)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(told), "utf-8")
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings", "BAODAO_PACKS": str(settings.PACKS),
        "BAODAO_DATABASE": committed_db.url(committed_db.current), "BAODAO_DATA": str(settings.DATA), "BAODAO_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    chance, every = random.Random(9), RESIDENTS + CARDS
    said: set[str] = set()
    for n in range(KILLS):
        # By turns among those who choose and those who name: what was done before is answered at once.
        first, last = (1, RESIDENTS - 1) if n % 2 else (RESIDENTS + 1, every - 1)
        after, delay = chance.randint(first, last), chance.random() * 0.02
        said |= set(killed(plan, environment, after, delay, "tests.faults.choosing"))
    said |= set(killed(plan, environment, 0, 0, "tests.faults.choosing"))
    assert len(said) == every and Command.objects.filter(key__in=said).count() == every
    for states in by_slot(Seat.objects.filter(slot__series=told["class"])).values():
        assert states == {"seat": SEATS, "waiting": RESIDENTS - SEATS}
    for number in told["cards"]:
        subject = f"matter:{number}"
        named = Fact.objects.filter(subject=subject, kind="matter.acted", post="p-approver")
        assert named.count() == 1, number
        agreed = SecurityLog.objects.filter(subject=subject, kind__in=("second.agreed", "card.renewed"))
        assert agreed.count() == 2, number
    with at("12-01 10:00"):
        for number in told["cards"]:
            assert SECRET in opened(office, "inspector", number), number
    assert not [line for line in examine() if "card.renew" in line]
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before


def by_slot(rows: Any) -> dict[str, dict[str, int]]:
    """Session → how many seats of each state."""
    found: dict[str, dict[str, int]] = {}
    for slot, state in rows.values_list("slot_id", "state"):
        held = found.setdefault(slot, {})
        held[state] = held.get(state, 0) + 1
    assert len(found) == 2
    return found
