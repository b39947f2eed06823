"""F02 (主题党日): on the 10th of each month. Reminders before, the record on the day, who has not by the 15th; on a rest day the next
workday. The branch sees what met it; those above see shares and organizations, never members.

The evening itself (agenda, minutes, presence) is recorded as in W15; here is what the due lists say of it.
"""

import re
from typing import Any

from tests.support.branches import MEMBERS, branches
from tests.support.town import at, town, words

__all__ = ["branches", "town"]


def post(where: Any, who: str, address: str, expect: int = 303, **typed: Any) -> str:
    """Send the last form of a page; gives what is read then."""
    desk = where.desk(who)
    command = re.findall(r'name="command" value="([^"]+)"', desk.get(address).content.decode())[-1]
    answer = desk.post(address, {"command": command, **typed})
    assert answer.status_code == expect, words(answer)
    return words(desk.get(answer["Location"])) if expect == 303 else words(answer)


def test_the_tenth_comes_is_recorded_and_who_has_not_by_the_fifteenth_is_listed(branches: Any) -> None:
    with at("11-03 09:00"):
        # Before the day: on the to-do list and in the month, with its date.
        todo = branches.read("psec", "/desk/")
        assert "本单位该做的" in todo and "主题党日" in todo and "11月10日 周二" in todo
        month = branches.read("psec", "/desk/dues/")
        assert re.search("该做 主题党日 2026年11月.*11月10日 周二，11月15日 周日前都算", month), month
        # Those above remind before the day; the branch hears of it.
        page = branches.read("pabove", "/desk/dues/lacking/theme_day/")
        assert "甲支部" in page and "乙支部" in page
        told = post(branches, "pabove", "/desk/dues/lacking/theme_day/", org=["dz-a", "dz-b"])
        assert "提醒了 2 家" in told
        branches.work()
        assert "本期该做的还没有记录" in branches.read("psec", "/desk/notices/")
    with at("11-10 22:00"):
        branches.record(
            kinds=["theme_day"], day="2026-11-10", starts="19:30", ends="21:00", absent={"钱二": "excused"}
        )
        month = branches.read("psec", "/desk/dues/")
        assert re.search("做了 主题党日 2026年11月", month)
    with at("11-16 09:00"):
        # The 15th has passed: one branch has, one has not. Its make-up date stands beside.
        listed = branches.read("pabove", "/desk/dues/lacking/theme_day/")
        assert "乙支部" in listed and "甲支部" not in listed
        assert "11月30日 周一前可以补做" in listed
        cover = branches.read("pabove", "/desk/dues/coverage/")
        assert re.search("主题党日 每月.{0,80}50 % 1/2 1 0", cover), cover
        for name in (*MEMBERS, *branches.tokens.values()):
            assert name not in listed + cover, name
        # The same day, one reminder: a second one for the same period is refused.
        again = post(branches, "pabove", "/desk/dues/lacking/theme_day/", 409, org=["dz-b"])
        assert "不用再提醒" in again
        sheet = branches.desk("pabove").get("/desk/dues/coverage.xlsx")
        assert sheet.status_code == 200 and sheet.content[:2] == b"PK"


def test_the_branch_is_linked_to_its_record_and_nobody_else_reads_its_list(branches: Any) -> None:
    with at("11-12 09:00"):
        branches.record(kinds=["theme_day"], day="2026-11-10", starts="19:30", ends="21:00")
        page = branches.desk("psec").get("/desk/dues/").content.decode()
        # What met it, by its name and day; the page opens for her and for those above.
        link = re.search(r'href="(/desk/branch/evenings/[\w-]+/)">主题党日 11月10日 周二</a>', page)
        assert link, page
        for who in ("psec", "pabove"):
            assert f'href="{link[1]}"' in branches.desk(who).get("/desk/dues/?org=dz-a").content.decode(), who
            assert branches.desk(who).get(link[1]).status_code == 200
        # In English the basis reads in English.
        desk = branches.desk("psec")
        desk.cookies["lang"] = "en"
        english = words(desk.get("/desk/dues/"))
        assert "a theme day each month on a day that is as fixed as possible" in english
        assert "条例第十六条" not in english
        assert branches.desk("pnext").get("/desk/dues/?org=dz-a").status_code == 403
        assert branches.desk("secretary").get("/desk/dues/?org=dz-a").status_code == 403
        assert branches.read("pabove", "/desk/dues/?org=dz-a")


def test_those_above_excuse_and_the_branch_enters_what_stands_on_paper(branches: Any) -> None:
    with at("11-18 09:00"):
        page = branches.desk("pabove").get("/desk/dues/?org=dz-b").content.decode()
        assert 'value="excuse"' in page and 'value="record"' not in page
        own = branches.desk("pnext").get("/desk/dues/").content.decode()
        assert 'value="excuse"' not in own and 'value="record"' in own
        line = {"requirement": "theme_day", "subject": "org:dz-b"}
        refused = branches.desk("pnext").post(
            "/desk/dues/",
            {"command": "x-1", "do": "excuse", "first": "2026-11-01", "cause": "emergency", **line},
        )
        assert refused.status_code == 403
        done = post(branches, "pnext", "/desk/dues/", do="record", day="2026-11-16", made_up="yes", **line)
        assert re.search("补做了 主题党日 2026年11月", done) and "纸上的记录 11月16日 周一" in done
        line["requirement"] = "committee_meeting"
        told = post(
            branches,
            "pabove",
            "/desk/dues/?org=dz-b",
            do="excuse",
            first="2026-11-01",
            cause="no_committee",
            **line,
        )
        assert re.search("免 支委会 2026年11月", told) and "没有设支委会" in told
