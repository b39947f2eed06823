"""W15: the meetings that every branch must hold. A secretary sees what is due this month; one evening meets three requirements and is
recorded once; an absent member is excused with a reason; what is missing is listed, with its make-up date.

The due lists themselves, their windows and reminders: tests/dues, F02.
"""

import re
from typing import Any

from tests.support.branches import branches, fields
from tests.support.town import at, town, words

__all__ = ["branches", "town"]


def test_one_evening_meets_three_requirements_and_is_recorded_once(branches: Any) -> None:
    with at("11-10 22:00"):
        home = branches.read("psec", "/desk/branch/")
        for due in ("主题党日", "党小组会", "党课"):
            assert due in home, due
        assert "要开" in home
        # From what is due one tap leads to the form with that meeting ticked; of what was held there is no such tap.
        body = branches.desk("psec").get("/desk/branch/").content.decode()
        before = body.count('name="kind" value="lecture"')
        assert before and 'name="kind" value="group_meeting"' in body and "?plan=1&amp;kind=lecture" in body
        assert branches.form("psec", kind="group_meeting")[1]["kinds"] == ["group_meeting"]
        assert "kinds" not in branches.form("psec", kind="no_such_meeting")[1]
        _text, held = branches.form("psec")
        ill = branches.tokens["钱二"]
        held |= {"kinds": ["theme_day", "lecture", "group_meeting"], "items": ["theme_day.first"], "day": "2026-11-10",
                 "starts": "19:30", "ends": "21:00", "minutes": "学习、上课、分组谈。", f"s-{ill}": "excused"}  # fmt: skip
        checked = branches.send("psec", held, "check", 200)
        read = words(checked)
        # The machine proposes and says why; nothing is written yet.
        for due in ("主题党日", "党课", "党小组会"):
            assert re.search(f"{due} 因为有", read), (due, read)
        assert "还没有记过会" in branches.read("psec", "/desk/branch/")
        held = fields(checked.content.decode())
        assert {"theme_day", "lecture", "group_meeting"} <= set(held["meets"])
        where = str(branches.send("psec", held | {f"r-{ill}": "出差在外"})["Location"])
        read = branches.read("psec", where)
        assert "满足的要求" in read and "主题党日" in read and "请假 1" in read and "出差在外" in read
        assert read.count("学习、上课、分组谈。") == 1
        home = branches.read("psec", "/desk/branch/")
        assert home.count("11/12") == 1
        body = branches.desk("psec").get("/desk/branch/").content.decode()
        assert body.count('name="kind" value="lecture"') == before - 1
        # The due list of the whole house agrees.
        month = branches.read("psec", "/desk/dues/?month=2026-11")
        assert re.search("主题党日.{0,80}(已|满足|完成)", month) or "已" in month
        assert "出差在外" not in branches.read("pabove", where)


def test_all_five_districts_owe_them_with_their_source() -> None:
    """Three meetings and a lecture, theme day, organizational life: of `base`, in each district's pack, with the article."""
    from baodao.dues.declare import DueRule
    from baodao.gather.declare import Gathering
    from baodao.kernel.declare import get_pack
    from tests.support.districts import DISTRICTS

    often = {
        "members_meeting": "quarter", "committee_meeting": "month", "group_meeting": "month", "lecture": "quarter",
        "theme_day": "month", "organizational_life": "year", "study_hours": "year",
    }  # fmt: skip
    for pack in DISTRICTS:
        rules, kinds = get_pack(pack).many(DueRule), get_pack(pack).many(Gathering)
        for name, every in often.items():
            assert rules[name].every == every and "条" in rules[name].basis + "条" * (
                name == "study_hours"
            ), name
            assert name == "study_hours" or name in kinds, (pack, name)
        assert (rules["study_hours"].unit, rules["study_hours"].amount) == ("minutes", 32 * 45)


def test_the_secretary_decides_what_it_met(branches: Any) -> None:
    from baodao.dues.models import Met

    with at("11-10 22:00"):
        _text, held = branches.form("psec")
        held |= {"kinds": ["theme_day", "lecture"], "day": "2026-11-10", "starts": "19:30", "ends": "21:00"}
        held = fields(branches.send("psec", held, "check", 200).content.decode())
        where = str(branches.send("psec", held | {"meets": ["theme_day"]})["Location"])
        assert set(Met.objects.filter(subject__startswith="org:").values_list("requirement", flat=True)) == {
            "theme_day"
        }
        assert "党课" in branches.read("psec", where)  # what it was stays told
        # What it cannot meet is not taken for met.
        _text, held = branches.form("psec")
        held |= {
            "kinds": ["lecture"],
            "day": "2026-11-09",
            "starts": "19:30",
            "ends": "21:00",
            "meets": ["theme_day"],
        }
        refused = branches.send("psec", held, "send", 422)
        assert "不满足其中一项要求" in words(refused)


