"""Y03 (首学制度): the first item is learnt first. An organization that held a meeting without the set first item is listed; who is absent
is named to nobody above the branch. A meeting without it is recorded all the same.

All three programmes are walked: a hundred cadres teach, ten thousand members in rotation, a thousand secretaries go to school.
Waits for other rooms: nothing.
"""

import re
from typing import Any

from tests.gather.test_statements import DOOR, statements
from tests.stories.test_D10_training import fill, slots
from tests.stories.test_F02_tenth import post
from tests.support.branches import ABOVE, MEMBERS, ROOT, Branches, branches_of, fields
from tests.support.town import DISTRICT, SINCE, STREET, at, local, town, words

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
        # Before names are opened each is a number; who is above has her own list, and nobody on it.
        assert "党员 12" in own and "党员轮训" not in branches.read("pabove", "/desk/dues/members/?org=dz-a")


def _streets(where: Branches) -> None:
    """Under the district: the street of two branches and nine more, one of three, one of ten; each branch but one with its secretary."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, create_orgs
    from baodao.people.services.identity import Entry, enrol

    def system(name: str) -> Any:
        return system_act(local("01-06 09:00"), f"y03-{name}")

    def org(code: str, name: str, level: str, kind: str, parent: str) -> NewOrg:
        return NewOrg(code, name, level, kind, SINCE, parent, tree="party")

    create_orgs(
        system("streets"),
        orgs=[org(f"dz-s{n}", f"第{n}街道党工委", "party_street", "committee", ROOT) for n in (2, 3)],
    )
    below = [(ABOVE, 9), ("dz-s2", 3), ("dz-s3", 10)]
    rows = [(f"{street}-{n}", street) for street, many in below for n in range(many)]
    create_orgs(
        system("branches"),
        orgs=[org(code, f"支部{code}", "party_community", "branch", street) for code, street in rows],
    )
    entries = [Entry(ref=code, name=f"书记{code}", kind="staff") for code, _street in rows]
    uids = enrol(
        system("people"),
        entries=[*entries, Entry(ref="pdist", name="区委书记", kind="staff", phone="13700998899")],
    ).uids
    where.uids["pdist"], where.phones["pdist"] = uids["pdist"], "13700998899"
    posts = [NewPost(f"p-{code}", code, "party_secretary", uids[code], SINCE) for code, _street in rows[:-1]]
    begin_posts(
        system("posts"), posts=[*posts, NewPost("p-pdist", ROOT, "party_secretary", uids["pdist"], SINCE)]
    )


def _rebuilt() -> None:
    """What is stored of reminders follows from the facts, and names nobody."""
    from baodao.dues.models import Reminder
    from baodao.ledger.caches import dump
    from baodao.ledger.services import rebuild

    posts = Reminder.objects.filter(subject__startswith="post:")
    assert posts.count() == 5 and set(posts.values_list("requirement", flat=True)) == {"training.secretaries"}
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before


def _both_trees(where: Branches) -> None:
    """The Party committee's secretary heads an office of the district, too; a street and its Party committee are one body."""
    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts

    body = NewAlliance("party_body", "本街道党组织", STREET, SINCE, members=(NewMember(ABOVE),))
    found_alliances(system_act(local("01-06 09:00"), "y03-body"), alliances=[body])
    begin_posts(
        system_act(local("01-06 09:00"), "y03-both"),
        posts=[NewPost("q-pdist", DISTRICT, "supervisor", where.uids["pdist"], SINCE)],
    )


