"""F22 (城乡支部联线): two branches hold one meeting together, recorded once and counted for both; promises made to the village fall due.

Members are paired with families who agreed: contacts of dues (N11), declared in Fuling's pack. Members in communities: D01.

Waits for other rooms: what a call at home may ask, and no more, comes with the visits.
"""

import re
from typing import Any

from tests.gather.test_branch import decide
from tests.stories.test_N11_contacts import send as press
from tests.support.branches import BRANCH, NEXT, branches, fields
from tests.support.town import SINCE, at, local, town, words

__all__ = ["branches", "town"]


def pair() -> None:
    """The two branches are paired: the town's helps, the village's is helped."""
    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances

    new = NewAlliance(
        "help", "城乡联线", BRANCH, SINCE, members=(NewMember(BRANCH, "helper"), NewMember(NEXT, "helped"))
    )
    found_alliances(system_act(local("01-08 09:00"), "pair"), alliances=[new])


def announce(branches: Any, **typed: Any) -> str:
    """An evening of the twelfth of November is announced through the form; gives its address."""
    desk = branches.desk("psec")
    held = fields(desk.get("/desk/branch/record/?plan=1").content.decode())
    held |= {
        "kinds": ["theme_day"],
        "day": "2026-11-12",
        "starts": "19:30",
        "ends": "21:00",
        "where": "甲村",
        "do": "plan",
    } | typed
    answer = desk.post("/desk/branch/record/", held)
    assert answer.status_code == 303, words(answer)
    found = re.search(r"/desk/branch/evenings/[^/]+/", desk.get("/desk/branch/").content.decode())
    assert found
    return found[0]


def test_an_evening_is_announced_by_both_sides(branches: Any) -> None:
    """The village is asked, agrees in its own words, both branches' members find it in their week and calendar; the record opens with it."""
    from baodao.people.selectors import persons_of
    from tests.support.town import signed_in

    with at("11-10 09:00"):
        pair()
        theirs = persons_of(branches.enter("乙支部", 3)[:1], "notify").popitem()[1]
        ours = persons_of([branches.tokens["赵一"]], "notify").popitem()[1]
        where = announce(branches, with_orgs=[NEXT])
        assert "主题党日 11月12日 周四 19:30 甲村 · 乙支部 还没有答复" in branches.read(
            "psec", "/desk/branch/"
        )
        village, members = (
            branches.desk("pnext"),
            {who: signed_in(who, staff=False) for who in (ours, theirs)},
        )
        assert (
            "别的组织请本支部一起开的 主题党日 11月12日 周四 19:30 甲村 · 甲支部 还没有答复"
            in branches.read("pnext", "/desk/branch/")
        )
        assert "还没有记录" in words(members[theirs].get("/me/evenings/")) and "主题党日" not in words(
            members[theirs].get("/me/evenings/")
        )
        page = branches.read("pnext", where)
        assert (
            "甲支部 召集、记录 乙支部 还没有答复" in page
            and "不参加不用写原因" in page
            and "取消这次会" not in page
        )
        assert village.post(where, {"command": "no", "do": "declined"}).status_code == 303
        assert "乙支部 不参加" in branches.read("psec", where)
        answer = {"command": "yes", "do": "joins", "note": "七点在村口集合"}
        assert village.post(where, answer).status_code == 303
        assert "乙支部 一起开" in branches.read("psec", where) and "村口" not in branches.read("psec", where)
        # Each member reads it in the name of her own branch.
        theirs_page, ours_page = (words(members[who].get("/me/evenings/")) for who in (theirs, ours))
        assert "乙支部 · 和甲支部一起开 七点在村口集合" in theirs_page
        assert "主题党日 11月12日 周四 19:30 甲村 甲支部" in ours_page and "村口" not in ours_page
        for who, browser in members.items():
            assert "主题党日" in words(browser.get("/gather/"))
            browser.post("/me/gatherings/", {"command": f"feed-{who}"})
            feed = re.search(r"/calendar/[a-z0-9]+\.ics", browser.get("/me/gatherings/").content.decode())
            assert feed and "SUMMARY:主题党日" in browser.get(feed[0]).content.decode()
        # And those who keep the record, in the week of their post.
        for who in ("psec", "pnext"):
            assert "主题党日" in branches.read(who, "/desk/week/"), who
        assert "主题党日" not in branches.read("pabove", "/desk/week/")
        # The village prints a sheet for its own three, and reminds them itself.
        assert branches.desk("pnext").get(f"{where}sheet/").content.decode().count("&nbsp;") == 3
        assert village.post(where, {"command": "now", "do": "remind"}).status_code == 303
        assert "已经提醒过本支部的党员" in branches.read("pnext", where)
        assert "现在提醒本支部党员" in branches.read("psec", where)
        assert village.post(where, {"command": "off", "do": "call_off"}).status_code == 422
    with at("11-12 21:30"):
        held = branches.form("psec", slot=where.split("/")[-2])[1]
        assert held["with_orgs"] == [NEXT]
        checked = branches.send("psec", held, "check", 200)
        branches.send("psec", fields(checked.content.decode()))
        assert "由 甲支部 记，两边都算" in branches.read("pnext", "/desk/branch/")


