"""D05: units that stand under nobody in common meet on a matter: date, units present and decision are recorded, every
member gets its task; answered, ruled on, closed.

Waits for another room: time and place of the meeting, seats, who was present by a sign-in (Gatherings). Here the meeting
is a stage of the matter, and presence is the word of each unit.
"""

import json
from typing import Any

import pytest

from tests.support.opening import confirm, notices, offered, send
from tests.support.town import OFFICE, STREET, A, B, at

MATTER = "老厂区门口停车难"


def consortium(town: Any) -> str:
    """The street founds it on the desk; the communities are its own, the bureau accepts for itself."""
    street = town.desk("superior")
    for who in ("head", "secretary"):
        town.desk(who)  # has signed in before: notices come to the inbox
    where = confirm(
        street,
        "/desk/alliances-new/?kind=consortium",
        kind="consortium",
        name="画街道城市基层党建共同体",
        seat=STREET,
        since="2026-11-01",
        member="甲社区\n乙社区\n区住建委",
    )
    # The bureau is told that it was asked; the street, that it came. Its own communities are not asked.
    town.work()
    assert "请本单位加入一个共同体" in notices(town, "head")
    assert "请本单位加入" not in notices(town, "secretary")
    confirm(town.desk("head"), f"{where}accept/?org={OFFICE}", org=OFFICE, day="2026-11-01")
    town.work()
    assert "区住建委加入了本单位牵头的共同体" in notices(town, "superior")
    return where.rstrip("/").rpartition("/")[2]


def convene(town: Any, code: str, **more: str) -> str:
    """The street's clerk calls all three members over a matter."""
    body = {
        "org": STREET,
        "title": MATTER,
        "text": "三家都沾边，谁也说了不算：腾地方、划线、劝导。",
        "fields": {"alliance": code},
        "behalf": False,
        "calls": [{"org": org, "role": "lead" if org == A else "co"} for org in (A, B, OFFICE)],
    }
    return str(send(town.office("clerk").browser, procedure="council", **body, **more)["number"])


def test_it_meets_decides_and_every_member_has_its_task(town: Any) -> None:
    with at("11-23 09:00"):
        code = consortium(town)
        refused(town, code)
        number = convene(town, code)
        # The page names the consortium, not its code.
        assert "画街道城市基层党建共同体" in town.matter("handler", number)
        # Who was called reads it, and is asked to come; who was not and stands above nobody who was, does not.
        for who in ("secretary", "sibling", "handler"):
            read = town.matter(who, number)
            assert MATTER in read
            assert "等开会" in read
            assert MATTER in town.todo(who)
        assert town.opens("outsider", number) == 404
        assert MATTER not in town.todo("outsider")
        # Nobody but the convener holds it, tasks and rules; a member only says that it came.
        assert {action for action, _leg in offered(town.desk("handler"), number)} == {"report_in"}
        for who, leg in (("secretary", 1), ("sibling", 2), ("handler", 3)):
            assert "到会了" in town.do(who, number, "report_in", leg=leg)
    with at("11-24 15:00"):
        read = town.do(
            "clerk",
            number,
            "hold",
            held="2026-11-24",
            present="3",
            decision="厂区腾二十个车位，住建委划线，两个社区排班劝导。",
        )
        assert "11月24日 周二 开了会，到会 3 个单位，决定：厂区腾二十个车位" in read
        tasks = {1: "排班劝导，周一到周五早高峰", 2: "排班劝导，周末", 3: "划二十个车位，立牌子"}
        for leg, text in tasks.items():
            read = town.do("clerk", number, "task", leg=leg, text=text, by="2026-12-11")
            assert text in read
        assert "没有任务" not in read
        # Twenty workdays each, from the day of the task.
        for who in ("secretary", "sibling", "handler"):
            town.work()
            assert "12月22日" in town.matter(who, number), who
        assert number in notices(town, "handler")
    with at("12-08 10:00"):
        answer(town, number)
    with at("12-08 16:00"):
        ruled(town, number)


