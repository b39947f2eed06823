"""W13: a residents' meeting collects opinions. It is announced to everybody and held; each opinion becomes a proposal with a number and
an answer of its own; of those who came a head count is kept, never a list.

Waits for other rooms: nothing.
"""

import re
from typing import Any

from tests.support.districts import first_community
from tests.support.gather import press, publish
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


def test_a_meeting_is_announced_held_and_answered(districts: Any) -> None:
    """In Weibin's own words, from the notice to the answer on the slip that an old man took home."""
    community = first_community("weibin")
    with at("03-09 09:00"):
        posts = (
            ("secretary", community, "community_secretary"),
            ("street", community[:9], "department_head"),
        )
        districts.people({"secretary": "康书记", "street": "路主任"}, posts)
        desk = districts.desk("secretary")
        code = publish(
            desk, kind="opinions_meeting", title="老院子怎么改", day="2026-03-12", **{"from": "19:00"}, to="20:30",
            where="三号院葡萄架下",
        )  # fmt: skip
        notice = districts.phone().browser.get(f"/gather/{code}/")
        assert "老院子怎么改" in words(notice) and "三号院葡萄架下" in words(notice)
        assert "只数人数，不记名字" in words(notice) and 'value="join"' not in notice.content.decode()
        assert "老院子怎么改" in words(districts.phone().browser.get(f"/gather/?at={community}"))
        assert "登记大家的意见" not in words(desk.get(f"/desk/gather/{code}/"))
    with at("03-12 20:40"):
        desk = districts.desk("secretary")
        held = press(desk, f"/desk/gather/{code}/", "hold", heads="27")
        assert "27 人" in held and "登记大家的意见" in held
        page = desk.get(f"/desk/gather/{code}/").content.decode()
        there = re.search(r'href="(/desk/opinions/[^"]+)"', page)
        assert there
        form = desk.get(there[1].replace("&amp;", "&")).content.decode()
        # Neither the day nor the heads are asked twice.
        assert re.search(r'name="held"[^>]*value="2026-03-12"', form) and re.search(
            r'name="present"[^>]*value="27"', form
        )
        typed = {"command": "w13-1", "held": "2026-03-12", "present": "27", "do": "send", "rows": "0"}
        sent = desk.post("/desk/opinions/", typed | {"paste": "1. 葡萄架边装一盏灯\n2. 早点铺的油烟往二楼走"})
        assert sent.status_code == 303, words(sent)
        slips = desk.get(sent["Location"]).content.decode()
        numbers = re.findall(r'<dd class="bd-number">([^<]+)<', slips)
        codes = re.findall(r'<dd class="code">([^<]+)<', slips)
        assert len(numbers) == len(codes) == 2
        # The street reads how many came and nobody's name; there is no row of anybody.
        above = words(districts.desk("street").get(f"/desk/gather/{code}/"))
        assert "来了 27 人" in above and "登记大家的意见" not in above
    with at("03-13 09:00"):
        for number in numbers:
            districts.do("secretary", number, "report_in")
        districts.do("secretary", numbers[0], "answer", claim="solved", result="灯装好了，天黑自动亮。")
        phone = districts.phone()
        phone.look(numbers[0], codes[0])
        phone.codes[numbers[0]] = codes[0]
        assert "灯装好了，天黑自动亮。" in phone.own(numbers[0])
