"""A branch's evening through its pages: recorded once, what it meets, who reads what."""

import re
from typing import Any

import pytest

from tests.support.branches import BRANCH, branches, fields, town
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

    command = re.findall(r'name="command" value="([^"]+)"', page)[0]
    held = {"command": command, "do": f"task-{n}"} | {f"{name}-{n}": value for name, value in typed.items()}
    answer = branches.desk(who).post(where, held)
    return words(branches.desk(who).get(answer["Location"])) if answer.status_code == 303 else words(answer)


def test_a_decision_becomes_a_matter_that_falls_due_on_the_day_agreed(branches: Any) -> None:

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


def test_a_correction_stands_beside_the_old_record_and_takes_dues_away(branches: Any) -> None:
    from baodao.dues.models import Met

    with at("11-12 09:00"):
        where = branches.record(absent={"钱二": "absent"}, **EVENING)
        code = where.split("/")[-2]
        met = set(Met.objects.values_list("requirement", flat=True))
        assert {"theme_day", "lecture"} <= met
        read = branches.read("psec", where)
        assert re.search("满足的要求 (?=[^ ]*主题党日)(?=[^ ]*党课)", read), read
    with at("11-20 09:00"):
        _text, held = branches.form("psec", slot=code)
        # All that was told stands there.
        assert held["minutes"] == EVENING["minutes"] and held["inner"] == EVENING["inner"]
        assert held[f"s-{branches.tokens['钱二']}"] == "absent" and held["meets"] if "meets" in held else True
        held |= {
            "kinds": ["theme_day"],
            "items": ["theme_day.first"],
            f"s-{branches.tokens['钱二']}": "made_up",
        }
        refused = words(branches.send("psec", held, "check", 200))
        assert "为什么更正" in refused
        held = fields(branches.send("psec", held, "check", 200).content.decode())
        assert "更正要写理由" in words(branches.send("psec", held | {"why": ""}, "send", 422))
        branches.send("psec", held | {"why": "那天没有讲党课；钱二后来补了课"})
        read = branches.read("psec", where)
        assert "这份记录更正过" in read and "那天没有讲党课" in read and "原来" in read
        assert "满足的要求 主题党日 议程" in read
        assert "12/12" in read and "补课 1" in read
        assert "lecture" not in set(Met.objects.values_list("requirement", flat=True))
        # A correction is no second evening.
        assert branches.read("psec", "/desk/branch/register/").count("主题党日") >= 1
        month = branches.read("psec", "/desk/branch/month/?month=2026-11")
        assert "本支部开会 1 次" in month


def test_who_is_excused_and_why_is_for_the_branch_and_a_member_objects(branches: Any) -> None:
    with at("11-12 09:00"):
        _text, held = branches.form("psec")
        token = branches.tokens["钱二"]
        held |= EVENING | {f"s-{token}": "excused"}
        held = fields(branches.send("psec", held, "check", 200).content.decode())
        branches.send("psec", held | {f"r-{token}": "住院"})
        where = branches.desk("psec").get("/desk/branch/").content.decode()

        where = re.findall(r"/desk/branch/evenings/[\w-]+/", where)[0]
        assert "住院" in branches.read("pcom", where)
        assert "住院" not in branches.read("pabove", where)
        me = branches.phone_by(branches.phones["钱二"]).browser
        mine = me.get("/me/evenings/")
        assert "请假" in words(mine) and "住院" not in words(mine)
        code = where.split("/")[-2]
        command = re.findall(r'name="command" value="([^"]+)"', mine.content.decode())[-1]
        for status, reply in (("nowhere", "我在"), ("phone", "我"), ("phone", "打 13912345678 问我")):
            wrong = {"command": f"{command}-{status}", "code": code, "status": status, "reply": reply}
            assert me.post("/me/evenings/", wrong).status_code == 422, (status, reply)
        said = me.post(
            "/me/evenings/", {"command": command, "code": code, "status": "phone", "reply": "我用电话参加了"}
        )
        assert said.status_code == 303, words(said)
        assert "等支部更正" in words(me.get("/me/evenings/"))
        assert "本人有不同意见" in branches.read("psec", where) and "我用电话参加了" in branches.read(
            "psec", where
        )
        assert "我用电话参加了" not in branches.read("pabove", where)
        # Another member says nothing about her.
        other = branches.phone_by(branches.phones["赵一"]).browser
        theirs = words(other.get("/me/evenings/"))
        assert "· 到场" in theirs and "· 请假" not in theirs
        # She reads who opened her name.
        assert "记录支部的组织生活" in words(me.get("/me/looked/"))


