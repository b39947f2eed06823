"""kill -9 in the middle of asking a side of a joint evening, of answering for it, of a relay and of taking an open need: with the same keys it goes
on where it was; each command is there whole or not at all, none twice; rows follow from facts."""

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_kills_gathering import killed
from tests.stories.test_D08_courses import ORDERED, fill, lecturers, offer, order, tell
from tests.stories.test_F22_joined_branches import pair
from tests.support.branches import BRANCH, NEXT, branches_of
from tests.support.databases import Databases
from tests.support.ledgers import begin, under
from tests.support.pairings import founded, orgs, staff
from tests.support.town import DISTRICT, STREET, A, at, local, town

__all__ = ["town"]
pytestmark = [pytest.mark.processes, pytest.mark.long]
EVENINGS, RELAYS, NEEDS, KILLS = 9, 9, 9, 6


def ready(town: Any) -> dict[str, Any]:
    """Two paired branches with evenings to come, a talk of which residents were told by loudspeaker, needs of a village, a group that helps it."""
    from datetime import timedelta

    from baodao.gather.branch.services import Plan, plan_meetings
    from baodao.kernel.act import system_act

    under("weibin")
    branches = branches_of(town, "weibin", 4)
    pair()
    lecturers(town, "resident")
    orgs(("wb-a", "甲协会", "department", "enterprise", DISTRICT))
    founded("groups_villages", "结对甲社区", seat=STREET, helped=(A,), helpers=("wb-a",))
    with at("11-23 09:00"):
        now = local("11-23 09:00")
        starts = [now + timedelta(days=1 + n, hours=10) for n in range(EVENINGS)]
        plans = [
            Plan(org=BRANCH, kinds=("theme_day",), starts=one, ends=one + timedelta(hours=1))
            for one in starts
        ]
        evenings = plan_meetings(system_act(now, "kill-plans"), plans=plans)
        page = offer(town, title="防诈骗", subject="safety", forms=["yard"], since="2026-11-20")
        tell(town, "resident", "safety")
        number = order(town, page)
        town.do("resident", number, "report_in")
        there = f"{ORDERED}{number}/"
        fill(town.desk("secretary"), there, do="pack", form="yard", sessions="1", minutes="40", every="7", at="2026-11-27T19:00", where="院坝")  # fmt: skip
        fill(town.desk("secretary"), f"{there}tell/", channels=["loudspeaker"])
        needs = [
            begin(town, "secretary", "wanted", kind="goods", title=f"需要{n}", text="二十床棉被。")
            for n in range(NEEDS)
        ]
        staff(town, "group", "wb-a", "office_head")
    who = ("psec", "pnext", "secretary", "group")
    return {
        "now": now.isoformat(), "people": {name: branches.uids.get(name) or town.uids[name] for name in who}, "side": NEXT,
        "evenings": evenings, "order": number, "relays": RELAYS, "needs": needs,
    }  # fmt: skip


def test_many_kills_lose_and_double_nothing(
    town: Any, committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    from baodao.gather.courses.models import Relay
    from baodao.gather.models import Side
    from baodao.kernel.models import Command
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.ledger.services import rebuild
    from baodao.matters.models import Leg

    told = ready(town)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(told), "utf-8")
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings", "BAODAO_PACKS": str(settings.PACKS),
        "BAODAO_DATABASE": committed_db.url(committed_db.current), "BAODAO_DATA": str(settings.DATA), "BAODAO_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    chance, every = random.Random(7), 2 * EVENINGS + RELAYS + NEEDS
    said: set[str] = set()
    for n in range(KILLS):
        # By turns in the sides, the relays and the takings: what was done before is answered at once.
        first, last = ((1, 2 * EVENINGS), (2 * EVENINGS + 1, every - NEEDS), (every - NEEDS + 1, every - 1))[
            n % 3
        ]
        said |= set(
            killed(
                plan, environment, chance.randint(first, last), chance.random() * 0.02, "tests.faults.taking"
            )
        )
    said |= set(killed(plan, environment, 0, 0, "tests.faults.taking"))
    assert len(said) == every
    assert Command.objects.filter(key__in=said).count() == every
    kinds = Counter(Fact.objects.filter(command__in=said).values_list("kind", flat=True))
    assert (
        kinds["gather.side_asked"] == kinds["gather.side_answered"] == EVENINGS
        and kinds["order.relayed"] == RELAYS
    )
    states = Counter(Side.objects.values_list("state", flat=True))
    assert sum(states.values()) == EVENINGS and states["joins"] == EVENINGS - EVENINGS // 3
    assert Relay.objects.filter(number=told["order"]).count() == RELAYS
    taken = Counter(Leg.objects.filter(matter__in=told["needs"]).values_list("matter", flat=True))
    assert taken == dict.fromkeys(told["needs"], 1)
    assert list(examine()) == []
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
