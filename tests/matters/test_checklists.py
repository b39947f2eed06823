"""Lists that a district brings in: who may, what they may say, whom they reach, and that they follow from the ledger."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from tests.support.town import DISTRICT, OTHER_STREET, POSTS, STREET, A, B, local, town

__all__ = ["town"]


def act_of(town: Any, who: str, key: str) -> Any:
    from baodao.kernel.act import Act
    from baodao.orgs.selectors import grants_of

    now, post = local("11-23 09:00"), f"p-{who}"
    return Act(
        kind="person",
        person=town.uids[who],
        post=post,
        grants=grants_of(post, *POSTS[who], now.date()),
        happened=now,
        noted=now,
        command=key,
    )


def item(org: str, title: str = "路灯都亮", **more: str) -> Any:
    from baodao.matters.checklists.ruling import NewItem

    given = {"procedure": "round", "list": "market", "trade": "power", **more}
    return NewItem(org=org, title=title, **given)


def lists_at(org: str) -> list[str]:
    from baodao.kernel import epochs
    from baodao.matters.versions import in_force

    epochs.refresh(0)
    return [one.title for one in in_force(org, "round").procedure.checklist("market").items]


def test_who_may_and_whom_it_reaches(town: Any) -> None:
    from baodao.kernel.errors import Refused
    from baodao.matters.checklists.services import end_list, register_items
    from baodao.matters.versions import in_force

    example = lists_at(A)
    for who, org in (
        ("outsider", STREET),
        ("secretary", A),
        ("sibling", A),
        ("superior", DISTRICT),
        ("superior", A),
        ("handler", STREET),
        ("auditor", STREET),
    ):
        with pytest.raises(Refused):
            register_items(act_of(town, who, f"no-{who}-{org}"), items=[item(org)])
    register_items(act_of(town, "supervisor", "yes-1"), items=[item(DISTRICT, "消火栓有水")])
    assert lists_at(A) == lists_at(OTHER_STREET) == ["消火栓有水"]
    # The nearest list holds, whole: the street's own for it and below, the district's elsewhere.
    register_items(act_of(town, "superior", "yes-2"), items=[item(STREET), item(STREET, "地面干净")])
    assert lists_at(A) == lists_at(B) == ["路灯都亮", "地面干净"]
    assert lists_at(OTHER_STREET) == ["消火栓有水"]
    assert in_force(A, "round").digest != in_force(OTHER_STREET, "round").digest
    # Other kinds of place keep the pack's example; other procedures are untouched.
    assert in_force(A, "round").procedure.checklist("compound").items
    end_list(act_of(town, "superior", "yes-3"), org=STREET, procedure="round", list="market")
    assert lists_at(A) == ["消火栓有水"]
    with pytest.raises(Refused):
        end_list(act_of(town, "outsider", "no-end"), org=DISTRICT, procedure="round", list="market")
    end_list(act_of(town, "supervisor", "yes-4"), org=DISTRICT, procedure="round", list="market")
    assert lists_at(A) == example


def test_what_an_item_may_not_say(town: Any) -> None:
    from baodao.kernel.errors import Invalid
    from baodao.matters.checklists.services import register_items

    wrong = {
        "title": item(STREET, "有没有刑满释放人员"),
        "list": item(STREET, list="mars"),
        "trade": item(STREET, trade="stars"),
        "grade": item(STREET, grade="awful"),
        "unit": item(STREET, unit="nobody"),
        "item": item(STREET, item="No Code"),
        "procedure": item(STREET, procedure="request"),
    }
    for n, (field, one) in enumerate(wrong.items()):
        with pytest.raises(Invalid) as caught:
            register_items(act_of(town, "superior", f"wrong-{n}"), items=[one])
        assert [fault.field for fault in caught.value.faults] == [f"items[0].{field}"]
    with pytest.raises(Invalid) as caught:
        register_items(act_of(town, "superior", "twice"), items=[item(STREET), item(STREET)])
    assert "写了两次" in caught.value.faults[0].reason


def test_they_follow_from_the_ledger_and_go_back_with_their_batch(town: Any) -> None:
    from msgspec.structs import replace

    from baodao.ledger.caches import dump
    from baodao.matters.checklists.caches import check
    from baodao.matters.checklists.services import register_items

    example, by = lists_at(A), act_of(town, "superior", "batch-1")
    register_items(
        replace(by, origin="import", batch="sheet-1"), items=[item(STREET), item(STREET, "地面干净")]
    )
    # The same again leaves no fact; told otherwise it keeps its place.
    assert register_items(replace(by, command="batch-2"), items=[item(STREET)]) == 0
    before = list(dump(with_caches=True))
    assert any("路灯都亮" in line for line in before)
    call_command("rebuild", verbosity=0, stdout=io.StringIO())
    assert list(dump(with_caches=True)) == before
    assert list(check()) == []
    call_command("takeback", "sheet-1", stdout=io.StringIO())
    assert lists_at(A) == example
    assert list(check()) == []
