"""W13: a residents' meeting collects opinions. Each opinion becomes a proposal with a number and an answer of its own; of
those who came a head count is kept, never a list.

The page that enters a whole meeting at once is walked in tests/matters/test_whistle_desk.py. Waits for another room: the
meeting itself with time, seats and presence (Gatherings).
"""

from typing import Any

from tests.support.opening import send
from tests.support.town import A, at, words

OPINIONS = {
    "楼道里太暗": "三楼以上没有灯。",
    "菜市场收摊太早": "下班去买不到菜。",
    "儿童滑梯坏了": "底下裂了一条缝。",
}


def collected(town: Any) -> dict[str, tuple[str, str]]:
    """The secretary enters what was said, one after the other; title → number and code."""
    desk = town.office("secretary")
    found = {}
    for title, text in OPINIONS.items():
        body = {"title": title, "text": text, "fields": {"source": "meeting", "anonymous": False}}
        slip = send(desk.browser, procedure="proposal", org=A, **body)
        found[title] = (slip["number"], slip["code"])
    return found


def test_each_opinion_becomes_a_proposal_with_an_answer(town: Any) -> None:
    with at("11-23 20:00"):
        numbers = collected(town)
        assert len({number for number, _code in numbers.values()}) == len(OPINIONS)
        for title, (number, _code) in numbers.items():
            assert title in town.todo("secretary")
            read = town.matter("secretary", number)
            assert "代为反映" in read
            # Nobody of another community reads what was said here.
            assert town.opens("sibling", number) == 404
    with at("11-24 09:00"):
        for number, _code in numbers.values():
            town.do("secretary", number, "report_in")
        dark, market, slide = (numbers[title][0] for title in OPINIONS)
        town.do("secretary", dark, "answer", claim="solved", result="三到六楼都换了灯。")
        town.do("secretary", market, "cannot", reason="摊位合同写明六点收，改不了。")
        town.do("secretary", slide, "under_way", text="配件已订。", until="2026-12-01")
    with at("11-24 18:00"):
        # Whoever said it follows it with the slip that she was given, and says whether it is solved.
        told = {
            "楼道里太暗": "甲社区答复：三到六楼都换了灯。（解决了）",
            "菜市场收摊太早": "甲社区答复不可行，原因是：摊位合同写明六点收，改不了。",
            "儿童滑梯坏了": "甲社区采纳了，正在办：配件已订。",
        }
        for title, (number, code) in numbers.items():
            phone = town.phone()
            phone.look(number, code)
            phone.codes[number] = code
            assert told[title] in phone.own(number)
            if title == "楼道里太暗":
                assert "您说：解决了" in phone.do(number, "confirm", answer="solved")
    with at("12-02 09:00"):
        # None ends without an answer: what is under way is asked about on its day.
        town.work()
        assert "说好的日子到了" in words(town.desk("secretary").get(f"/desk/matters/{slide}/"))
        assert "儿童滑梯坏了" in town.todo("secretary")
        assert "菜市场收摊太早" not in town.todo("secretary")


def test_a_meeting_leaves_no_list_of_those_who_came(town: Any) -> None:
    with at("11-23 20:00"):
        number, _code = collected(town)["楼道里太暗"]
        told = town.office("secretary").see(number)
        said = {name for fact in told["facts"] for name in (*fact["fields"], *fact["texts"])}
        assert not said & {"name", "names", "attendees", "participants", "persons", "list"}
        for name in ("attendees", "participants", "names"):
            fields = {"source": "meeting", "anonymous": False, name: "张三、李四"}
            body = {"procedure": "proposal", "org": A, "title": "灯", "text": "暗", "fields": fields}
            problem = send(town.office("secretary").browser, expect=422, **body)
            assert name in str(problem["faults"])
