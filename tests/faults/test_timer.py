"""The timer stands still for two days while people act: afterwards the facts are the same but for when they were
noted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.matters.conftest import NOW, Cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEFT_OUT = {"id", "command", "noted", "nonce", "leaf", "commitments"}


def acts_of(numbers: list[str]) -> list[tuple[datetime, str, str, str, dict[str, Any]]]:
    """(when, who, number, action, fields). Nobody touches the first; the third is acted on while the timer
    stands."""
    _first, second, third, fourth = numbers
    return [
        (NOW + 2 * HOUR, "secretary", second, "report_in", {}),
        (NOW + 3 * HOUR, "secretary", third, "report_in", {}),
        (NOW + 4 * HOUR, "secretary", fourth, "report_in", {}),
        (NOW + 1 * DAY, "secretary", second, "answer", {"claim": "solved", "result": "换好了"}),
        (NOW + 2 * DAY, "secretary", third, "pause", {"cause": "permit", "reason": "等审批"}),
        (NOW + 8 * DAY + HOUR, "secretary", third, "resume", {}),
        (NOW + 9 * DAY + 5 * HOUR, "secretary", fourth, "answer", {"claim": "partly", "result": "修了一半"}),
        (NOW + 16 * DAY, "secretary", third, "answer", {"claim": "solved", "result": "修好了"}),
    ]


def live(cast: Cast, numbers: list[str], still: tuple[datetime, datetime]) -> list[dict[str, Any]]:
    """Five weeks hour by hour; between the two moments the timer does not run. Gives the facts."""
    from baodao.ledger.models import Fact
    from baodao.matters.services import act
    from baodao.matters.timer import run_due

    todo = acts_of(numbers)
    for hour in range(24 * 35):
        now = NOW + hour * HOUR
        while todo and todo[0][0] <= now:
            when, who, number, action, fields = todo.pop(0)
            act(cast.by(who, when), number=number, action=action, fields=fields)
        if not still[0] <= now < still[1]:
            while run_due(now):
                pass
    rows = Fact.objects.filter(subject__in=[f"matter:{number}" for number in numbers]).order_by("id").values()
    by_id = {row["id"]: (row["kind"], row["subject"], row["happened"]) for row in rows}
    plain = [
        {
            # Ids are drawn anew in each life: a reference says what it refers to.
            name: by_id.get(value, value) if name in {"supersedes", "voids"} else value
            for name, value in row.items()
            if name not in LEFT_OUT
        }
        for row in rows
    ]
    return sorted(plain, key=lambda row: (row["happened"], row["subject"], row["kind"], row["data"]))


def test_two_days_without_the_timer_change_nothing_but_noted(cast: Cast) -> None:
    from baodao.matters.models import Matter
    from baodao.matters.services import Draft, act, open_
    from tests.matters.conftest import A

    drafts = [
        Draft(procedure="request", org=A, place="", kind="road", fields={"text": f"第{n}盏路灯"})
        for n in range(5)
    ]
    *numbers, warm = open_(cast.by("resident"), matters=drafts).numbers
    # Everybody's token exists before the two lives begin: it is drawn by chance.
    act(cast.by("secretary", NOW + HOUR), number=warm, action="report_in", fields={})
    lives = []
    never = (NOW, NOW)
    for still in (
        never,
        (NOW + 7 * DAY, NOW + 9 * DAY),
        (NOW + 8 * DAY, NOW + 10 * DAY),
        (NOW + 2 * DAY, NOW + 34 * DAY),
    ):
        with transaction.atomic():
            lives.append(live(cast, numbers, still))
            ends = dict(Matter.objects.filter(number__in=numbers).values_list("number", "outcome"))
            transaction.set_rollback(True)
    by_system = [
        row
        for row in lives[0]
        if not row["post"] and row["kind"] not in {"matter.opened", "matter.leg_called"}
    ]
    assert len(by_system) >= 6, "the clock had something to do"
    assert any(ends.values())
    for other in lives[1:]:
        assert other == lives[0]