def test_a_thousand_secretaries_go_to_school_in_one_view(town: Any) -> None:
    """Who convenes it reads by street how many came and how many are still to come, from ten on and not by subtraction; a secretary reads what
    she herself still lacks; nobody's name stands in it."""
    branches = branches_of(town, "yuzhong")
    view, home = "/desk/training-reach/", "/desk/classes/"
    with at("11-23 09:00"):
        _streets(branches)
        desk = branches.desk("pabove")
        fill(
            desk,
            f"{home}new/",
            title="书记班",
            plan="secretaries",
            since="2026-11-23",
            seats="",
            closed="yes",
        )
        page = re.findall(r'href="(/desk/classes/c-\d+/)"', desk.get(home).content.decode())[0]
        for day, course in (("24", "duties"), ("25", "governance")):
            fill(
                desk, page, do="session", starts=f"2026-11-{day}T09:00", minutes="120", way="on_site", course=course, title="", where="党校",
            )  # fmt: skip
        fill(
            desk,
            page,
            do="enrol",
            post=" ".join(["p-psec", "p-pnext", *(f"p-{ABOVE}-{n}" for n in range(6))]),
        )
        before = branches.read("pdist", view)
        assert "党组织书记轮训" in before and "街道党工委 12 — 0/12 0/12 12 0.0" in before
    for day, many in (("24", 8), ("25", 5)):
        with at(f"11-{day} 20:00"):
            desk = branches.desk("pabove")
            slot = slots(town, page)[day == "25"]
            there = f"{page}roll/{slot}/"
            body = desk.post(there, {"command": f"n-{day}", "do": "names"}).content.decode()
            fill(desk, there, do="attend", came=re.findall(r'name="came" value="(\w+)"', body)[:many])
    with at("11-26 08:00"):
        # One secretary has had her reminders of this month, of other things.
        lists = [f"/desk/dues/lacking/{name}/" for name in ("theme_day", "lecture")]
        for address in lists:
            assert "提醒了 1 家" in post(branches, "pabove", address, org=[f"{ABOVE}-8"])
    with at("11-26 09:00"):
        read = branches.read("pdist", view)
        # Eight of twelve came, five had both courses: 13 lessons of 120 minutes, 2.9 hours of 45 minutes a holder.
        assert "街道党工委 12 — 8/12 5/12 7 2.9" in read
        # Three are not spoken of, and neither are nine whose figure the total would give away.
        assert "第2街道党工委 3 1 人太少，不显示" in read and "第3街道党工委 9 2 人太少，不显示" in read
        for name in ("书记psec", "书记dz", *MEMBERS):
            assert name not in read, name
        assert statements(branches.desk("pdist"), view) - DOOR <= 6
        sheet = branches.desk("pdist").get(f"{view}?as=xlsx")
        assert sheet.status_code == 200 and sheet.content[:2] == b"PK"
        # The street has its own view: of each branch with its one secretary it says nothing, of all eleven below it does.
        street = branches.read("pabove", view)
        assert "甲支部 1 — 人太少，不显示" in street and "合计 11 — 8/11 5/11 6" in street
        assert "人太少，不显示" in branches.read("psec", view)
        assert branches.desk("pcom").get(view).status_code == 403
        # One press, confirmed: the page says whom it reaches, then how many were told, how many not, and why.
        assert "不写名字，您看不到是谁，谁打开了也不记" in street and "提醒 6 人" in street
        assert "提醒还没来齐的" not in branches.read("psec", view)
        # The same press sent twice (a bad line, a killed server) is one.
        press = {"command": "remind-once", "plan": "secretaries"}
        first, second = (branches.desk("pabove").post(view, press) for _ in range(2))
        assert first.status_code == second.status_code == 303 and first["Location"] == second["Location"]
        told = branches.read("pabove", first["Location"])
        assert "提醒了 5 人。1 人近期收到的各种提醒已经够了，没有再发。" in told, told
        again = post(branches, "pabove", view, 409, plan="secretaries")
        assert "5 人这个月提醒过，1 人近期别的提醒已经够了" in again, again
        branches.work()
        for who in ("psec", "pnext"):
            lacks = "上了 2 课，共 2 课" not in branches.read(who, home)
            assert ("您的岗位有一项培训还没有上齐" in branches.read(who, "/desk/notices/")) == lacks, who
        _rebuilt()
        lacking = branches.read("psec", home)
        assert "党组织书记轮训 上了" in lacking
        _both_trees(branches)
        # Whoever convenes for the district and for its Party committee has one view of both: what is one body is one row, one person counts once.
        assert "我的岗位一起看" in branches.read("pdist", view) and "我的岗位一起看" not in street
        wide = branches.read("pdist", f"{view}?all=yes")
        assert "画街道 · 街道党工委 14 — 8/14 5/14 9" in wide and "合计 26 3 8/26" in wide, wide
        assert statements(branches.desk("pdist"), f"{view}?all=yes") - DOOR <= 8
        assert "街道党工委" not in branches.read("superior", f"{view}?all=yes")