def test_what_is_missing_is_listed_with_its_make_up_date(branches: Any) -> None:
    with at("11-20 09:00"):
        home = branches.read("psec", "/desk/branch/")
        assert re.search("缺 主题党日 11月\\d+日 到 11月\\d+日 可以补开，到 1[12]月\\d+日 周. 为止", home), (
            home
        )
        # Held late, it makes up; nobody reads that it was late but by the day itself.
        branches.record(kinds=["theme_day"], day="2026-11-19", starts="19:30", ends="21:00")
        home = branches.read("psec", "/desk/branch/")
        assert "缺 主题党日 11月" not in home and "已补开 主题党日 11月10日" in home


def test_study_minutes_go_to_the_members_year_and_to_her_own_page(branches: Any) -> None:
    from baodao.dues.models import Met

    with at("11-12 09:00"):
        branches.record(
            absent={"钱二": "absent", "孙三": "made_up"}, kinds=["lecture"], items=["lecture.secretary"], day="2026-11-10",
            starts="19:30", ends="21:00",
        )  # fmt: skip
        rows = dict(Met.objects.filter(requirement="study_hours").values_list("subject", "amount"))
        assert rows[f"member:{branches.tokens['赵一']}"] == 90
        assert f"member:{branches.tokens['钱二']}" not in rows
        assert "学习 90 分钟" in words(
            branches.phone_by(branches.phones["赵一"]).browser.get("/me/evenings/")
        )


def test_a_committee_meets_and_nobody_else_is_absent(branches: Any) -> None:
    """Who was not asked to a committee's meeting has no line and no absence; of meetings that ask the whole roll nobody is spared."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people.selectors import persons_of
    from tests.support.branches import BRANCH
    from tests.support.town import SINCE, local

    tokens = [branches.tokens[name] for name in ("赵一", "钱二", "孙三")]
    uids = persons_of(tokens, "erase")
    posts = [
        NewPost(f"p-pcm-{n}", BRANCH, "party_committee_member", uids[token], SINCE)
        for n, token in enumerate(tokens)
    ]
    begin_posts(system_act(local("01-06 09:00"), "w15-committee"), posts=posts)
    evening = {"day": "2026-11-17", "starts": "15:00", "ends": "16:00", "minutes": "研究评议安排。"}
    with at("11-18 09:00"):
        # From what is due: the committee is there, the rest of the roll was not asked.
        text, held = branches.form("psec", kind="committee_meeting")
        assert "不用参加" in text
        assert (
            sorted(held[f"s-{token}"] for token in branches.tokens.values())
            == ["present"] * 3 + ["spared"] * 9
        )
        held |= evening | {f"s-{tokens[2]}": "phone"}
        checked = branches.send("psec", held, "check", 200)
        assert "参加 3/3，其中到场 2" in words(checked)
        where = str(branches.send("psec", fields(checked.content.decode()))["Location"])
        assert "3/3 · 到场 2 · 电话参加 1" in branches.read("psec", where)
        # A correction opens as it was recorded: nobody becomes present by being looked at; who was there is not spared afterwards.
        code = where.rstrip("/").rpartition("/")[2]
        _text, again = branches.form("psec", slot=code)
        assert sum(again[f"s-{token}"] == "spared" for token in branches.tokens.values()) == 9
        wrong = again | {"why": "漏了", f"s-{tokens[0]}": "spared"}
        refused = branches.send("psec", wrong, "send", 409)
        assert "已经记过这次会" in words(refused)
        # A theme day asks everybody.
        text, held = branches.form("psec", kind="theme_day")
        assert "不用参加" not in text
        held |= evening | {
            "day": "2026-11-18",
            "starts": "07:00",
            "ends": "08:00",
            f"s-{tokens[0]}": "spared",
        }
        assert "名册上的人都该来" in words(branches.send("psec", held, "send", 422))
