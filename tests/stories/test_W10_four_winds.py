"""W10: Weibin's ledger of the four winds: standing (a year, prolonged), dynamic (entered as found, food waste among the kinds),
tracked (struck off only after somebody looked again).

Waits for other rooms: nothing.
"""

from typing import Any

from tests.support.ledgers import begin, ledger, under
from tests.support.town import OFFICE, at, words
from tests.support.whistles import png


def entry(town: Any, standing: str, **typed: str) -> str:
    form = {"kind": "waste", "title": "食堂剩饭", "text": "晚餐倒掉半桶。", "org": OFFICE, **typed}
    return begin(town, "superior", "problem", about=standing, **form)


def mended(town: Any, number: str) -> None:
    town.do("handler", number, "report_in")
    town.do("handler", number, "answer", claim="mended", result="改成小份、半份。", photo=png())


def test_standing_dynamic_tracked(town: Any) -> None:
    under("weibin")
    with at("11-23 09:00"):
        standing = begin(town, "superior", "campaign", kind="rectify", title="四风", text="机关、食堂。")
        town.do("superior", standing, "plan", plan="发现一件登一件。", until="2027-11-22")
        assert "四风专项台账" in words(town.desk("superior").get("/desk/start/"))
        held, back, forgotten = entry(town, standing), entry(town, standing), entry(town, standing)
        page = ledger(town, "superior", standing)
        assert "餐饮浪费" in page
        assert "共 3 件，已结束 0 件" in page
    with at("11-25 09:00"):
        for number in (held, back, forgotten):
            mended(town, number)
            read = town.do("superior", number, "pass", how="site")
            assert "转入跟踪" in read
        # Re-checked is not struck off, and the unit cannot look back at itself.
        assert "look_back" not in town.office("handler").offers(held)
        assert "look_back" not in town.office("head").offers(held)
        assert "跟踪，等回头看 3" in ledger(town, "superior", standing)
        assert "还有 3 件没有结束" in town.do("superior", standing, "close", expect=409, text="完了。")
    with at("12-28 09:00"):
        assert "没有反弹，销号" in town.do("superior", held, "look_back", note="连看三天。")
        read = town.do("superior", back, "relapse", reason="晚餐又倒了。")
        assert "反弹了，请区住建委再整改：晚餐又倒了。" in read
        assert "晚餐又倒了" in town.matter("handler", back)
        town.do("handler", back, "answer", claim="mended", result="换了打饭勺。", photo=png())
        town.do("superior", back, "pass", how="site")
        page = ledger(town, "superior", standing)
        assert "整改好了 1" in page
        assert "共 3 件，已结束 1 件" in page
    with at("12-31 09:00"):
        # Standing: it is prolonged by the level above, never by who runs it.
        own = town.desk("superior").get(f"/desk/matters/{standing}/?do=prolong").content.decode()
        assert 'value="prolong"' not in own
        read = town.do("supervisor", standing, "prolong", until="2028-11-22", reason="常态")
        assert "延长到" in read


def test_nobody_looked_again_is_said(town: Any) -> None:
    import time_machine

    under("weibin")
    with at("11-23 09:00"):
        standing = begin(town, "superior", "campaign", kind="rectify", title="四风", text="食堂。")
        town.do("superior", standing, "plan", plan="登。", until="2027-11-22")
        number = entry(town, standing)
        mended(town, number)
        town.do("superior", number, "pass", how="paper")
    with time_machine.travel("2027-03-01T01:00:00Z", tick=False):
        town.work()
        read = town.matter("superior", number)
        assert "到期没有回头看，如实记下，不算销号。" in read
        assert "没有回头看 1" in ledger(town, "superior", standing)
