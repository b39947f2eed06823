"""D09: a volunteer team publishes an activity, volunteers sign up within the capacity, sign in by code, hours are credited; core volunteers
choose a class of several courses, are told what they took, and have a certificate (N02 walks it with a village's station).

Waits for later rooms: visits (what volunteers find at homes), the bulletin (honours to teams).
"""

import re
from typing import Any

from tests.stories.test_D10_training import CLASSES, fill, slots
from tests.support.districts import first_community, found
from tests.support.gather import press, publish, scan
from tests.support.town import at, words

NAMES = {
    "leader": "唐队长",
    "street": "杨书记",
    "next": "别队的",
    "wu": "吴志愿",
    "zheng": "郑志愿",
    "feng": "冯志愿",
}


def settle(districts: Any) -> str:
    community = first_community("dadukou")
    found(
        ("ddk-yidu-1", "义渡第一志愿队", "volunteer_team", "volunteer_team", community),
        ("ddk-yidu-2", "义渡第二志愿队", "volunteer_team", "volunteer_team", community),
    )
    posts = (
        ("leader", "ddk-yidu-1", "team_leader"), ("next", "ddk-yidu-2", "team_leader"),
        ("street", community[:9], "department_head"),
    )  # fmt: skip
    districts.people(NAMES, posts)
    return community


def test_a_teams_activity_from_notice_to_hours(districts: Any) -> None:
    with at("03-10 09:00"):
        community = settle(districts)
        leader = districts.desk("leader")
        code = publish(
            leader,
            kind="yidu",
            title="义渡古镇拾捡",
            day="2026-03-14",
            **{"from": "09:00"},
            to="11:00",
            seats="2",
            where="古镇码头",
        )
        # On the portal, near the community, for whoever comes by.
        shown = words(districts.phone().browser.get(f"/gather/?at={community}"))
        assert "义渡古镇拾捡" in shown
        assert "还有 2 个名额" in shown
        visitor = words(districts.phone().browser.get(f"/gather/{code}/"))
        assert "古镇码头" in visitor
        assert "义渡第一志愿队" in visitor
        for who in ("wu", "zheng"):
            assert "您：有名额" in press(districts.phone(who).browser, f"/gather/{code}/", "join")
        # Within the capacity: the third waits, and moves up when somebody withdraws, without a reason asked.
        third = press(districts.phone("feng").browser, f"/gather/{code}/", "join")
        assert "您：排队等候" in third
        press(districts.phone("zheng").browser, f"/gather/{code}/", "leave")
        assert "您：有名额" in words(districts.phone("feng").browser.get(f"/gather/{code}/"))
        districts.work()
        notices = words(districts.phone("feng").browser.get("/notices/"))
        assert "3月14日" in notices
        assert "轮到您了" in notices
    with at("03-14 08:50"):
        signed = scan(districts.desk("leader"), districts.phone("wu").browser, code)
        assert "已经签到" in signed
        assert "记 120 分钟" in signed
        scan(districts.desk("leader"), districts.phone("feng").browser, code)
        full = scan(districts.desk("leader"), districts.phone("zheng").browser, code, expect=409)
        assert "名额满了" in full
    with at("03-14 11:10"):
        leader = districts.desk("leader")
        press(leader, f"/desk/gather/{code}/", "hold", heads="5", minutes="捡了六袋")
        after = words(leader.get(f"/desk/gather/{code}/"))
        assert "7 人" in after
        mine = districts.phone("wu").browser
        assert "记了 2 小时 0 分钟" in words(mine.get("/me/gatherings/"))
        press(mine, f"/gather/{code}/", "rate", stars="5")
        # Fewer than ten: how many rated, not how.
        assert "1 人评过，满 10 人才看得到分布" in words(mine.get(f"/gather/{code}/"))
        # The street sees how many, nobody's name; another team sees no list and changes nothing.
        above = districts.desk("street").get(f"/desk/gather/{code}/")
        assert "来了 7 人" in words(above)
        for browser in (districts.desk("street"), districts.desk("next")):
            page = browser.post(f"/desk/gather/{code}/", {"do": "names", "command": "look"})
            assert "吴志愿" not in words(page)
        assert "吴志愿" in words(leader.post(f"/desk/gather/{code}/", {"do": "names", "command": "look2"}))
        assert districts.desk("next").get(f"/desk/gather/{code}/edit/").status_code in (403, 404)
        # Whoever was looked up reads who looked.
        looked = words(mine.get("/me/looked/"))
        assert re.search("义渡第一志愿队|志愿队队长", looked)
        _core_volunteers(districts)


