"""Sentences of limits.md about gatherings that no story walks; docs/gather.md lists which test holds which sentence."""

from __future__ import annotations

import json
from typing import Any, get_args, get_type_hints

import pytest
import time_machine

from baodao.gather import facts
from baodao.gather.models import Enclosed, Seat
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from tests.gather.test_pages import publish
from tests.support.town import local

QUOTA = """
source = "assumed"

[due.hear_talks]
title = "每户听一次宣讲"
title_en = "Each household hears a talk"
subjects = { of = "household", plan = "x" }
met_by = "%s"
counts_if = ["lecture"]
every = "quarter"
since = 2026-01-01
"""


@pytest.mark.parametrize(
    ("met_by", "may"), [("gather.held", False), ("gather.attended", False), ("visit.recorded", True)]
)
def test_hearing_talks_is_no_quota_of_households(packs: Any, met_by: str, may: bool) -> None:
    from tests.matters.conftest import _forget

    (packs / "drawn" / "dues.toml").write_text(QUOTA % met_by, "utf-8")
    _forget()
    told = ""
    try:
        get_pack("drawn")
    except BadPack as bad:
        told = str(bad)
    assert ("摊派到户" in told) is not may, told


def test_of_residents_at_talks_no_door_keeps_a_list(town: Any) -> None:
    """Sign-up, list, invitation, photo of a list, interface: each says that only heads are counted."""
    with time_machine.travel(local("03-10 10:00"), tick=False) as clock:
        code = publish(town, kind="yard_talk", title="院坝讲堂", seats="")
        own, resident = town.office("secretary"), town.phone("resident").browser
        clock.move_to(local("03-14 11:30"))
        asked: list[tuple[Any, str, Any]] = [
            (resident, f"/gather/{code}/", {"do": "join"}),
            (
                town.desk("secretary"),
                f"/desk/gather/{code}/",
                {"do": "add", "name": "张三", "phone": "13912345678"},
            ),
            (
                town.desk("secretary"),
                f"/desk/gather/{code}/",
                {"do": "invite", "name": "张三", "phone": "13912345678"},
            ),
        ]
        for n, (browser, address, typed) in enumerate(asked):
            assert browser.post(address, {"command": f"x-{n}", **typed}).status_code == 403, typed
        sent = own.browser.post(
            f"/api/v1/gatherings/{code}/presence/", json.dumps({"came": [{"name": "张三", "phone": "13912345678", "status": "present"}]}),
            content_type="application/json", headers={"Idempotency-Key": "talk-00001"},
        )  # fmt: skip
        assert sent.status_code == 403 and "只数人头" in sent.content.decode()
        assert not Seat.objects.exists() and not Enclosed.objects.exists()


def test_what_is_rated_is_the_event() -> None:
    """No fact of a rating could name who is rated: it says whose word it is, and nothing else."""
    hints = get_type_hints(facts.Rated)
    assert set(hints) == {"side"} and set(get_args(hints["side"])) == {"person", "place", "convener"}


def test_a_cause_of_absence_is_asked_of_nobody() -> None:
    """Leaving, declining and presence hold closed codes; the only words about an absence are those of a branch about its own member,
    erasable, and the reply of the one concerned."""
    for kind in (facts.Left, facts.Attended, facts.Disputed):
        assert not {"reason", "cause", "why_not"} & set(get_type_hints(kind))
    assert set(get_args(get_type_hints(facts.Left)["why"])) == {
        "withdrew", "declined", "swapped", "stand_in", "called_off", "released",
    }  # fmt: skip
