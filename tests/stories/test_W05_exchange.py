"""W05 (as Y12): a community lists what it needs, a unit takes it up, delivers, and is rated for this once; who does not take it says
nothing and nothing is noted. Declared in packs/base/exchange.toml, without Python.
"""

import re

from tests.support.ledgers import under
from tests.support.town import OFFICE, A, Town, at, words


def start(town: Town, who: str, to: str = OFFICE, **typed: str) -> str:
    """List one through the desk's own form. Gives the number."""
    desk = town.desk(who)
    page = desk.get("/desk/start/exchange/")
    assert page.status_code == 200, words(page)
    command = re.findall(r'name="command" value="([^"]+)"', page.content.decode())[-1]
    called = {"rows": "1", "calls.0.org": to, "calls.0.role": "lead"}
    answer = desk.post("/desk/start/exchange/", {"command": command, "do": "send", **called, **typed})
    assert answer.status_code == 303, words(answer)
    found = re.search(r"/matters/([\w-]+)/", answer["Location"])
    assert found
    return found[1]


def test_a_need_is_taken_delivered_and_rated_for_this_once(town: Town) -> None:
    with at("11-23 09:00"):
        number = start(town, "secretary", side="need", title="缺十张会议桌", text="周五前，能搬来就行")
        assert number in town.todo("head")
    with at("11-23 10:00"):
        taken = town.do("head", number, "take", what="库房有十二张，都给", by="2026-11-27")
        assert "接了" in taken
    with at("11-27 15:00"):
        town.do("head", number, "answer", claim="solved", result="十二张送到了")
        assert "十二张送到了" in words(town.desk("secretary").get(f"/desk/matters/{number}/"))
    with at("11-27 16:00"):
        town.do("secretary", number, "receive", stars="5")
        ended = town.do("secretary", number, "close", result="桌子都用上了")
        assert "已结束" in ended or "结束" in ended


def test_not_taking_it_asks_no_reason_and_marks_nobody(town: Town) -> None:
    with at("11-23 09:00"):
        number = start(town, "secretary", side="need", title="缺一个律师坐班", text="每周半天")
    with at("11-23 10:00"):
        assert "不接" in town.do("head", number, "decline")
        assert number not in town.todo("head")
        assert town.desk("outsider").get(f"/desk/matters/{number}/").status_code == 404


def test_a_unit_offers_and_the_community_takes_in_weibins_own_desk(town: Town) -> None:
    """The other side of the exchange: each side's list stands on the other's desk, and who received rates this once."""
    under("weibin")
    with at("11-23 09:00"):
        need = start(town, "secretary", side="need", title="缺十张会议桌", text="周五前")
        offer = start(town, "head", A, side="offer", title="礼堂周末空着", text="能坐两百人")
        assert need in town.todo("head") and offer in town.todo("secretary")
        assert "礼堂周末空着" in town.matter("secretary", offer)
        # A neighbour's community and an outsider read neither.
        for who in ("sibling", "outsider"):
            assert town.opens(who, offer) == 404 and town.opens(who, need) == 404, who
        town.do("secretary", offer, "take", what="周六放电影", by="2026-11-28")
    with at("11-28 21:00"):
        town.do("secretary", offer, "answer", claim="solved", result="放了一场，来了八十人")
        town.do("head", offer, "receive", stars="5")
        assert "结束" in town.do("head", offer, "close", result="下月再开")
