"""One door: what is to be done and what could be better begin on the same page and keep one number; a proposal keeps its
author from those who handle it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from baodao.kernel.errors import Refused
from baodao.matters.models import Leg, Matter
from baodao.matters.policies import CONTACT_UNNAMED, contact_right, subject_of
from baodao.matters.selectors import see
from baodao.matters.services import act
from baodao.people.services.reading import read_identity

from .conftest import A, Cast
from .test_portal import _command, _now, _number, _report

PHONE = "13800138111"


def propose(client: Client, **typed: str) -> Any:
    first = client.get("/report/?as=proposal")
    assert 'name="kind"' not in first.content.decode()
    data = {
        "command": _command(first),
        "do": "send",
        "door": "proposal",
        "title": "东门加一盏路灯",
        "text": "晚上看不见台阶，电话 13800138222。",
        "place": A,
        **typed,
    }
    return client.post("/report/", data)


def test_a_proposal_begins_at_the_same_door(cast: Cast, client: Client) -> None:
    assert 'value="proposal"' in client.get("/report/").content.decode()
    number = _number(propose(client))
    row = Matter.objects.get(number=number)
    assert (row.procedure, row.stage, row.org) == ("proposal", "taken", A)
    page = client.get(f"/requests/{number}/").content.decode()
    assert "您的建议已经登记" in page
    assert "东门加一盏路灯" in page
    assert "不让主办单位知道" not in page


def test_going_to_the_other_door_loses_nothing(cast: Cast, client: Client) -> None:
    first = client.get("/report/")
    typed = {
        "command": _command(first),
        "to": "proposal",
        "do": "",
        "kind": "road",
        "text": "还没写完",
        "phone": PHONE,
    }
    page = client.post("/report/", {**typed, "place": A}).content.decode()
    for kept in ("还没写完", PHONE, f'name="place" value="{A}"', 'name="door" value="proposal"'):
        assert kept in page
    assert not Matter.objects.exists()


def test_says_what_a_proposal_misses(cast: Cast, client: Client) -> None:
    answer = propose(client, title="", anonymous="yes")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'href="#f-title"' in page
    assert 'name="anonymous" value="yes" checked' in page
    assert "只有区级督办员" in propose(client, do="preview", anonymous="yes", phone=PHONE).content.decode()


@pytest.mark.parametrize(
    "who", ["worker", "secretary", "sibling", "superior", "clerk", "handler", "stranger"]
)
def test_whoever_asked_not_to_be_named_is_opened_by_nobody_who_handles(
    cast: Cast, client: Client, who: str
) -> None:
    number = _number(propose(client, anonymous="yes", phone=PHONE, name="张女士"))
    now = _now()
    act(cast.by("secretary", now), number=number, action="report_in", fields={})
    seen = see(cast.by("secretary", now), number)
    assert contact_right(seen.state) == CONTACT_UNNAMED
    assert "13800138222" not in str(seen.texts)
    with pytest.raises(Refused):
        read_identity(
            cast.by(who, now, purpose="handle"),
            seen.state.reporters,
            ("phone",),
            subject_of(seen.state),
            right=contact_right(seen.state),
        )


def test_who_is_named_otherwise_is_reached_as_ever(cast: Cast, client: Client) -> None:
    number = _number(propose(client, phone=PHONE))
    now = _now()
    act(cast.by("secretary", now), number=number, action="report_in", fields={})
    seen = see(cast.by("secretary", now), number)
    assert "13800138222" in str(seen.texts)
    opened = read_identity(
        cast.by("secretary", now, purpose="handle"),
        seen.state.reporters,
        ("phone", "contact_phone"),
        subject_of(seen.state),
        right=contact_right(seen.state),
    )
    assert "138" in str(opened.of)


def test_her_own_page_says_that_she_is_not_named(cast: Cast, client: Client) -> None:
    number = _number(propose(client, anonymous="yes", phone=PHONE))
    page = client.get(f"/requests/{number}/").content.decode()
    assert "您选择了不让主办单位知道是谁提的" in page
    assert "看不到您是谁" in page


def test_the_number_stays_whatever_the_community_chooses(cast: Cast, client: Client) -> None:
    """A report becomes a proposal; another becomes a whistle of two units: each keeps number and thread."""
    number = _number(_report(client, kind="road"))
    act(cast.by("secretary", _now()), number=number, action="to_proposal", fields={"reason": "想加一盏灯"})
    page = client.get(f"/requests/{number}/").content.decode()
    assert "您提的是建议，按建言办理" in page
    assert f"还是编号 {number}" in page
    other = _number(_report(client, kind="road"))
    fields = {"org": "zjw", "reason": "要挖路"}
    act(cast.by("secretary", _now()), number=other, action="to_whistle", fields=fields)
    page = client.get(f"/requests/{other}/").content.decode()
    assert f"还是编号 {other}" in page
    assert "各单位办到哪一步" in page
    assert "已经交给名zjw，等它收到" in page  # of one unit nobody counts how many came
    act(cast.by("handler", _now()), number=other, action="report_in", fields={"plan": "明早来挖"}, leg=2)
    page = client.get(f"/requests/{other}/").content.decode()
    for words in ("名zjw收到了，正在办", "明早来挖", "名zjw：办结时限"):
        assert words in page
    assert Leg.objects.filter(matter=other).count() == 2


def test_ones_own_list_says_how_many_units_are_at_it(cast: Cast, client: Client) -> None:
    from baodao.matters.models import Matter as Row
    from baodao.matters.portal.look import _rows

    number = _number(_report(client, kind="road"))
    act(
        cast.by("secretary", _now()),
        number=number,
        action="to_whistle",
        fields={"org": "zjw", "reason": "挖路"},
    )
    row = _rows(cast.by("resident", _now()), [Row.objects.get(number=number)])[0]
    assert (row.holder, row.tone, row.due_words) == ("1 个单位在办", "", "下一个日子")
    assert row.due is not None
    act(cast.by("handler", _now()), number=number, action="report_in", fields={}, leg=2)
    row = _rows(cast.by("resident", _now()), [Row.objects.get(number=number)])[0]
    assert row.tone == "way"
