"""N17: as D17, planned ahead. On a red fire day the posts at 34 townships fill by roster, gaps show, rest hours hold, units at home see
whom they miss: their own people only.
"""

import json
import re
from pathlib import Path
from typing import Any

from tests.support.town import at, words

NAMES = {
    "district": "王督办", "first": "郑镇长", "second": "吴镇长", "unit": "冯局长", "cadre": "陈干部", "farmer": "褚某",
    "other": "卫局长",
}  # fmt: skip
EVERY = {"do": "offer", "days": ["0", "1", "2", "3", "4", "5", "6"], "parts": ["morning", "afternoon"]}
BUREAU, SISTER = "nc-lyj", "nc-jtj"


def settle(districts: Any) -> tuple[list[str], str]:
    """The townships, and a village's name of the first."""
    from django.conf import settings

    from tests.support.districts import found

    tree = json.loads((Path(settings.PACKS) / "nanchuan" / "divisions.json").read_text(encoding="utf-8"))
    towns = [street["code"] for street in tree["streets"]]
    rows = (
        (BUREAU, "区林业局", "department", "bureau", "500119"),
        (SISTER, "区交通局", "department", "bureau", "500119"),
    )
    found(*rows)
    districts.people(
        NAMES,
        (
            ("district", "500119", "supervisor"), ("first", towns[0], "department_head"), ("second", towns[1], "department_head"),
            ("unit", BUREAU, "office_head"), ("other", SISTER, "office_head"), ("cadre", BUREAU, "handler"),
        ),
    )  # fmt: skip
    return towns, str(tree["streets"][0]["villages"][0]["code"])


def send(browser: Any, address: str, expect: int = 303, **typed: Any) -> str:
    first = browser.get(address)
    assert first.status_code == 200, words(first)
    found = re.findall(r'name="command" value="([^"]+)"', first.content.decode())
    answer = browser.post(address, {"command": found[-1] + "x", **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def roster(districts: Any, who: str, turn: int, order: dict[str, int]) -> str:
    """Open the page, look at names, type the order of those named, keep it."""
    desk, address = districts.desk(who), f"/desk/callout-rosters/?kind=fire&turn={turn}"
    page = desk.post(
        address, {"command": f"n-{who}-{turn}", "do": "names", "kind": "fire", "turn": turn}
    ).content.decode()
    rows = re.findall(r'name="token" value="(\w+)".*?class="what">([^<]+)<', page, re.S)
    typed: dict[str, Any] = {f"n-{token}": str(order.get(name, "")) for token, name in rows}
    return send(
        desk, address, do="keep", kind="fire", turn=turn, token=[token for token, _name in rows], **typed
    )


def test_on_a_red_fire_day_34_townships_fill_by_roster(districts: Any) -> None:
    towns, village = settle(districts)
    assert len(towns) == 34
    with at("11-20 09:00"):
        for browser in (districts.desk("cadre"), districts.phone("farmer").browser):
            send(browser, "/me/shifts/", **EVERY, skills=["fire"], base=village)
        roster(districts, "first", 0, {"陈干部": 1, "褚某": 2})
        roster(districts, "first", 1, {"陈干部": 1})
        # Nobody is entered by another: at the second township nobody offered herself.
        assert "别人不能代登" in words(districts.desk("second").get("/desk/callout-rosters/"))
    with at("11-22 17:00"):
        desk = districts.desk("district")
        form = {
            "kind": "fire",
            "areas": towns,
            "since": "2026-11-23",
            "days": "1",
            "turns": ["0", "1"],
            "need": "1",
        }
        on = send(desk, "/desk/callout-new/?kind=fire", **form, insurance="NC-1", title="红色火险日")
        # 34 townships, two turns: the first has its man in the morning, and he rests in the afternoon.
        assert "68 班，要 68 人次：已到位 1，已邀请 0， 还缺 67" in on
        page = desk.get("/desk/callouts/c-000001/").content.decode()
        assert page.count('td class="what"') == 34 and page.count("1/1") == 1
        assert "陈干部" not in page and "褚某" not in page
        assert "预备名单" in words(districts.desk("first").get(f"/desk/callouts/c-000001/{towns[0]}/"))
    with at("11-22 18:00"):
        missed = words(districts.desk("unit").get("/desk/callout-away/"))
        assert "承办人" in missed and "红色火险日" in missed and "11月23日" in missed
        assert "两周内没有人在外值守" in words(districts.desk("other").get("/desk/callout-away/"))
        assert districts.desk("district").get("/desk/callout-away/").status_code == 403
        mine = words(districts.desk("cadre").get("/me/shifts/"))
        assert "您的班" in mine and "红色火险日" in mine
    with at("11-23 07:30"):
        # He gives it back half an hour before, without a word; the gap shows at once, the next on the roster is suggested.
        browser = districts.desk("cadre")
        slot = re.findall(r'name="slot" value="([^"]+)"', browser.get("/me/shifts/").content.decode())[0]
        send(browser, "/me/shifts/", do="leave", slot=slot)
        assert "已到位 0" in words(districts.desk("district").get("/desk/callouts/c-000001/"))
        fill = f"/desk/callouts/c-000001/{towns[0]}/"
        told = words(districts.desk("first").post(fill, {"command": "s-1", "do": "suggest"}))
        assert "褚某" in told and "两周内没有人在外值守" in words(
            districts.desk("unit").get("/desk/callout-away/")
        )
