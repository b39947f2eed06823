"""D09: a volunteer team publishes an activity, volunteers sign up within the capacity, sign in by code, hours are credited.

Waits for later rooms: visits (what volunteers find at homes), the bulletin (honours to teams).
"""

import re
from typing import Any

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
