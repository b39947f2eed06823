"""N13: a proposal. Somebody takes it, each step is told to the one who made it, "under way" is asked again when its day
comes until it ends, she rates what came of it. To the unit that handles it she may stay unnamed; there is no field for a
circle, a party or an attitude.
"""

import json
from typing import Any

from tests.support.opening import notices, propose
from tests.support.town import OFFICE, A, at, words

TITLE = "给老楼装智能水表"
TEXT = "一家漏水全楼停水，装了表就知道哪里漏。"


def made(town: Any, **body: Any) -> tuple[Any, str]:
    return propose(town, **{"org": A, "title": TITLE, "text": TEXT, **body})


def test_somebody_takes_it_and_each_step_is_told(town: Any) -> None:
    with at("11-23 09:00"):
        phone, number = made(town, contact={"name": "方工", "phone": "13900001234"})
        read = phone.own(number)
        assert f"您的建议已经登记，编号 {number}，交给甲社区" in read
        assert "等它收到" in read
        town.do("secretary", number, "hand_over", org=OFFICE, reason="水表改造归区住建委")
        assert "您的建议转给区住建委：水表改造归区住建委" in phone.own(number)
    with at("11-24 09:00"):
        town.do("handler", number, "report_in")
        assert "区住建委接下了您的建议，2027年1月4日" in phone.own(number)
        town.do("handler", number, "note", text="正在问自来水公司报价。")
        assert "区住建委告诉您：正在问自来水公司报价。" in phone.own(number)
    with at("11-26 09:00"):
        # Only an answer, or a plan with a day: "under way" without one is not taken.
        town.do("handler", number, "under_way", expect=422, text="先装两栋试试。")
        town.do("handler", number, "under_way", text="先装两栋试试。", until="2027-01-20")
        read = phone.own(number)
        assert "区住建委采纳了，正在办：先装两栋试试。" in read
        assert "1月20日" in read


def test_under_way_is_asked_again_until_it_ends(town: Any) -> None:
    with at("11-23 09:00"):
        phone, number = made(town)
        town.do("secretary", number, "report_in")
        town.do("secretary", number, "under_way", text="春节前开工。", until="2026-12-10")
        town.work()
        # What is adopted is not ended: nobody is asked whether she is content.
        assert not {"confirm", "rate"} & phone.offers(number)
    with at("12-11 09:00"):
        town.work()
        read = phone.own(number)
        assert "说好的日子到了，又问了甲社区" in read
        assert TITLE in town.todo("secretary")
        assert number in notices(town, "secretary")
        town.do("secretary", number, "under_way", text="材料到了，下月装。", until="2026-12-30")
    with at("12-31 09:00"):
        town.work()
        assert phone.own(number).count("又问了甲社区") == 2
        read = town.do("secretary", number, "answer", claim="solved", result="两栋都装好了。")
        assert "已答复" in read
    with at("12-31 18:00"):
        read = phone.own(number)
        assert "甲社区答复：两栋都装好了。（解决了）" in read
        assert "您说：解决了" in phone.do(number, "confirm", answer="solved")
        assert "谢谢您打分" in phone.do(number, "rate", stars="5")
        assert "星" not in town.matter("secretary", number)
        assert "rate" not in str(town.office("secretary").see(number)["facts"])


def test_the_three_other_classes_and_silence(town: Any) -> None:
    with at("11-23 09:00"):
        no, kept = made(town), made(town)
        for _phone, number in (no, kept):
            town.do("secretary", number, "report_in")
        town.do("secretary", no[1], "cannot", reason="管道井太窄，表装不进去。")
        town.do("secretary", kept[1], "answer", claim="reference", result="留作明年计划的参考。")
        assert "甲社区答复不可行，原因是：管道井太窄，表装不进去。" in no[0].own(no[1])
        assert "（留作参考）" in kept[0].own(kept[1])
        # Not content: the same number, a new round.
        no[0].do(no[1], "confirm", answer="not", text="隔壁楼就装了。")
        assert "这条建议再办，还是编号" in no[0].do(no[1], "reopen", text="请到隔壁楼看看。")
    with at("12-09 09:00"):
        town.work()
        read = kept[0].own(kept[1])
        assert "没有回音" in read
        assert "不算满意" in read


def test_the_handling_unit_may_not_learn_who_it_was(town: Any) -> None:
    with at("11-23 09:00"):
        secret = {"name": "方静远", "phone": "13900004321"}
        phone, number = made(town, contact=secret, fields={"anonymous": True}, text="我的电话 13900004321。")
        town.do("secretary", number, "report_in")
        page = town.matter("secretary", number)
        assert "看联系方式" not in page
        assert "13900004321" not in page
        desk = town.desk("secretary")
        asked = desk.post(f"/desk/matters/{number}/contact/", {"purpose": "handle"})
        assert asked.status_code == 403
        for told in (
            words(asked),
            str(town.office("secretary").see(number)),
            town.search("secretary", number),
        ):
            assert "方静远" not in told
            assert "13900004321" not in told
        # She is answered all the same.
        town.do("secretary", number, "answer", claim="reference", result="记下了。")
        assert "记下了。" in phone.own(number)
        # Who did not ask for it can be reached, and sees who looked.
        named, other = made(town, contact=secret)
        town.do("secretary", other, "report_in")
        assert "方静远" in words(desk.post(f"/desk/matters/{other}/contact/", {"purpose": "handle"}))
        assert named


def test_there_is_no_field_for_a_circle(town: Any) -> None:
    with at("11-23 09:00"):
        body = {"procedure": "proposal", "org": A, "kind": "", "text": TEXT, "title": TITLE}
        phone = town.phone()
        for name in ("circle", "party", "religion", "ethnicity", "attitude"):
            answer = phone.browser.post(
                "/api/v1/matters/",
                json.dumps({**body, "fields": {"source": "web", "anonymous": False, name: "x"}}),
                content_type="application/json",
                headers={"Idempotency-Key": f"circle-{name}"},
            )
            assert answer.status_code == 422, name
            assert name in answer.content.decode()