def refused(town: Any, code: str) -> None:
    """Two that lead, and a consortium that nobody knows: each is told by its field, and nothing begins."""
    body = {
        "procedure": "council",
        "kind": "",
        "org": STREET,
        "text": "谁牵头？",
        "behalf": False,
        "calls": [{"org": A, "role": "lead"}, {"org": B, "role": "lead"}],
    }
    browser = town.office("clerk").browser
    assert "牵头的只能有一家" in json.dumps(send(browser, expect=422, **body), ensure_ascii=False)
    calls = [{"org": A}, {"org": B}]
    unknown = body | {"calls": calls, "fields": {"alliance": code + "x"}}
    assert "没有参加" in json.dumps(send(browser, expect=422, **unknown), ensure_ascii=False)


def test_a_council_may_be_about_another_matter(town: Any) -> None:
    """Both pages name each other; who may not see the one cannot begin another about it."""
    with at("11-23 09:00"):
        code = consortium(town)
        first = convene(town, code)
        form = town.desk("clerk").get(f"/desk/start/council/?about={first}").content.decode()
        assert f'href="/desk/matters/{first}/"' in form and 'name="about"' not in form
        number = convene(town, code, about=first)
        assert first in town.matter("clerk", number)
        assert number in town.matter("clerk", first)
        with pytest.raises(AssertionError, match="没有这件事，或它不对您开放"):
            convene(town, code, about="FL-2026-999999")


def answer(town: Any, number: str) -> None:
    """Each says what it did; who has not answered holds nobody else up."""
    assert "车位划好了" in town.do(
        "handler", number, "answer", leg=3, claim="solved", result="车位划好了，牌子立了。"
    )
    town.do("secretary", number, "answer", leg=1, claim="solved", result="排了班，天天有人。")
    # Nobody rules on the own work, nobody rules for the convener.
    assert not {action for action, _leg in offered(town.desk("secretary"), number)} & {
        "rule",
        "redo",
        "close",
    }
    town.office("secretary").do(number, "rule", expect=403, did="yes", verdict="solved")
    assert ("rule", 3) in offered(town.desk("clerk"), number)
    assert ("rule", 2) not in offered(town.desk("clerk"), number)
    assert "还有单位没有办结" in town.matter("clerk", number)
    town.do("sibling", number, "answer", leg=2, claim="partly", result="周六有人，周日没排上。")


def ruled(town: Any, number: str) -> None:
    """One by one; then the matter is closed with its outcome."""
    town.do("clerk", number, "rule", leg=1, did="yes", verdict="solved")
    town.do("clerk", number, "redo", leg=2, reason="周日也要有人")
    town.do("clerk", number, "rule", leg=3, did="yes", verdict="solved")
    read = town.matter("sibling", number)
    assert "请乙社区再办：周日也要有人" in read
    assert "召集单位认定区住建委：办理 是，结果 解决了。" in read
    assert "召集单位认定乙社区" not in read
    town.do("sibling", number, "answer", leg=2, claim="solved", result="周日也排上了。")
    town.do("clerk", number, "rule", leg=2, did="yes", verdict="solved")
    read = town.do("clerk", number, "close", outcome="solved", result="车位有了，早晚高峰有人管。")
    assert "这次议事结束：车位有了，早晚高峰有人管。" in read
    assert "已结束" in town.matter("handler", number)
    assert MATTER not in town.todo("sibling")


def test_a_member_that_does_nothing_is_told_on_and_ruled_absent_alone(town: Any) -> None:
    with at("11-23 09:00"):
        number = convene(town, consortium(town))
        town.do("secretary", number, "report_in", leg=1)
        town.do("clerk", number, "hold", held="2026-11-23", present="1", decision="各干各的。")
        for leg in (1, 3):
            town.do("clerk", number, "task", leg=leg, text="做一份")
        # There was nothing for the second community to do: it is let go, which is no fault.
        assert "这次没有乙社区的任务。" in town.do("clerk", number, "excuse", leg=2)
    with at("12-08 10:00"):
        town.do("secretary", number, "answer", leg=1, claim="solved", result="做了。")
        town.do("clerk", number, "rule", leg=1, did="yes", verdict="solved")
    with at("12-22 09:00"):
        town.work()
        assert "区住建委没有按时办结，已经告诉它的上级。" in town.matter("clerk", number)
    with at("12-30 09:00"):
        town.work()
        read = town.matter("clerk", number)
        assert "区住建委到最后期限也没有办，按缺席裁定。" in read
        assert "甲社区没有按时办结" not in read
        assert "结束" in town.do("clerk", number, "close", outcome="partly", result="一家没有办。")
