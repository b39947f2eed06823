"""F06: violence at home. From the first keystroke only those who handle it can know; only a ruling changes that."""

import re
from typing import Any

import pytest

from tests.support.town import at, words

TEXT = "他昨晚又打我，孩子躲在床下。"
WORD = "躲在床下"


def report(town: Any, **typed: Any) -> tuple[Any, str]:
    phone = town.phone()
    return phone, phone.report(**{"kind": "domestic_violence", "text": TEXT, **typed})


def test_the_form_says_so_before_a_word_is_written(town: Any) -> None:
    with at("11-23 09:00"):
        browser = town.phone().browser
        page = browser.get("/report/").content.decode()
        # 110 first, then the kind, then the text.
        assert (
            page.index('href="tel:110"') < page.index('value="domestic_violence"') < page.index('name="text"')
        )
        assert "这类事只有经办的人能看到" in words(page)
        seen = browser.post(
            "/report/", {"do": "preview", "kind": "domestic_violence", "place": "500102001001"}
        )
        assert "看不到，只知道有一件事在办" in words(seen)


@pytest.mark.parametrize(
    "typed",
    [
        {"kind": "domestic_violence", "text": TEXT},
        # A mild kind does not open what the words close.
        {"kind": "noise", "text": f"楼上每晚打孩子，哭声不断。{WORD}"},
    ],
)
def test_nobody_above_or_beside_sees_it(town: Any, typed: dict[str, str]) -> None:
    with at("11-23 09:00"):
        phone, number = report(town, **typed)
        assert "只有经办的人（甲社区）能看到内容和照片。它的上级和受理窗口看不到。" in phone.own(number)
        handler = town.office("secretary")
        assert number in handler.numbers()
        assert WORD in str(handler.see(number))
        handler.do(number, "report_in")
        assert WORD in str(handler.see(number))
        for other in ("superior", "sibling", "supervisor", "auditor", "ruler", "clerk", "outsider", "head"):
            desk = town.desk(other)
            assert number not in town.todo(other), other
            found = town.search(other, WORD[:4])
            assert number not in found, other
            assert "没有找到" in found, other
            assert number not in town.search(other, number), other
            assert town.opens(other, number) == 404, other
            # A number that was never given answers the same: whether there is such a matter is not told.
            hidden, never = (words(desk.get(f"/desk/matters/{n}/")) for n in (number, "FL-2026-999999"))
            assert hidden == never, other
        # Not even the handler finds it by its words: there is no search row.
        assert number in town.todo("secretary")
        assert town.opens("secretary", number) == 200
        assert "没有找到" in town.search("secretary", WORD[:4])


def test_only_a_ruling_lowers_it(town: Any) -> None:
    with at("11-23 09:00"):
        phone, number = report(town)
        handler = town.office("secretary")
        handler.do(number, "report_in")
        assert "lower_level" not in handler.offers(number)
        handler.do(number, "lower_level", expect=403, level="1", reason="方便协调")
        # "Restrict" is no way around: it never lowers.
        handler.do(number, "raise_level", expect=409, level="1", reason="方便协调")
        handler.see(number)
    with at("11-24 09:00"):
        # The handler puts it before the ruler, who is the one who may see it then.
        handler.do(number, "hand_over", org="500102", post="p-ruler", reason="请裁定知情范围")
        handler.see(number, expect=404)
        assert number in town.todo("ruler")
        assert number not in town.todo("superior")
        read = town.do("ruler", number, "lower_level", level="1", reason="当事人同意街道协调临时住处。")
        assert "放宽知情范围" in read
        assert "知情范围放宽了，理由：当事人同意街道协调临时住处。" in phone.own(number)
        town.do("ruler", number, "hand_over", org="500102001001", reason="裁定完毕，请继续办理")
    with at("11-24 10:00"):
        # Now, and only now, the district's supervisor reads it, and the search finds it.
        assert town.opens("supervisor", number) == 200
        assert number in town.search("supervisor", WORD)
        assert town.opens("outsider", number) == 404
        assert "没有找到" in town.search("outsider", WORD)


def test_contact_opens_for_a_purpose_that_fits_and_none_is_chosen_beforehand(town: Any) -> None:
    with at("11-23 09:00"):
        number = town.phone("resident").report(text="屋顶漏水。", kind="housing", phone="13800001111")
        desk = town.desk("secretary")
        page = desk.get(f"/desk/matters/{number}/").content.decode()
        offered = re.search(r'<select[^>]*name="purpose".*?</select>', page, re.S)
        assert offered
        assert re.findall(r'value="(\w*)"( selected)?', offered[0]) == [
            (one, "") for one in ("", "handle", "reply", "safety", "review", "correct")
        ]
        refused = desk.post(f"/desk/matters/{number}/contact/", {"purpose": ""})
        assert "没有说明用途" in words(refused)
        assert "13800001111" not in words(refused)
        opened = desk.post(f"/desk/matters/{number}/contact/", {"purpose": "safety"})
        assert "13800001111" in words(opened)