def core_class(districts: Any, who: str, seats: str = "") -> str:
    """A class of two courses for core volunteers, convened by whoever leads; gives its code."""
    desk = districts.desk(who)
    fill(
        desk,
        f"{CLASSES}new/",
        title="骨干第一期",
        plan="core_volunteers",
        since="2026-03-15",
        seats=seats,
        about="自带水杯",
    )
    body = desk.get(CLASSES).content.decode()
    page = re.findall(r'href="(/desk/classes/c-\d+/)"', body[body.index("本单位开的班") :])[0]
    for day, course, minutes in (("17", "basics", "60"), ("18", "first_aid", "90")):
        fill(
            desk, page, do="session", starts=f"2026-03-{day}T19:00", minutes=minutes, way="on_site", course=course, title="", where="队部",
        )  # fmt: skip
    return page.split("/")[3]


def attend(districts: Any, who: str, code: str, slot: str, only: int = 99) -> None:
    """Who came, from the list that opens for a purpose."""
    there = f"{CLASSES}{code}/roll/{slot}/"
    body = districts.desk(who).post(there, {"command": f"n-{slot}", "do": "names"}).content.decode()
    fill(districts.desk(who), there, do="attend", came=re.findall(r'name="came" value="(\w+)"', body)[:only])


def _core_volunteers(districts: Any) -> None:
    with at("03-15 09:00"):
        code = core_class(districts, "leader", seats="2")
        where = f"/classes/{code}/"
        shown = words(districts.phone().browser.get("/classes/"))
        assert "骨干第一期" in shown and "骨干志愿者课 · 义渡第一志愿队" in shown
        visitor = districts.phone().browser.get(where)
        assert "登录以后选" in words(visitor) and "名额 2，还有 2 个" in words(visitor)
        assert f"?next=/classes/{code}/" in visitor.content.decode()
        for who in ("wu", "zheng"):
            assert "选上了" in press(districts.phone(who).browser, where, "join")
        # Within the seats; who leaves says nothing, and the next moves up.
        assert "名额 2，满了，可以排队" in words(districts.phone().browser.get(where))
        assert "要排队" in press(districts.phone("feng").browser, where, "join")
        press(districts.phone("zheng").browser, where, "leave")
        assert "选上了" in words(districts.phone("feng").browser.get(where))
    lessons = slots(districts, f"{CLASSES}{code}/")
    for day, slot in zip(("17", "18"), lessons, strict=True):
        with at(f"03-{day} 21:00"):
            attend(districts, "leader", code, slot, 2 if day == "17" else 1)
            if day == "17":
                early = districts.phone("wu").browser.get(f"{where}certificate/")
                assert early.status_code == 409
    with at("03-19 09:00"):
        done = 0
        for who in ("wu", "feng"):
            browser = districts.phone(who).browser
            paper = browser.get(f"{where}certificate/")
            done += paper.status_code == 200 and "学完了规定的课程" in words(paper)
            # Hers alone: what was credited, and nobody else's name on any page of the class.
            assert "记了" in words(browser.get("/me/gatherings/"))
            assert not {"吴志愿", "郑志愿", "冯志愿"} - {NAMES[who]} & set(words(browser.get(where)).split())
        assert done == 1
        # The team reads counts; the street and another team nothing of who was in it.
        assert "班里 2 人，上完 1 人" in words(districts.desk("leader").get(f"{CLASSES}{code}/"))
        for who in ("street", "next"):
            there = f"{CLASSES}{code}/roll/{lessons[0]}/"
            assert districts.desk(who).post(there, {"command": f"x-{who}", "do": "names"}).status_code == 404
        # Staff's own classes are not on the residents' list, nor opened by their address.
        assert "社区工作者" not in words(districts.phone("wu").browser.get("/classes/"))
