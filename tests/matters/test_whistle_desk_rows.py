"""Whistle below its pages: rows that wait for the caller, duty items held to the lists, ruled disputes that are counted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from baodao.kernel.errors import Invalid
from baodao.ledger.models import Fact
from baodao.matters.models import Leg, Stake
from baodao.matters.move import Called
from baodao.matters.selectors import stakes_of
from baodao.matters.services import Draft, act, open_
from baodao.orgs.duties import NewDuty, NewList, changes_within
from baodao.orgs.services import adopt_duties

from .conftest import A2, HOME, NOW, START, STREET, A, B, Cast

HOUR = timedelta(hours=1)
FIELDS = {"source": "community", "title": "消防通道堵了", "text": "货车长期停在消防通道"}


@pytest.fixture
def whistle(cast: Cast) -> Any:
    """Blow a whistle as the secretary (or somebody else); gives its number."""

    def do(who: str = "secretary", calls: tuple[Called, ...] = (Called(B),), **draft: Any) -> str:
        made = {
            "procedure": "whistle",
            "org": A,
            "kind": "facility",
            "fields": FIELDS,
            "calls": calls,
            **draft,
        }
        return open_(cast.by(who), matters=[Draft(**made)]).numbers[0]

    return do


def lists(cast: Cast) -> None:
    items = [NewDuty("B-1", "占道停车", "basic"), NewDuty("B-9", "拆除违建", "taken_back")]
    other = [NewDuty("S-1", "市容", "cooperating")]
    adopt_duties(cast.by("system"), lists=[NewList(B, START, items), NewList(STREET, START, other)])


def appoint(cast: Cast, who: str, org: str, kind: str) -> None:
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people.services.identity import Entry, enrol

    cast.uids |= enrol(cast.by("system"), entries=[Entry(ref=who, name="某人", kind="staff")]).uids
    begin_posts(cast.by("system"), posts=[NewPost(f"p-{who}", org, kind, cast.uids[who], START)])
    cast.posts[who] = (f"p-{who}", org)


def move(cast: Cast, who: str, number: str, action: str, hours: int, **fields: Any) -> Any:
    return act(cast.by(who, NOW + hours * HOUR), number=number, action=action, fields=fields)


def listed(cast: Cast, who: str) -> set[tuple[str, int]]:
    return set(stakes_of(cast.by(who)).values_list("matter", "leg"))


def answered(cast: Cast, number: str) -> None:
    move(cast, "handler", number, "report_in", 1)
    move(cast, "handler", number, "answer", 2, claim="solved", result="拖走了", photo=[evidence()])


def evidence() -> str:
    from baodao.kernel.evidence import store

    return store(io.BytesIO(PNG), "a.png", now=NOW).hash


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def test_a_leg_waits_for_its_caller_once_it_is_answered(cast: Cast, whistle: Any) -> None:
    number = whistle()
    assert listed(cast, "handler") == {(number, 1)}
    assert not listed(cast, "secretary")
    answered(cast, number)
    row = Stake.objects.get(matter=number, scope=A)
    assert (row.caller, row.depth, row.holder, row.state) == (True, 1, "p-secretary", "answered")
    assert listed(cast, "secretary") == {(number, 1)}
    assert not listed(cast, "sibling")
    assert not set(Stake.objects.filter(depth=0, caller=True))
    move(cast, "secretary", number, "rule", 3, came="yes", did="yes", verdict="solved")
    # All are ruled: the whole waits to be concluded.
    row = Stake.objects.get(matter=number)
    assert (row.scope, row.caller, row.state) == (A, True, "ruled")
    move(cast, "secretary", number, "close", 4, outcome="solved", result="通道畅通")
    assert not Stake.objects.exists()


def test_one_row_where_the_caller_stands_above_the_addressee(cast: Cast, whistle: Any) -> None:
    number = whistle(who="superior", org=STREET, calls=(Called(A),))
    move(cast, "secretary", number, "report_in", 1)
    move(cast, "secretary", number, "answer", 2, claim="solved", result="好了", photo=[evidence()])
    rows = Stake.objects.filter(matter=number).order_by("depth")
    assert [(r.scope, r.depth, r.caller) for r in rows] == [
        (A, 0, False),
        (STREET, 1, True),
        (HOME, 2, False),
    ]
    move(cast, "superior", number, "redo", 3, reason="还堵着")
    assert not Stake.objects.filter(caller=True).exists()


def test_rows_are_the_same_when_rebuilt(cast: Cast, whistle: Any) -> None:
    first, second = whistle(), whistle(calls=(Called(B), Called(A2, role="co")))
    answered(cast, first)
    move(cast, "secretary", first, "rule", 3, came="yes", did="yes", verdict="solved")
    answered(cast, second)
    names = [field.name for field in Stake._meta.fields if field.name != "id"]
    before = sorted(Stake.objects.values_list(*names))
    assert any(row[names.index("caller")] for row in before)
    call_command("rebuild", stdout=io.StringIO())
    assert sorted(Stake.objects.values_list(*names)) == before


def test_what_few_may_know_is_listed_for_no_caller(cast: Cast, whistle: Any) -> None:
    number = whistle()
    answered(cast, number)
    assert Stake.objects.filter(caller=True).exists()
    move(cast, "secretary", number, "raise_level", 3, level="2", reason="涉及家庭")
    assert list(Stake.objects.values_list("scope", "caller")) == [(B, False)]


def test_a_unit_is_called_for_what_is_its_own(cast: Cast, whistle: Any) -> None:
    lists(cast)
    number = whistle(calls=(Called(B, duty="B-1"), Called(STREET, role="co", duty=f"{STREET}:S-1")))
    assert list(Leg.objects.order_by("n").values_list("duty", flat=True)) == ["B-1", f"{STREET}:S-1"]
    with pytest.raises(Invalid) as caught:
        whistle(calls=(Called(B, duty="B-9"), Called(STREET, duty="B-1"), Called(A2, duty="X")))
    assert [fault.field for fault in caught.value.faults] == ["calls.0.duty", "calls.1.duty", "calls.2.duty"]
    with pytest.raises(Invalid):
        move(cast, "secretary", number, "call", 1, org=A2, duty_item="B-1")


def test_a_return_cites_an_item_where_there_is_a_list(cast: Cast, whistle: Any) -> None:
    free = whistle()
    move(cast, "handler", free, "return", 1, reason="不归我们管")
    lists(cast)
    number = whistle()
    with pytest.raises(Invalid) as caught:
        move(cast, "handler", number, "return", 1, reason="不归我们管")
    assert [fault.field for fault in caught.value.faults] == ["duty_item"]
    move(cast, "handler", number, "return", 1, reason="不归我们管", duty_item="B-9")
    assert Leg.objects.get(matter=number).duty == "B-9"


def test_a_ruled_dispute_is_counted_and_the_third_proposes_a_change(cast: Cast, whistle: Any) -> None:
    appoint(cast, "ruler", HOME, "supervisor")
    lists(cast)
    outcomes = []
    for n, action in enumerate(("uphold", "send_back", "uphold")):
        number = whistle()
        move(cast, "handler", number, "return", 1, reason="不归我们管", duty_item="B-9")
        move(cast, "secretary", number, "dispute", 2, reason="归他们管")
        move(cast, "ruler", number, action, 3, reason="看过清单")
        outcomes.append(Fact.objects.filter(kind="duty.disputed").count())
        assert len(changes_within(NOW.date(), [HOME])) == (n == 2)
    assert outcomes == [1, 2, 3]
