"""D14 (Y09, Y16 by their own tests): a firm says it once, several units work on it at once, the firm says of each how it was; one
unit's silence is its own. A chain leader lists ten posts and the talent office answers with whom it found; a branch that finds a
hospital to test a firm's device is a kind of answer.

The firm signs in itself, begins it on the portal, reads each step and says of each unit how it was; it has no name until it gives one.
"""

import re
from typing import Any

from tests.support.gather import press, publish
from tests.support.ledgers import begin, under
from tests.support.town import GRID_A, OFFICE, at, words
from tests.support.whistles import LAMPS, WATER


def calls(*orgs: str) -> dict[str, str]:
    rows = {f"calls.{n}.org": org for n, org in enumerate(orgs)}
    return {"rows": str(len(orgs)), "calls.0.role": "lead", **rows}


def test_a_firm_says_it_once_and_says_of_each_how_it_was(square: Any) -> None:
    with at("11-23 09:00"):
        form = {
            "kind": "licence",
            "title": "新店开业",
            "text": "招牌、用水、住建手续一起办。",
            "firm": "某餐饮公司",
        }
        number = begin(square, "superior", "enterprise", **form, **calls(LAMPS, WATER, OFFICE))
        for n, who in enumerate(("lamps", "water"), 1):
            square.do(who, number, "report_in", leg=n)
            square.do(who, number, "answer", leg=n, claim="solved", result="办好了。")
            # The unit does not speak for the firm.
            assert "rate" not in square.office(who).offers(number)
        assert "企业说区城管局：好。" in square.do("superior", number, "rate", leg=1, verdict="good")
        assert "企业说区水务局：不好。" in square.do("superior", number, "rate", leg=2, verdict="poor")
    with at("12-22 09:00"):
        square.work()
        # One unit's silence is its own.
        assert square.states(number) == {1: "ruled", 2: "ruled", 3: "ruled"}
        assert "区住建委到最后期限也没有答复" in square.matter("superior", number)
        square.do("superior", number, "close", outcome="partly")


def test_ten_posts_are_answered_and_a_hospital_found_is_an_answer(square: Any) -> None:
    with at("11-23 09:00"):
        posts = begin(
            square, "superior", "enterprise", kind="hiring", title="产业链缺焊工", text="链主列了十个岗位。",
            firm="某装备公司", wanted="10", **calls(LAMPS),
        )  # fmt: skip
        assert "要几个（岗位、名额；没有不填） 10" in square.matter("lamps", posts)
        square.do("lamps", posts, "report_in")
        square.do(
            "lamps", posts, "answer", expect=422, claim="matched", found="很多", result="人才名单上有。"
        )
        read = square.do(
            "lamps", posts, "answer", claim="matched", found="7", result="人才名单上七个人愿意谈。"
        )
        assert "区城管局答复：人才名单上七个人愿意谈。（牵上线了（找到了人、医院、伙伴））" in read
        assert "对接上几个 7" in read
        device = begin(
            square,
            "superior",
            "enterprise",
            kind="other",
            title="试用康复床",
            text="想找一家医院试用。",
            **calls(WATER),
        )
        square.do("water", device, "report_in")
        assert "牵上线了" in square.do(
            "water", device, "answer", claim="matched", result="区医院党支部牵线，下周试用。"
        )
        # The firm's own word ends it, and nobody outside reads it.
        assert "企业说区水务局：好。" in square.do("superior", device, "rate", leg=1, verdict="good")
        for who in ("sibling", "outsider"):
            assert square.opens(who, device) == 404, who


def test_what_is_said_in_the_park_becomes_suggestions_with_answers(town: Any) -> None:
    """建桥同心园: heads are counted, nobody is asked which circle she is of; each suggestion has its number and its answer."""
    under("dadukou")
    with at("11-23 09:00"):
        day = {"day": "2026-11-24", "from": "14:00", "to": "15:30"}
        code = publish(town.desk("secretary"), kind="tongxin", title="园区停车怎么办", **day)
        assert "不问是哪一界" in words(town.phone().browser.get(f"/gather/{code}/"))
    with at("11-24 16:00"):
        desk, there = town.desk("secretary"), f"/desk/gather/{code}/"
        assert "登记大家的意见" in press(desk, there, "hold", heads="27")
        form = re.search(r'href="(/desk/opinions/[^"]+)"', desk.get(there).content.decode())
        assert form and "circle" not in desk.get(form[1].replace("&amp;", "&")).content.decode()
        typed = {"command": "park-1", "held": "2026-11-24", "present": "27", "do": "send", "rows": "0"}
        sent = desk.post("/desk/opinions/", typed | {"paste": "1. 园区门口加一趟班车\n2. 食堂晚上也开"})
        numbers = re.findall(r'<dd class="bd-number">([^<]+)<', desk.get(sent["Location"]).content.decode())
        assert len(numbers) == 2
        town.do("secretary", numbers[0], "report_in")
        read = town.do("secretary", numbers[0], "answer", claim="solved", result="班车 11 月 30 日开。")
        assert "班车 11 月 30 日开。" in read
        assert town.opens("sibling", numbers[0]) == 404


