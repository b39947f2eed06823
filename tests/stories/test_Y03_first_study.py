"""Y03 (首学制度): the first item is learnt first. An organization that held a meeting without the set first item is listed; who is absent
is named to nobody above the branch. A meeting without it is recorded all the same.

The three programmes (a hundred cadres teach, a thousand secretaries go to school, ten thousand members in rotation) are walked with
the courses' room: tests/stories/test_N18… and docs say which.
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
