"""D14 (Y09, Y16 by their own tests): a firm says it once, several units work on it at once, the firm says of each how it was; one
unit's silence is its own. A chain leader lists ten posts and the talent office answers with whom it found; a branch that finds a
hospital to test a firm's device is a kind of answer.

Waits for other rooms: a firm's own account (staff enter what it says until then).
"""

from typing import Any

from tests.support.ledgers import begin
from tests.support.town import OFFICE, at
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
