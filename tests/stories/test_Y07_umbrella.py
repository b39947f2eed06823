"""Y07: a Red Umbrella station shows its five functions, its hours, its shifts and today's people: volunteers and visitors as
numbers, nobody's name.

Waits for later rooms: the bulletin (a page of all stations with pictures).
"""

from typing import Any

from tests.support.districts import first_community
from tests.support.gather import press, publish, scan
from tests.support.town import at, words

NAMES = {"secretary": "何书记", "lu": "吕志愿", "shi": "施志愿"}


def test_a_station_and_its_day(districts: Any) -> None:
    community = first_community("yuzhong")
    with at("03-10 08:00"):
        districts.people(NAMES, (("secretary", community, "community_secretary"),))
        desk = districts.desk("secretary")
        new = desk.get("/desk/facilities/new/")
        assert "小红伞志愿站" in words(new)
        made = desk.post(
            "/desk/facilities/new/",
            {
                "command": "station-1", "kind": "red_umbrella", "name": "解放碑小红伞", "org": community, "since": "2026-03-01",
                "functions": ["advice", "umbrella_lent", "rest", "first_aid", "guide"], "hours": "每天 09:00-18:00",
                "address": "民权路口",
            },
        )  # fmt: skip
        assert made.status_code == 303, words(made)
        station = str(made["Location"]).split("/")[3]
        morning, afternoon = (
            publish(
                desk, kind="umbrella", title=title, day="2026-03-10", **{"from": a}, to=b, place=station, seats="2",
                every="day", until="2026-03-12",
            )
            for title, a, b in (("上午班", "09:00", "12:00"), ("下午班", "13:00", "17:00"))
        )  # fmt: skip
        for who in ("lu", "shi"):
            press(districts.phone(who).browser, f"/gather/{morning}/", "join")
        assert "看这个站点" in words(districts.phone("lu").browser.get(f"/gather/{morning}/"))
        assert afternoon
    with at("03-10 09:05"):
        scan(districts.desk("secretary"), districts.phone("lu").browser, morning)
        page = words(districts.phone().browser.get(f"/stations/{station}/"))
        for function in ("咨询、指路", "借伞", "歇脚", "应急帮忙", "讲解"):
            assert function in page, page
        assert "每天 09:00" in page
        assert "排了 2 人，到岗 1 人" in page
        assert page.count("上午班") == 3
        assert "只数人次，不登记是谁" in page
        assert "吕志愿" not in page
    with at("03-10 12:10"):
        press(districts.desk("secretary"), f"/desk/gather/{morning}/", "hold", heads="46")
        page = words(districts.phone().browser.get(f"/stations/{station}/"))
        assert "来过 46 人次" in page
    assert districts.phone().browser.get("/stations/none/").status_code == 404
