"""W08: a recommendation is sent, copied and answered by a date; a duty chain shows its missing link."""

from typing import Any

from tests.support.ledgers import begin, entries, ledger, under
from tests.support.town import OFFICE, A, at
from tests.support.whistles import LAMPS, WATER


def test_a_recommendation_is_copied_and_answered_by_a_date(square: Any) -> None:
    with at("11-23 09:00"):
        first, second = (
            begin(
                square,
                "superior",
                "recommendation",
                title="完善路灯巡检",
                text="夜间巡检没有记录。",
                org=LAMPS,
            )
            for _n in range(2)
        )
        square.do("superior", first, "copy", org=WATER)
        square.do("water", first, "report_in", leg=2)
        read = square.do("lamps", first, "reply", claim="part", result="巡检系统明年上线，先用纸。")
        assert "区城管局答复：巡检系统明年上线，先用纸。（部分采纳）" in read
        # No clock runs while the answer waits to be read: nothing is late, and the list says so.
        listed = square.desk("superior").get("/desk/").content.decode().partition(first)[2]
        listed = listed.partition("</tr>")[0]
        assert "没有期限" in listed and "已超" not in listed
        # Paper prints the exact moment behind a day: there is none, and the words are not said twice.
        assert listed.count("没有期限") == 1
        # Who only got the copy does not answer.
        assert "reply" not in square.office("water").offers(first)
        assert "收到答复，结束" in square.do("superior", first, "close")
    with at("12-22 09:00"):
        square.work()
        read = square.matter("superior", second)
        assert "区城管局没有按时签收" in read
        assert "到期没有答复，如实记下" in read


def test_a_duty_chain_shows_its_missing_link(square: Any) -> None:
    with at("11-23 09:00"):
        number = begin(square, "superior", "duty_chain", title="夜间路灯", text="谁巡、谁修、谁负责。")
        square.do("superior", number, "name_does", org=LAMPS)
        square.do("superior", number, "name_knows", org=A)
        square.do("lamps", number, "sign", leg=1)
        square.do("secretary", number, "sign", leg=2)
        assert "还缺：谁负责" in square.matter("superior", number)
        square.do("superior", number, "name_answers", org=OFFICE)
        assert "还有单位没有办结" in square.matter("superior", number)
        square.do("handler", number, "sign", leg=3)
        assert "知情、去做、负责都有单位了。" in square.do("superior", number, "confirm_chain")


def test_all_duties_stand_in_one_list_with_the_link_that_is_missing(square: Any) -> None:
    under("weibin")
    with at("11-23 09:00"):
        book = begin(square, "superior", "campaign", kind="duties", title="四个清单", text="各单位的职责。")
        square.do("superior", book, "plan", plan="逐项梳理。", until="2027-03-31")
        made = [
            begin(square, "superior", "duty_chain", about=book, title=title, text="……")
            for title in ("夜间路灯", "排水", "市容")
        ]
        for number, links in zip(made, (("does", "knows"), ("does", "knows", "answers"), ()), strict=True):
            for link, org in zip(links, (LAMPS, A, OFFICE), strict=False):
                square.do("superior", number, f"name_{link}", org=org)
        read = ledger(square, "superior", book)
        assert entries(square, "superior", book) == sorted(made)
        assert "还缺：谁负责 1" in read and "还缺：谁知情、谁去做、谁负责 1" in read, read
        # The one that has all three waits for its units.
        assert "待确认 1" in read
