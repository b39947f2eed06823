"""Y19: the standing school of community cadres: basic course, lectures, practice. A new community worker sees her basic course, its
sessions and what is still missing, also by the plan of five years; at the end a certificate that anybody checks off line.

Waits for other rooms: nothing.
"""

import re
from typing import Any

from tests.stories.test_D10_training import CLASSES, fill, open_class, session, slots, workers
from tests.support.town import STREET, at, words

NEW = "/desk/training-plans/new/"
PLANS = "/desk/training-plans/"


def plan(town: Any, expect: int = 303, **typed: Any) -> str:
    goals = "2026 网格员 2 4\n2027 网格员 2 40"
    there = {"title": "社区干部培训规划", "since": "2026", "until": "2030", "goals": goals, **typed}
    return fill(town.desk("superior"), NEW, expect, **there)


def test_what_is_missing_until_nothing_is(town: Any) -> None:
    workers(town, resident="grid_worker")
    with at("11-23 09:00"):
        assert "第 1 行看不懂" in plan(town, 422, goals="网格员 32")
        assert "没有“飞行员”这种岗位" in plan(town, 422, goals="2026 飞行员 1 4")
        assert "2031 年不在规划里" in plan(town, 422, goals="2031 网格员 1 4")
        read = plan(town)
        assert "2026 网格员 2 人，每人 4 学时 在岗 1 人，不到十人不显示" in read
        assert town.desk("secretary").post(NEW, {"command": "p-1", "title": "自己定", "since": "2026", "until": "2026", "goals": "2026 网格员 1 1"}).status_code == 403  # fmt: skip
        assert town.desk("outsider").get(f"{PLANS}tp-000001/").status_code == 404
        assert town.desk("secretary").get(f"{PLANS}tp-000001/change/").status_code == 404
        mine = words(town.desk("resident").get(CLASSES))
        # Her basic course, and this year's hours of the plan; next year's are not hers yet.
        assert "社区工作者基础课 上了 0 课，共 3 课" in mine
        assert "2026 社区干部培训规划 4 0.0 4.0" in mine and "2027 社区" not in mine
        page = open_class(town, title="红色三岩第一期")
        session(town, page, starts="2026-11-24T09:00", course="requests", minutes="90")
        session(town, page, starts="2026-11-25T09:00", course="visits", minutes="60", where="实训点")
        session(
            town, page, starts="2026-11-26T09:00", course="privacy", way="on_line", minutes="45", where=""
        )
        session(town, page, starts="2026-11-27T19:00", title="干部大讲堂", minutes="60", where="大礼堂")
        fill(town.desk("resident"), CLASSES, do="join", code=page.split("/")[3])
        assert "实训点" in words(town.desk("resident").get(CLASSES))
    for day, number in (("11-24", 0), ("11-25", 1), ("11-27", 3)):
        with at(f"{day} 20:30"):
            there = f"{page}roll/{slots(town, page)[number]}/"
            body = town.desk("superior").post(there, {"command": f"n-{day}", "do": "names"}).content.decode()
            tokens = re.findall(r'name="came" value="(\w+)"', body)
            fill(town.desk("superior"), there, do="attend", came=tokens)
    with at("11-28 09:00"):
        mine = words(town.desk("resident").get(CLASSES))
        assert "上了 2 课，共 3 课" in mine and "还缺： 个人信息：看了就留痕 45 分钟" in mine.replace(
            "还缺 ：", "还缺："
        )
        assert "2026 社区干部培训规划 4 4.7 够了" in mine
        assert town.desk("resident").get(f"{page}certificate/").status_code == 409
        fill(town.desk("resident"), f"/desk/lessons/{slots(town, page)[2]}/", 200, q0="2")
        mine = words(town.desk("resident").get(CLASSES))
        assert "该上的都上了" in mine
        _checked_off_line(town, page)
        # A plan is replaced whole by those who set it; nobody's hours are on its page.
        read = fill(town.desk("superior"), f"{PLANS}tp-000001/change/", title="社区干部培训规划（修订）", since="2026", until="2028", goals="2026\t网格员\t1\t4")  # fmt: skip
        assert "（修订）" in read and "2027" not in read.replace("2026–2028", "")
        assert STREET


def _checked_off_line(town: Any, page: str) -> None:
    """The text of the QR code, the published keys, and the script that anybody runs."""
    from docs.check_certificate import check

    shown = town.desk("resident").get(f"{page}certificate/").content.decode()
    assert "<svg" in shown
    text = re.findall(r"<textarea[^>]*readonly>(.*?)</textarea>", shown, re.S)[0]
    keys = town.phone().browser.get("/service/keys/").content.decode()
    assert (
        "class: 红色三岩第一期" in text
        and "lesson: 2026-11-24" in text
        and "lessons: 4" in text
        and "hours: 5.7" in text
    )
    assert check(text, keys) == ""
    assert check(text.replace("hours: 5.7", "hours: 57"), keys) == "changed after it was signed"
    assert town.desk("superior").get(f"{page}certificate/").status_code in {404, 409}