def tick(branches: Any, where: str) -> None:
    """The village's secretary tells of her own members on the same record; each side reads only its own names."""
    from baodao.dues.models import Met

    assert "还没有记本支部谁到了" in branches.read("pnext", where)
    ours = f"{where}ours/"
    assert branches.desk("psec").get(ours).status_code == 404  # her side is the record itself
    assert branches.desk("pcom").get(ours).status_code == 404
    page = branches.desk("pnext").post(ours, {"command": "n-ours", "do": "names"})
    assert "乙支部3号" in words(page) and "赵一" not in words(page)
    held = fields(page.content.decode())
    tokens = [name for name in held if name.startswith("s-")]
    assert len(tokens) == 11
    held |= {tokens[0]: "excused", tokens[1]: "absent", "do": "send"}
    assert branches.desk("pnext").post(ours, held).status_code == 303
    read = branches.read("pnext", where)
    assert "本支部（乙支部） 9/11" in read and "请假 1" in read and "未到 1" in read
    named = words(branches.desk("pnext").post(where, {"command": "n-2", "do": "names"}))
    assert len(re.findall("乙支部[0-9]+号 请假", named)) == 1 and "赵一" not in named
    # The branch that recorded it still counts its own twelve, and opens no name of the other side.
    assert "12/12" in branches.read("psec", where)
    theirs = words(branches.desk("psec").post(where, {"command": "n-3", "do": "names"}))
    assert "赵一 到场" in theirs and not re.search("乙支部[0-9]+号", theirs)
    # Study hours go to those who were there, of both sides; the due of each branch is met by the one record.
    minutes = Met.objects.filter(requirement="study_hours", subject__in=[f"member:{t[2:]}" for t in tokens])
    assert minutes.count() == 9 and set(minutes.values_list("amount", flat=True)) == {90}
    assert Met.objects.filter(requirement="theme_day", subject=f"org:{NEXT}").count() == 1
    # Somebody else's member cannot be slipped in; a second time is a correction, which says why.
    again = fields(branches.desk("pnext").post(ours, {"command": "n-4", "do": "names"}).content.decode())
    again |= {tokens[1]: "made_up", "do": "send"}
    assert "更正要写理由" in words(branches.desk("pnext").post(ours, again))
    again |= {"reason": "后来补了课", "command": "n-5"}
    assert branches.desk("pnext").post(ours, again).status_code == 303
    assert "10/11" in branches.read("pnext", where)
    assert minutes.count() == 10
    # The record's correction leaves what the other side told alone; it cannot be parted from it any more.
    _text, form = branches.form("psec", slot=where.split("/")[-2])
    form |= {f"s-{branches.tokens['钱二']}": "absent", "why": "钱二没有来"}
    parted = words(branches.send("psec", form | {"with_orgs": []}, "send", 409))
    assert "乙支部已经记了自己的党员" in parted
    branches.send("psec", form)
    assert "11/12" in branches.read("psec", where) and "10/11" in branches.read("pnext", where)