def begin_online(town: Any, who: Any, name: str, about: str = "", expect: int = 303, **typed: Any) -> str:
    """Fill the portal's form and send it; gives the number (or the page)."""
    phone = town.phone(who) if isinstance(who, str) else who
    browser, there = phone.browser, f"/begin/{name}/" + (f"?about={about}" if about else "")
    first = browser.get(there)
    assert first.status_code == 200, words(first)
    hidden = re.findall(r'<input type="hidden" name="(command)" value="([^"]*)"', first.content.decode())
    for field in typed:
        assert f'name="{field}"' in first.content.decode(), f"{name} does not ask for {field}"
    answer = browser.post(there, {**dict(hidden), "do": "send", **typed})
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]).split("/")[2] if expect == 303 else words(answer)


def test_a_firm_signs_in_and_speaks_for_itself(square: Any) -> None:
    with at("11-23 09:00"):
        # The page lists what can be begun; without an account one is asked to sign in.
        nobody = square.phone().browser
        assert "企业服务" in words(nobody.get("/begin/"))
        assert nobody.get("/begin/enterprise/")["Location"].startswith("/sign-in/")
        assert nobody.get("/begin/campaign/").status_code == 404
        wrong = begin_online(
            square, "resident", "enterprise", expect=422, title="开业", text="一起办。", place=GRID_A
        )
        assert "请先选是什么事" in wrong
        number = begin_online(
            square,
            "resident",
            "enterprise",
            kind="licence",
            title="新店开业",
            text="招牌、用水一起办。",
            place=GRID_A,
        )
        firm = square.phone("resident")
        # Who has no name until it gives one by an act of its own is not asked for it here; what is sent all the same goes nowhere.
        form = firm.browser.get("/begin/enterprise/").content.decode()
        assert 'name="text"' in form and 'name="firm"' not in form
        sent = {
            "do": "send",
            "command": "own-1",
            "kind": "licence",
            "title": "二店",
            "text": "也一起办。",
            "place": GRID_A,
        }
        answer = firm.browser.post("/begin/enterprise/", {**sent, "firm": "某餐饮公司"})
        other = str(answer["Location"]).split("/")[2]
        assert "二店" in square.matter("secretary", other) and "某餐饮公司" not in square.matter(
            "secretary", other
        )
        assert "新店开业" in words(firm.browser.get("/mine/"))
        # The community has it first, and calls who is needed; nobody knows whose it is.
        read = square.matter("secretary", number)
        assert "招牌、用水一起办" in read
        square.do("secretary", number, "report_in")
        square.do("secretary", number, "call", org=LAMPS)
        assert square.opens("lamps", number) == 200
        square.do("lamps", number, "report_in", leg=2)
        square.do("lamps", number, "plan", leg=2, **{"plan.1.title": "看现场", "plan.1.by": "2026-11-25"})
        square.do("lamps", number, "reach", leg=2, which="1")
        # The firm reads each step, and answers by itself.
        read = firm.own(number)
        assert "区城管局做到了：看现场" in read
        assert "办的单位看不到您是谁" in read
        firm.do(number, "firm_on_step", step="seen")
        assert "企业说：看到了，做到了。" in square.matter("lamps", number)
        firm.do(number, "agree", firm="某餐饮公司")
        assert "企业自己报上名字：某餐饮公司" in square.matter("lamps", number)
        assert "办的单位看不到您是谁" not in firm.own(number)
        for n, who in ((1, "secretary"), (2, "lamps")):
            square.do(who, number, "answer", leg=n, claim="solved", result="办好了。")
        # Nobody speaks for it now, and it says of each how it was.
        assert "rate" not in square.office("secretary").offers(number)
        firm.do(number, "firm_says", verdict="good")
        firm.do(number, "firm_says", verdict="poor", note="慢")
        assert set(square.states(number).values()) == {"ruled"}
        # Another resident sees nothing of it.
        other = square.phone("neighbour").browser.get(f"/requests/{number}/")
        assert other.status_code in {302, 404}
