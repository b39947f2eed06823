"""kill -9 while the sheets of many leavers of one day begin by themselves and go over unsigned: one sheet each, each thing goes over once,
nothing stays behind."""

import json
import os
import random
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.faults.test_kills_gathering import killed
from tests.support.databases import Databases
from tests.support.town import A, B, at, local, town

__all__ = ["town"]
pytestmark = [pytest.mark.processes, pytest.mark.long]
#: More leavers than one round begins sheets for; the first holds more than goes over in two commands.
LEAVERS, MOST, KILLS = 130, 110, 6
LAST = date(2026, 3, 10)


def leave(town: Any) -> dict[str, int]:
    """Posts that all end on one day, with the devices that each answers for."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import EndPost, NewPost
    from baodao.orgs.services import begin_posts, end_posts
    from baodao.people.services.identity import Entry, enrol
    from baodao.places.devices.services import NewDevice, register_devices

    held = {f"p-left{n:03}": MOST if n == 0 else 1 for n in range(LEAVERS)}
    offices = {post: (A, B)[n % 2] for n, post in enumerate(held)}

    def by(name: str) -> Any:
        return system_act(local("03-02 09:00"), f"leave-{name}")

    with at("03-02 09:00"):
        since = date(2026, 3, 1)
        entries = [
            Entry(ref=post, name=f"某{n}", phone=f"139{n:08}", kind="staff") for n, post in enumerate(held)
        ]
        uids = enrol(by("people"), entries=entries).uids
        begin_posts(by("posts"), posts=[NewPost(post, org, "grid_worker", uids[post], since) for post, org in offices.items()])  # fmt: skip
        devices = [
            NewDevice(
                org=offices[post], kind="camera", purpose="key_area", name=f"{post}的第{n}个", since=since, keeper=post,
                address="画的路", basis="画的依据",
            )
            for post, many in held.items() for n in range(many)
        ]  # fmt: skip
        register_devices(by("devices"), devices=devices)
        end_posts(by("end"), posts=[EndPost(post, LAST) for post in held])
    return held


def test_many_kills_leave_one_sheet_for_each_leaver_and_nothing_behind(
    town: Any, committed_db: Databases, tmp_path: Path, settings: Any
) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.ledger.services import rebuild
    from baodao.orgs.handover.models import Handover
    from baodao.places.devices.models import Device

    held = leave(town)
    plan = tmp_path / "plan.json"
    plan.write_text(
        json.dumps({"begun": local("03-10 09:00").isoformat(), "passed": local("03-13 09:00").isoformat()}), "utf-8"
    )  # fmt: skip
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "baodao.settings", "BAODAO_PACKS": str(settings.PACKS),
        "BAODAO_DATABASE": committed_db.url(committed_db.current), "BAODAO_DATA": str(settings.DATA), "BAODAO_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    chance = random.Random(5)
    for _ in range(KILLS):
        killed(plan, environment, chance.randint(1, 6), chance.random() * 0.6, "tests.faults.leaving")
    said = killed(plan, environment, 0, 0, "tests.faults.leaving")
    assert {"begun-over", "passed-over"} <= set(said)
    sheets = list(Handover.objects.values_list("post", "state", "passed"))
    assert sorted(sheets) == sorted((post, "done", many) for post, many in held.items())
    assert not Device.objects.filter(keeper__in=list(held)).exists()
    again = Counter(Fact.objects.filter(kind="device.changed").values_list("subject", flat=True))
    assert len(again) == sum(held.values()) and set(again.values()) == {1}
    assert list(examine()) == []
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before