def test_a_small_branch_is_told_before_any_vote(branches: Any) -> None:
    with at("11-12 09:00"):
        branches.enter("乙支部", 6)
        assert "无记名" not in branches.read("psec", "/desk/branch/")
        read = branches.read("pnext", "/desk/branch/")
        assert "本支部现在 6 人" in read and "合在一起做" in read and "纸票" in read
        # And where such a meeting is announced or recorded.
        assert "本支部现在 6 人" in branches.read("pnext", "/desk/branch/record/?plan=1")
        assert "无记名" not in branches.read("psec", "/desk/branch/record/?plan=1")


def test_tables_follow_from_the_facts_and_nothing_stays_of_whom_is_erased(branches: Any) -> None:
    import io

    from baodao.kernel.act import system_act
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.services import erase, rebuild
    from baodao.people.selectors import persons_of
    from tests.support.town import local
    from tests.test_canary import tables_with

    with at("11-12 09:00"):
        picture = io.BytesIO()
        from PIL import Image

        Image.effect_noise((120, 90), 60).save(picture, "PNG")
        picture.seek(0)
        picture.name = "a.png"
        _text, held = branches.form("psec")
        token = branches.tokens["钱二"]
        held = fields(
            branches.send(
                "psec", held | EVENING | {f"s-{token}": "excused", "paper": picture}, "check", 200
            ).content.decode()
        )
        where = str(branches.send("psec", held | {f"r-{token}": "住院七天"})["Location"])
        decide(branches, where, 1, org="乙支部", by="2026-11-20")
        digest = branches.desk("psec").get(where).content.decode().split("/files/")[1].split("/")[0]
        assert branches.desk("psec").get(f"{where}files/{digest}/").status_code == 200
        assert branches.desk("pabove").get(f"{where}files/{digest}/").status_code == 404

        def tables() -> list[str]:
            names = ("gather_", "dues_met")
            return [
                line for line in dump(with_caches=True) if any(f'"table": "{name}' in line for name in names)
            ]

        before = tables()
        assert all(
            any(f'"table": "gather_{name}"' in line for line in before)
            for name in ("paper", "handed", "seat")
        )
        rebuild()
        assert tables() == before
        assert [
            line
            for line in examine()
            if "gather" in line or "slot" in line or "file" in line or "decision" in line
        ] == []
        assert tables_with(["住院七天"])["住院七天"] == {"ledger_content"}
        uid = persons_of([token], "erase")[token]
        erase(system_act(local("11-12 10:00"), "erase-1"), person=uid)
        assert tables_with(["住院七天"])["住院七天"] == set()
        assert "11/12" in branches.read("psec", where)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("psec", True),
        ("pcom", True),
        ("pnext", False),
        ("pabove", False),
        ("secretary", False),
        ("outsider", False),
    ],
)
def test_an_evening_is_recorded_by_its_branch_alone(branches: Any, who: str, may: bool) -> None:
    from baodao.gather.branch.evening import Evening
    from baodao.gather.branch.services import Plan, close_year, plan_meetings, record_meetings
    from baodao.kernel.errors import Refused
    from tests.support.town import local

    with at("11-12 09:00"):
        by = branches.act(who)
        evening = Evening(
            org=BRANCH, kinds=("theme_day",), starts=local("11-10 19:30"), ends=local("11-10 21:00")
        )
        plan = Plan(org=BRANCH, kinds=("lecture",), starts=local("11-20 19:30"), ends=local("11-20 21:00"))
        acts = [
            lambda: record_meetings(by("1"), meetings=[evening]), lambda: plan_meetings(by("2"), plans=[plan]),
            lambda: close_year(by("3"), org=BRANCH, year=2025),
        ]  # fmt: skip
        for act in acts:
            if may:
                act()
            else:
                with pytest.raises(Refused):
                    act()
