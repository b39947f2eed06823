"""F06: the resident says no; the same number begins a second round, and the first one stays."""

from typing import Any

from tests.support.town import at


def test_not_solved_and_reopened(town: Any) -> None:
    with at("11-23 09:00"):
        phone = town.phone()
        number = phone.report(text="屋顶漏水。", kind="housing")
        secretary = town.office("secretary")
        secretary.do(number, "report_in")
        secretary.do(number, "answer", claim="solved", result="补了瓦。")
    with at("11-25 09:00"):
        read = phone.do(number, "confirm", answer="not", text="一下雨还漏。")
        assert "您说：没有解决" in read
        assert "已结束" in read
        assert "reopen" in phone.offers(number)
        # The way on stands open where she said no, with its last day, and not folded below the story.
        assert "没有解决，重新办理 还是这个编号" in " ".join(read.split())
        assert read.index("哪里没有解决") < read.index("办理经过")
    with at("11-26 09:00"):
        assert "12月8日" in phone.own(number)
        phone.do(number, "reopen", expect=422, text="")
        read = phone.do(number, "reopen", text="昨晚又漏了，接了两盆水。")
        assert "第 2 次办理" in read
        assert "还是编号 " + number in read
        # Five workdays from the reopening.
        assert "12月3日" in read
        # The first round can still be read, with the resident's own words.
        assert "补了瓦。" in read
        assert "一下雨还漏。" in read
    with at("11-27 09:00"):
        secretary.do(number, "report_in")
        # She is helped with plain words for whoever waits.
        form = town.desk("secretary").get(f"/desk/matters/{number}/?do=answer").content.decode()
        assert "您看看是不是好了" in form
        secretary.do(number, "answer", claim="solved", result="换了整片防水。")
        read = phone.do(number, "confirm", answer="solved")
        assert "换了整片防水。" in read
        told = secretary.see(number)
        assert told["matter"]["round"] == 2
        settled = [fact for fact in told["facts"] if fact["fact"] == "answer_settled"]
        assert len(settled) == 2


def test_not_after_the_days_of_the_pack(town: Any) -> None:
    with at("11-23 09:00"):
        phone = town.phone()
        number = phone.report(text="屋顶漏水。", kind="housing")
        secretary = town.office("secretary")
        secretary.do(number, "report_in")
        secretary.do(number, "answer", claim="solved", result="补了瓦。")
        phone.do(number, "confirm", answer="solved")
        assert "reopen" in phone.offers(number)
    with at("12-09 09:00"):
        assert "reopen" not in phone.offers(number)
