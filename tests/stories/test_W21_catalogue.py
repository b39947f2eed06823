"""W21: a course chosen from the catalogue, seats, a row, moving up."""

import re
from typing import Any

from tests.stories.test_D10_training import CLASSES, fill, open_class, session, slots, workers
from tests.support.town import at, words


def test_seats_a_row_and_moving_up(town: Any) -> None:
    workers(town, resident="grid_worker", neighbour="grid_worker")
    with at("11-23 09:00"):
        page = open_class(town, title="公文写作", plan="own_choice", seats="1")
        code = page.split("/")[3]
        session(town, page, starts="2026-11-25T14:00", title="请示和报告")
        assert "选上了" in fill(town.desk("resident"), CLASSES, do="join", code=code)
        assert "有的课要排队" in fill(town.desk("neighbour"), CLASSES, do="join", code=code)
        assert "1/1 · 排队 1" in words(town.desk("neighbour").get(page))
        # Nobody can be in two classes at once.
        other = open_class(town, title="群众工作方法", plan="own_choice")
        session(town, other, starts="2026-11-25T15:00", title="怎么听")
        assert "这段时间已经有安排" in fill(
            town.desk("resident"), CLASSES, 409, do="join", code=other.split("/")[3]
        )
        fill(town.desk("resident"), page, do="leave")
        assert "选上了" in words(town.desk("neighbour").get(page))
    with at("11-25 15:40"):
        # What she chose counts towards the year's norm as a set class does; who left has nothing of it.
        [slot] = slots(town, page)
        there = f"{page}roll/{slot}/"
        body = town.desk("superior").post(there, {"command": "n-1", "do": "names"}).content.decode()
        fill(town.desk("superior"), there, do="attend", came=re.findall(r'name="came" value="(\w+)"', body))
        assert "今年学时 2" in words(town.desk("neighbour").get(CLASSES))
        assert "自主选学" in words(town.desk("neighbour").get(CLASSES))
        assert "今年学时 0" in words(town.desk("resident").get(CLASSES))
    with at("11-25 16:00"):
        # A class by list is not chosen, and not shown to others.
        closed = open_class(town, title="书记班", plan="secretaries", closed="yes")
        session(town, closed, starts="2026-12-01T09:00", course="duties", minutes="120")
        assert town.desk("resident").get(closed).status_code == 404
        assert "书记班" not in words(town.desk("resident").get(CLASSES))
        assert "没有 p-none 这个岗位" in fill(town.desk("superior"), closed, 422, do="enrol", post="p-none")
        # The list is made by the words of office and post; nothing is ticked by itself, and nobody is named.
        seen = words(town.desk("superior").get(f"{closed}?q=社区 书记"))
        assert "甲社区 社区（村）书记" in seen and "乙社区 社区（村）书记" in seen, seen
        one = words(town.desk("superior").get(f"{closed}?q=甲社区 书记")).partition("请谁来上")[2]
        assert "甲社区" in one and "乙社区" not in one
        assert "没有找到这样的岗位" in words(town.desk("superior").get(f"{closed}?q=火星 书记"))
        assert "一个岗位也没有选" in fill(town.desk("superior"), f"{closed}?q=社区 书记", 422, do="enrol")
        fill(town.desk("superior"), f"{closed}?q=社区 书记", do="enrol", post=["p-secretary", "p-sibling"])
        assert "班里 2 人" in words(town.desk("superior").get(closed))
        read = words(town.desk("secretary").get(closed))
        assert "有座位" in read and "p-sibling" not in read
    with at("12-01 11:30"):
        [slot] = slots(town, closed)
        there = f"{closed}roll/{slot}/"
        assert town.desk("secretary").get(there).status_code == 404
        opened = fill(town.desk("superior"), there, 200, do="names")
        assert "只勾到场的" in opened
        body = town.desk("superior").post(there, {"command": "n-2", "do": "names"}).content.decode()
        tokens = re.findall(r'name="came" value="(\w+)"', body)
        assert len(tokens) == 2
        fill(town.desk("superior"), there, do="attend", came=tokens[:1])
        assert "班里 2 人，上完 1 人" in words(town.desk("superior").get(closed))
        # 120 minutes are two and two thirds of the year's 32 hours of 45 minutes; who did not come has nothing written of her.
        read = {who: words(town.desk(who).get(CLASSES)) for who in ("secretary", "sibling")}
        assert sorted("今年学时 2.7 · 要求 32" in one for one in read.values()) == [False, True]
        assert sum("党组织书记轮训 上了 1 课，共 2 课" in one for one in read.values()) == 1
        came = next(who for who, one in read.items() if "学时 2.7" in one)
        assert "结业证明" in words(town.desk(came).get(f"{closed}certificate/"))
        fill(town.desk("superior"), closed, do="close")
        assert "上完 1 人，共 2 人" in words(town.desk("superior").get(CLASSES))
        due = town.desk(came).get("/me/looked/")
        assert due.status_code == 200 and "街道、部门负责人" in words(due)
        # Whoever convenes nothing adds no session, and no outsider's street does.
        for who in ("secretary", "outsider"):
            answer = town.desk(who).post(closed, {"command": f"{who}-1", "do": "close"})
            assert answer.status_code in {403, 404}, who
