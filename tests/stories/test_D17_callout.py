"""D17: in an outbreak members and neighbours take shifts at community points at once. A call-out goes to those who offered themselves
and fit, nearest first; shifts fill; gaps are seen as numbers above; nobody gets two at once; nobody is asked why not.

Waits for other rooms: notices to those invited (Notify reads the facts with the next issue).
"""

import re
from typing import Any

from tests.support.town import A, B, at, words

EVERY = {
    "do": "offer",
    "days": ["0", "1", "2", "3", "4", "5", "6"],
    "parts": ["morning", "afternoon", "evening"],
}


def send(browser: Any, address: str, expect: int = 303, **typed: Any) -> str:
    """Send a form of the page; gives what is read then."""
    first = browser.get(address)
    assert first.status_code == 200, words(first)
    found = re.search(r'name="command" value="([^"]+)"', first.content.decode())
    assert found
    answer = browser.post(address, {"command": found[1], **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def test_an_outbreak_from_on_to_off(town: Any) -> None:
    me, other = town.phone("resident").browser, town.phone("neighbour").browser
    with at("11-22 18:00"):
        # She offers herself, with her own skills and times; nothing asks a reason or a standing.
        page = me.get("/me/shifts/").content.decode()
        assert not re.findall(r'name="(reason|cause|health|party|member)\w*"', page)
        assert "请至少选一天" in send(me, "/me/shifts/", 422, do="offer", parts=["morning"], base="甲社区")
        assert "改登记" in send(me, "/me/shifts/", **EVERY, skills=["first_aid"], base="甲社区")
        send(other, "/me/shifts/", **EVERY, base="乙社区")
    with at("11-22 20:00"):
        above = town.desk("superior")
        assert "疫情防控值守" in words(above.get("/desk/callout-new/"))
        form = {
            "kind": "outbreak", "areas": [A, B], "since": "2026-11-23", "days": "1", "turns": ["0", "1"], "need": "1",
            "skill": "", "title": "11·23 疫情", "notes": "到社区门口找网格员",
        }  # fmt: skip
        assert "没有保险就先不要派人" in send(above, "/desk/callout-new/?kind=outbreak", 422, **form)
        on = send(above, "/desk/callout-new/?kind=outbreak", **form, insurance="PA-2026-77")
        assert (
            "正在进行" in on and "4 班，要 4 人次：已到位 0" in on and "还缺 4" in on and "PA-2026-77" in on
        )
        call = "/desk/callouts/c-000001/"
        # Whoever is not concerned sees none of it.
        assert town.desk("outsider").get(call).status_code == 404
        assert town.desk("handler").get(call).status_code == 404
    with at("11-22 20:10"):
        fill = f"{call}{A}/"
        # The superior has the numbers, the community fills.
        assert above.get(fill).status_code == 404 and town.desk("sibling").get(fill).status_code == 404
        asked = town.desk("secretary").post(fill, {"command": "s-1", "do": "suggest"})
        told = words(asked)
        assert "填得最多、路最近、最匀" in told and "本半年服务 0 小时" in told
        near, far = f"某{11}", f"某{12}"  # the resident lives in A, the neighbour in B
        assert near in told and far in told and re.search(r"离常在的地方约 [\d.]+ (公里|米)", told)
        boxes = re.findall(r'name="ask" value="([^"]+)" checked', asked.content.decode())
        assert len(boxes) == 2
        filled = words(town.desk("secretary").get(fill))
        assert near not in filled and "还没有人" in filled  # a suggestion wrote nothing
        sent = send(town.desk("secretary"), fill, do="invite", ask=boxes)
        assert sent.count("等答复") == 2
        # The resident can read who opened her name, and why.
        assert "应急值守排班" in words(me.get("/me/looked/"))
        # The other community finds that both are asked already at these hours.
        taken = words(town.desk("sibling").post(f"{call}{B}/", {"command": "s-2", "do": "suggest"}))
        assert "还缺 1 人" in taken
    with at("11-22 21:00"):
        mine = words(me.get("/me/shifts/"))
        assert "等您答复" in mine and "11·23 疫情" in mine and "甲社区" in mine
        slot = re.findall(r'name="slot" value="([^"]+)"', me.get("/me/shifts/").content.decode())[0]
        assert "您的班" in send(me, "/me/shifts/", do="yes", slot=slot)
        # The neighbour declines: one tap, no field for a reason.
        page = other.get("/me/shifts/").content.decode()
        asked_slot = re.findall(r'name="slot" value="([^"]+)"', page)[0]
        assert "textarea" not in page
        assert "现在没有您的班" in send(other, "/me/shifts/", do="no", slot=asked_slot)
        numbers = words(above.get(call))
        assert "已到位 1，已邀请 0， 还缺 3" in numbers and near not in numbers
    with at("11-23 07:00"):
        # An hour before: she has a fever and says only "not now".
        assert "现在不方便" in send(me, "/me/shifts/", do="pause")
        assert "已到位 0" in words(above.get(call))
        again = words(town.desk("secretary").post(fill, {"command": "s-3", "do": "suggest"}))
        assert far in again and near not in again
    with at("11-23 10:00"):
        above = town.desk("superior")
        off = send(above, call, do="end")
        assert "已解除" in off and "已取消" in off
        assert "不能" not in send(above, call, do="review", good="半小时开出班次", better="白天人手不够")
        assert "半小时开出班次" in words(above.get(call)) and "复盘" in words(above.get(call))
        sheet = above.get("/desk/callout-sheet/c-000001/")
        assert sheet["Content-Type"].endswith("sheet") and sheet.content[:2] == b"PK"


def test_late_she_asks_for_a_stand_in_and_the_seat_is_never_empty(town: Any) -> None:
    me, other = town.phone("resident").browser, town.phone("neighbour").browser
    with at("11-22 18:00"):
        for browser, base in ((me, "甲社区"), (other, "乙社区")):
            send(browser, "/me/shifts/", **EVERY, base=base)
        form = {
            "kind": "outbreak",
            "areas": [A],
            "since": "2026-11-23",
            "days": "1",
            "turns": ["0"],
            "need": "1",
        }
        send(town.desk("superior"), "/desk/callout-new/?kind=outbreak", **form, insurance="PA-1")
        fill = f"/desk/callouts/c-000001/{A}/"
        page = town.desk("secretary").post(fill, {"command": "s-1", "do": "suggest"}).content.decode()
        box = re.findall(r'name="ask" value="([^"]+)"', page)
        send(town.desk("secretary"), fill, do="invite", ask=box)
        slot = box[0].partition("|")[0]
        send(me, "/me/shifts/", do="yes", slot=slot)
    with at("11-23 06:00"):
        assert "可以不说原因地退一次" in words(me.get("/me/shifts/"))
        assert "在找人替" in send(me, "/me/shifts/", do="stand_in", slot=slot)
        assert "找人替班 1" in words(town.desk("secretary").get(fill))
        offered = words(other.get("/me/shifts/"))
        assert "有人在找替班" in offered and "某11" not in offered
        assert "您的班" in send(other, "/me/shifts/", do="take", slot=slot)
        assert "现在没有您的班" in words(me.get("/me/shifts/"))
        assert "替班" in words(town.desk("secretary").get(fill))
        assert "1/1" in words(town.desk("superior").get("/desk/callouts/c-000001/"))
        gone = send(me, "/me/shifts/", 409, do="leave", slot=slot)
        assert "没有您的名字" in gone
