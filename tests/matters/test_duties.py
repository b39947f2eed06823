"""What a field of type `duty_item` may name: asked of the lists of the addressee and of its district."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel import epochs
from baodao.kernel.act import system_act
from baodao.kernel.errors import Invalid
from baodao.matters.declare import Action
from baodao.matters.duties import check_duty_items, duty_choices
from baodao.orgs.duties import NewDuty, NewList
from baodao.orgs.ruling import NewOrg
from baodao.orgs.services import adopt_duties, create_orgs
from tests.support.town import local

DAY = date(2026, 11, 20)
RETURN = Action(name="return", on="leg", records="leg_returned", fields={"duty_item": "duty_item"})
CALL = Action(name="call", records="leg_called", fields={"org": "org", "duty_item": "duty_item?"})
RULE = Action(name="rule", on="leg", records="leg_ruled", fields={"duty_item": "duty_item?"})
_keys = count(1)


@pytest.fixture
def lists(db: Any) -> Iterator[None]:
    def by() -> Any:
        return system_act(local("01-05 09:00"), f"duty-items-{next(_keys)}")

    epochs.forget()
    since = date(2024, 1, 1)
    orgs = [("990101", "district", "district", ""), ("zjw", "department", "bureau", "990101")]
    orgs += [("cgj", "department", "bureau", "990101"), ("empty", "department", "bureau", "990101")]
    create_orgs(
        by(), orgs=[NewOrg(code, f"名{code}", level, kind, since, up) for code, level, kind, up in orgs]
    )
    mine = [NewDuty("Z-1", "房屋", "basic"), NewDuty("Z-2", "噪声", "cooperating")]
    mine += [NewDuty("Z-3", "拆除", "taken_back"), NewDuty("S-1", "同号", "basic")]
    theirs = [NewDuty("C-1", "井盖", "basic"), NewDuty("S-1", "同号", "basic")]
    adopt_duties(by(), lists=[NewList("zjw", since, mine), NewList("cgj", date(2026, 6, 1), theirs)])
    yield
    epochs.forget()


def wrong(action: Action, item: str, org: str = "zjw", day: date = DAY) -> str:
    try:
        check_duty_items(action, {"duty_item": item}, org, day)
    except Invalid as invalid:
        return "".join(f"{fault.field}: {fault.reason}" for fault in invalid.faults)
    return ""


def test_a_refusal_cites_what_was_taken_back_or_what_is_another_offices(lists: None) -> None:
    assert not wrong(RETURN, "Z-3")
    assert not wrong(RETURN, "C-1")
    assert not wrong(RETURN, "cgj:C-1")
    assert "不能据此退回" in wrong(RETURN, "Z-1")
    assert "不能据此退回" in wrong(RETURN, "Z-2")
    assert "不能据此退回" in wrong(RETURN, "S-1")  # the own list goes before another's of the same code
    assert not wrong(RETURN, "cgj:S-1")
    assert "那一天没有哪份清单" in wrong(RETURN, "X-9")
    assert "那一天没有哪份清单" in wrong(RETURN, "cgj:Z-1")
    assert "那一天没有哪份清单" in wrong(RETURN, "C-1", day=date(2026, 5, 31))


def test_a_call_names_an_item_of_the_one_called(lists: None) -> None:
    for item in ("Z-1", "Z-2", "zjw:Z-1"):
        assert not wrong(CALL, item)
    with pytest.raises(Invalid):
        check_duty_items(CALL, {"duty_item": "Z-1", "org": "cgj"}, "zjw", DAY)
    assert "已经由上级收回" in wrong(CALL, "Z-3")
    assert "清单里没有这一项" in wrong(CALL, "C-1")
    assert "清单里没有这一项" in wrong(CALL, "Z-1", org="empty")


def test_a_ruling_names_any_item_and_an_empty_field_asks_nothing(lists: None) -> None:
    for item in ("Z-1", "Z-3", "C-1"):
        assert not wrong(RULE, item)
    with CaptureQueriesContext(connection) as queries:
        assert not wrong(CALL, "")
        check_duty_items(RULE, {}, "zjw", DAY)
    assert len(queries) == 0
    with CaptureQueriesContext(connection) as queries:
        assert not wrong(RETURN, "Z-3")
    assert len(queries) == 1


def test_a_unit_without_a_list_returns_by_a_reason_alone(lists: None) -> None:
    assert "有履职清单" in wrong(RETURN, "")
    assert not wrong(RETURN, "", org="empty")
    assert not wrong(RETURN, "", day=date(2023, 12, 31))


def test_every_choice_of_the_form_is_taken(lists: None) -> None:
    for action in (RETURN, CALL, RULE):
        with CaptureQueriesContext(connection) as queries:
            choices = duty_choices(action, "zjw", DAY)
        assert len(queries) <= 2
        assert choices
        assert not [code for code, _words in choices if wrong(action, code)]
    assert [code for code, _words in duty_choices(RETURN, "zjw", DAY)] == ["Z-3", "cgj:C-1", "cgj:S-1"]
    assert duty_choices(CALL, "empty", DAY) == []


@pytest.fixture
def taken_back(lists: None) -> None:
    """An imported list of the department `empty` came and went; `cgj` has an item of the same code."""
    from msgspec.structs import replace

    from baodao.ledger.services import takeback

    def by() -> Any:
        return system_act(local("02-05 09:00"), f"duty-back-{next(_keys)}")

    wrongly = [NewDuty("C-1", "井盖（错）", "basic"), NewDuty("E-1", "绿化", "basic")]
    batch = replace(by(), batch="duties-1", origin="import")
    adopt_duties(batch, lists=[NewList("empty", date(2026, 1, 1), wrongly)])
    assert not wrong(CALL, "E-1", org="empty")
    takeback(by(), batch="duties-1")


def test_what_was_taken_back_is_cited_by_nobody_and_not_taken_for_another_list(taken_back: None) -> None:
    for item in ("E-1", "empty:E-1"):
        for action in (RETURN, CALL, RULE):
            assert "名empty的清单撤回过" in wrong(action, item, org="empty")
    # A bare code meant the own list: it is not read as the item of another office that has the same code.
    for action in (RETURN, RULE):
        assert "名empty的清单撤回过" in wrong(action, "C-1", org="empty")
        assert not wrong(action, "cgj:C-1", org="empty")
    # Nothing hangs on it for those whose list stands.
    assert "那一天没有哪份清单" in wrong(RULE, "E-1")
    assert not wrong(RETURN, "C-1")


def test_a_call_out_of_a_form_names_no_item_of_a_list_that_was_taken_back(taken_back: None) -> None:
    from baodao.matters.duties import check_calls
    from baodao.matters.move import Called

    with pytest.raises(Invalid) as told:
        check_calls([Called(org="empty", duty="E-1"), Called(org="zjw", duty="Z-1")], DAY)
    assert [fault.field for fault in told.value.faults] == ["calls.0.duty"]
    assert "撤回过" in str(told.value.faults[0].reason)


def test_a_citation_that_was_made_stays_and_says_so(taken_back: None) -> None:
    """On the leg and in the story; a dispute over it counts against nobody's item."""
    from types import SimpleNamespace

    from baodao.matters.desk.legs import _duties
    from baodao.matters.duties import duty_words
    from baodao.matters.services.disputes import count_dispute

    legs: Any = [
        SimpleNamespace(n=1, org="empty", cited="", duty="C-1"),
        SimpleNamespace(n=2, org="zjw", duty="Z-1"),
    ]
    assert _duties(legs) == {1: "C-1（所引的清单已撤回）", 2: "Z-1 房屋"}
    assert duty_words("empty", "C-1", DAY) == "C-1（所引的清单已撤回）"
    assert duty_words("zjw", "empty:E-1", DAY) == "empty:E-1（所引的清单已撤回）"
    assert duty_words("zjw", "X-9", DAY) == "X-9"
    ruled = Action(
        name="rule", on="leg", records="leg_ruled", fields={"duty_item": "duty_item?"}, rules_return="upheld"
    )
    act = system_act(local("11-20 09:00"), "dispute")
    nothing: Any = None
    assert count_dispute(nothing, act, legs[0], ruled, "") == ""


def test_a_list_that_is_adopted_again_is_cited_again(taken_back: None) -> None:
    again = system_act(local("03-05 09:00"), f"duty-again-{next(_keys)}")
    adopt_duties(again, lists=[NewList("empty", date(2026, 3, 1), [NewDuty("E-1", "绿化", "basic")])])
    assert not wrong(CALL, "E-1", org="empty")
    assert "撤回过" in wrong(RULE, "C-1", org="empty")