def test_one_meeting_of_two_branches_is_recorded_once_and_counts_for_both(branches: Any) -> None:
    from baodao.gather.models import Slot

    with at("11-10 22:00"):
        # Nobody is offered with whom the branch has nothing to do.
        assert "乙支部" not in words(branches.form("psec")[0])
        pair()
        branches.enter("乙支部", 11)
        text, held = branches.form("psec")
        assert "乙支部" in words(text)
        held |= {"kinds": ["theme_day", "lecture"], "items": ["theme_day.first"], "day": "2026-11-10", "starts": "19:30", "ends": "21:00",
                 "heads": "11", "with_orgs": [NEXT], "decisions": "春耕前修好村口的水渠\n给小学送一批书"}  # fmt: skip
        checked = branches.send("psec", held, "check", 200)
        assert "主题党日 · 乙支部" in words(checked)
        where = str(branches.send("psec", fields(checked.content.decode()))["Location"])
        assert Slot.objects.count() == 1
        for who in ("psec", "pnext"):
            assert re.search(
                "已开 (党课、)?主题党日(、党课)? 11月10日", branches.read(who, "/desk/branch/")
            ), who
        theirs = branches.read("pnext", "/desk/branch/")
        assert "由 甲支部 记，两边都算" in theirs
        read = branches.read("pnext", where)
        assert "春耕前修好村口的水渠" in read
        # Who of the other branch was there is that branch's own.
        assert "谁没有到会" not in read and "到场 12" not in read
        tick(branches, where)
        assert branches.desk("secretary").get(where).status_code == 404
    with at("11-11 09:00"):
        read = decide(branches, where, 1, org="甲支部", by="2026-11-30")
        number = re.search(r"FL-2026-\d+", read)
        assert number, read
        assert "11月30日" in branches.matter("psec", number[0])
    with at("12-02 09:00"):
        branches.work()
        assert "过了说好的日子，甲支部还没有办好" in branches.matter("psec", number[0])
        branches.do("psec", number[0], "answer", claim="solved", result="水渠修好了。")
        assert "办好了" in branches.matter("psec", number[0])
        # Those to whom it was promised read how it went, from the evening's page.
        assert number[0] in branches.read("pnext", where)


def test_members_are_paired_with_families_who_agreed(branches: Any) -> None:
    """A branch's secretary asks the family; the paired member notes the day and the need; the family reads, corrects and leaves, and nobody is told."""
    naming, list_ = "/desk/contacts/name/", "/desk/contacts/"
    typed = {"do": "name", "org": BRANCH, "post": "p-pcom", "name": "易家", "since": "2026-10-08"}
    typed["phone"] = "13755556666"
    with at("11-02 09:00"):
        # Nobody is put on a list who was not asked; of another branch, below, outside nobody may.
        assert "要本人同意" in press(branches.desk("psec"), naming, 422, **typed)
        press(branches.desk("psec"), naming, word="yes", **typed)
        for who in ("pcom", "secretary", "superior"):
            assert branches.desk(who).get(naming).status_code == 403, who
        press(branches.desk("pnext"), naming, 403, word="yes", **typed)
        # One family has one member, whichever branch asks.
        twice = typed | {"org": NEXT, "post": "p-pnext", "word": "yes"}
        assert "已经有一位联系人" in press(branches.desk("pnext"), naming, 409, **twice)
        due = branches.read("psec", "/desk/dues/")
        assert "该做 结对帮扶：看望结对的家庭 2026年第4季度" in due and "易家" not in due
    with at("11-10 15:00"):
        member = branches.desk("pcom")
        code = re.search(r'name="code" value="(ct-\d+)"', member.get(list_).content.decode())
        assert code and "易家" in press(member, list_, 200, do="names", purpose="duty")
        press(member, list_, do="record", code=code[1], day="2026-11-10", need="老人要一辆轮椅")
        assert "做了 结对帮扶：看望结对的家庭" in branches.read("psec", "/desk/dues/")
        # Another branch, those above and the community read neither the name nor the need.
        for who in ("psec", "pnext", "pabove"):
            assert "轮椅" not in branches.read(who, list_) + branches.read(who, "/desk/dues/"), who
    with at("11-11 19:00"):
        family = branches.phone_by("13755556666").browser
        assert "甲支部" in words(family.get("/me/contact/")) and "轮椅" in words(family.get("/me/contact/"))
        fixed = press(
            family, "/me/contact/", do="correct-1", code=code[1], day="2026-11-10", need="要一副拐杖"
        )
        assert "拐杖" in fixed and "轮椅" not in branches.read("pcom", list_)
        assert "没有人在名单上联系您" in press(family, "/me/contact/", do="leave", code=code[1])
        branches.work()
    with at("11-12 09:00"):
        assert "名单上没有人" in branches.read("pcom", list_)
        for who in ("pcom", "psec"):
            assert "还没有通知" in branches.read(who, "/desk/notices/"), who
