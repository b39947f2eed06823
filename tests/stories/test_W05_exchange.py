"""W05 (as Y12): a community lists what it needs, a unit takes it up, delivers, and is rated for this once; who does not take it says
nothing and nothing is noted. Declared in packs/base/exchange.toml, without Python.
"""

import re

from tests.support.town import OFFICE, Town, at, words


def start(town: Town, who: str, **typed: str) -> str:
    """List one through the desk's own form. Gives the number."""
    desk = town.desk(who)
    page = desk.get("/desk/start/exchange/")
    assert page.status_code == 200, words(page)
    command = re.findall(r'name="command" value="([^"]+)"', page.content.decode())[-1]
    called = {"rows": "1", "calls.0.org": OFFICE, "calls.0.role": "lead"}
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
