"""A branch's evening through its pages: recorded once, what it meets, who reads what."""

from typing import Any

from tests.support.branches import branches, town
from tests.support.town import at, words

__all__ = ["branches", "town"]
HOME = "/desk/branch/"
EVENING = {
    "kinds": ["theme_day", "lecture"], "items": ["theme_day.first", "lecture.secretary"], "day": "2026-11-10", "starts": "19:30",
    "ends": "21:00", "where": "党群服务中心", "minutes": "学习了文件，讨论楼道灯。", "inner": "老钱说最近家里难。",
    "decisions": "周五前换好三单元的灯\n下月请民警来讲一课",
}  # fmt: skip


def test_an_evening_is_told_once_and_read_by_whom_it_concerns(branches: Any) -> None:
    with at("11-12 09:00"):
        where = branches.record(absent={"钱二": "excused", "孙三": "phone", "李四": "absent"}, **EVENING)
        own = branches.read("psec", where)
        assert "主题党日、党课" in own and "甲支部" in own
        assert "10/12" in own and "请假 1" in own and "未到 1" in own
        assert "老钱说最近家里难" in own and "学习了文件" in own
        assert "钱二" not in own  # names open for a purpose
        named = words(branches.desk("psec").post(where, {"command": "n-1", "do": "names"}))
        assert "钱二 请假" in named and "李四 未到" in named
        assert "周五前换好三单元的灯" in branches.read("pcom", where)
        above = branches.read("pabove", where)
        assert "学习了文件" in above and "周五前换好" in above
        assert "老钱" not in above and "请假" not in above and "未到" not in above
        assert "83 %" in above and "10/12" in above
        assert branches.desk("pnext").get(where).status_code == 404
        assert branches.desk("secretary").get(where).status_code == 404


def decide(branches: Any, where: str, n: int, who: str = "psec", **typed: str) -> str:
    """Press "hand on" beside a decision; gives what is read then."""
    page = branches.desk(who).get(where).content.decode()
    import re

    command = re.findall(r'name="command" value="([^"]+)"', page)[0]
    held = {"command": command, "do": f"task-{n}"} | {f"{name}-{n}": value for name, value in typed.items()}
    answer = branches.desk(who).post(where, held)
    return words(branches.desk(who).get(answer["Location"])) if answer.status_code == 303 else words(answer)


def test_a_decision_becomes_a_matter_that_falls_due_on_the_day_agreed(branches: Any) -> None:
    import re

    with at("11-12 09:00"):
        where = branches.record(**EVENING)
        read = decide(branches, where, 1, org="乙支部", by="2026-11-20")
        number = re.search(r"FL-2026-\d+", read)
        assert number, read
        assert "还没有交办" not in read
        again = decide(branches, where, 1, org="乙支部", by="2026-11-20")
        assert "已经是事项" in again
        assert "日期写法不对" in decide(branches, where, 2, org="乙支部", by="周五")
        matter = branches.matter("pnext", number[0])
        assert "周五前换好三单元的灯" in matter and "2026-11-20" not in matter
        assert "甲支部" in matter
        todo = branches.todo("pnext")
        assert number[0] in todo or "周五前换好" in todo
        # The next evening opens with it.
        form, _held = branches.form("psec")
        assert "上次会" in words(form) and number[0] in words(form)
    with at("11-21 09:00"):
        branches.work()
        assert "过了说好的日子" in branches.matter("psec", number[0])
        branches.do("pnext", number[0], "answer", claim="solved", result="灯换好了。")
        assert "灯换好了" in branches.matter("psec", number[0])
        # The link shows on both.
        assert "主题党日" in branches.matter("psec", number[0])
