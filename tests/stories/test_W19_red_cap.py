"""W19: red-cap volunteers at a market and a crossing: posts by the hour, sign-in by code, weather call-off; a volunteer advises and
never records a person.

Waits for later rooms: visits (what a community does about a place that volunteers keep naming).
"""

import re
from typing import Any

from tests.support.districts import first_community, found
from tests.support.gather import press, publish, scan
from tests.support.town import at, words

NAMES = {"leader": "秦队长", "you": "尤小红帽", "xu": "许小红帽"}
#: What a field that names, describes or shows somebody else would be called.
PERSON = re.compile(r'name="(name|phone|person|idno|photo|photos|plate|face|offender|who|subject|evidence)"')


def test_posts_by_the_hour_code_and_weather(districts: Any) -> None:
    with at("03-09 09:00"):
        found(("wb-red", "清姜小红帽队", "volunteer_team", "volunteer_team", first_community("weibin")))
        districts.people(NAMES, (("leader", "wb-red", "team_leader"),))
        leader = districts.desk("leader")
        typed = {
            "kind": "red_cap",
            "title": "市场口",
            "day": "2026-03-10",
            "where": "新建路市场",
            "seats": "1",
        }
        # Those who serve in the street are insured first.
        bare = publish(leader, 422, **typed, **{"from": "08:00"}, to="10:00")
        assert "要先给参加的人买好保险" in bare
        typed["insurance"] = "志愿者团体意外险 2026-018"
        early, late = (
            publish(leader, **typed, **{"from": a}, to=b) for a, b in (("08:00", "10:00"), ("10:00", "12:00"))
        )
        tomorrow = publish(
            leader, **typed | {"title": "路口", "day": "2026-03-11"}, **{"from": "17:00"}, to="19:00"
        )
        you, xu = districts.phone("you").browser, districts.phone("xu").browser
        press(you, f"/gather/{early}/", "join")
        press(xu, f"/gather/{late}/", "join")
        for browser in (you, xu):
            press(browser, f"/gather/{tomorrow}/", "join")
    with at("03-10 07:55"):
        signed = scan(districts.desk("leader"), districts.phone("you").browser, early)
        assert "已经签到" in signed
    with at("03-10 18:00"):
        # Rain tomorrow: one form, everybody is told, nobody comes in vain.
        press(
            districts.desk("leader"),
            f"/desk/gather/{tomorrow}/",
            "call_off",
            why="weather",
            reason="大雨蓝色预警",
        )
        districts.work()
        for who in ("you", "xu"):
            browser = districts.phone(who).browser
            assert "3月11日 周三 的活动取消了，不用来了" in words(browser.get("/notices/"))
            assert "已经取消：天气 大雨蓝色预警" in words(browser.get(f"/gather/{tomorrow}/"))
            assert "已取消" in words(browser.get("/me/gatherings/"))
        # Her time is free again.
        other = publish(
            districts.desk("leader"), kind="red_cap", title="院落", day="2026-03-11", **{"from": "17:30"}, to="18:30",
            insurance="志愿者团体意外险 2026-018",
        )  # fmt: skip
        assert "您：有名额" in press(districts.phone("you").browser, f"/gather/{other}/", "join")


def test_a_volunteer_has_no_form_for_a_person_but_the_emergency_numbers(districts: Any) -> None:
    """limits.md, row Y13/W19/Y22: no field in which somebody can be reported, no permission for a place asked."""
    with at("03-10 07:00"):
        found(("wb-red", "清姜小红帽队", "volunteer_team", "volunteer_team", first_community("weibin")))
        districts.people(NAMES, (("leader", "wb-red", "team_leader"),))
        code = publish(
            districts.desk("leader"), kind="red_cap", title="路口", day="2026-03-10", **{"from": "08:00"}, to="10:00",
            insurance="团体意外险",
        )  # fmt: skip
        phone = districts.phone("you").browser
        press(phone, f"/gather/{code}/", "join")
    with at("03-10 08:10"):
        pages = [
            districts.phone("you").browser.get(where)
            for where in (f"/gather/{code}/", f"/gather/{code}/in/", "/me/gatherings/", "/gather/")
        ]
        scan(districts.desk("leader"), districts.phone("you").browser, code)
        pages.append(districts.phone("you").browser.get(f"/gather/{code}/"))
        for page in pages:
            body = page.content.decode()
            main = body[body.index("<main") :]
            assert page.status_code == 200
            assert not PERSON.search(main), words(page)
            assert 'type="file"' not in main
            assert "geolocation" not in body
            assert "near.js" not in body
        first = pages[0].content.decode()
        for number in ("110", "119", "120"):
            assert f'href="tel:{number}"' in first
        assert "不登记人、不拍人" in words(first)
