"""Y03 (首学制度): the first item is learnt first. An organization that held a meeting without the set first item is listed; who is absent
is named to nobody above the branch. A meeting without it is recorded all the same.

Of the three programmes "a hundred cadres teach" and "ten thousand members in rotation" are walked here; that a thousand secretaries go
to school is the class by list of W21 and the plan of Y19, which count.
"""

from typing import Any

from tests.support.branches import MEMBERS, branches_of, fields
from tests.support.town import at, town, words

__all__ = ["town"]


def test_who_met_without_the_first_item_is_listed_and_no_absentee_is_named(town: Any) -> None:
    branches = branches_of(town, "yuzhong")
    evening = {"kinds": ["theme_day"], "day": "2026-11-10", "starts": "19:30", "ends": "21:00"}
    with at("11-12 09:00"):
        _text, held = branches.form("psec")
        held |= evening | {f"s-{branches.tokens['钱二']}": "absent"}
        checked = branches.send("psec", held, "check", 200)
        assert "按规定要有、这次没有勾的：第一议题" in words(checked)
        proposed = words(checked)
        assert "首学（第一议题）" not in proposed
        # It is recorded all the same, and says so.
        branches.send("psec", fields(checked.content.decode()))
        branches.enter("乙支部", 3)
        branches.record("pnext", **evening, items=["theme_day.first"])
        listed = branches.read("pabove", "/desk/branch/above/?month=2026-11")
        assert "开了会、没有学第一议题的：甲支部" in listed
        assert "乙支部 1 次会 — " in listed and "甲支部 1 次会 1 次没有第一议题 " in listed
        # Shares from ten members on; three are too few.
        assert "92 % 11/12" in listed and "不到 10 人，不显示" in listed
        for name in MEMBERS:
            assert name not in listed, name
        # The branch itself reads the due as open.
        home = branches.read("psec", "/desk/branch/")
        assert "要开 首学（第一议题）" in home
        assert "已开 首学（第一议题）" in branches.read("pnext", "/desk/branch/")
        # Below a street nobody reads the list; another branch reads nothing of it.
        assert branches.desk("secretary").get("/desk/branch/above/").status_code == 403
        assert "甲支部" not in branches.read("pnext", "/desk/branch/above/?month=2026-11").replace(
            "乙支部", ""
        )
    with at("11-20 09:00"):
        _text, held = branches.form("psec")
        branches.record(
            kinds=["committee_meeting"],
            items=["committee_meeting.first"],
            day="2026-11-18",
            starts="15:00",
            ends="16:00",
        )
        assert "已开 首学（第一议题）" in branches.read("psec", "/desk/branch/")
        # What was held without it stays told.
        assert "没有学第一议题的：甲支部" in branches.read("pabove", "/desk/branch/above/?month=2026-11")
        sheet = branches.desk("pabove").get("/desk/branch/above/?month=2026-11&xlsx=1")
        assert sheet.status_code == 200 and sheet.content[:2] == b"PK"


def test_programmes_show_who_is_still_to_come_and_name_no_member_above(town: Any) -> None:
    branches = branches_of(town, "yuzhong")
    lesson = {"kinds": ["lecture"], "day": "2026-11-10", "starts": "19:30", "ends": "21:00"}
    with at("11-12 09:00"):
        branches.enter("乙支部", 3)
        given = branches.record(
            absent={"钱二": "absent"}, **lesson,
            items=["lecture.first", "lecture.cadre", "lecture.rotation"],
        )  # fmt: skip
        assert "领导干部上讲台" in branches.read("psec", given)
        # Which branches have not heard a cadre yet stands by name of the branch.
        lacking = branches.read("pabove", "/desk/dues/lacking/cadre_lecture/")
        assert "乙支部" in lacking and "甲支部" not in lacking
        # Of the rotation those above have a share, the branch alone its members.
        cover = branches.read("pabove", "/desk/dues/coverage/")
        assert "干部上讲台" in cover and "党员轮训" in cover and "11/15" in cover, cover
        own = branches.read("psec", "/desk/dues/members/")
        assert "党员轮训" in own
        shown = words(
            branches.desk("psec").post(
                "/desk/dues/members/", {"command": "n-1", "do": "names", "purpose": "duty"}
            )
        )
        assert "钱二" in shown
        for name in MEMBERS:
            assert name not in cover + lacking, name
        assert "＊＊" in own and "＊＊" not in branches.read("pabove", "/desk/dues/members/?org=dz-a")
