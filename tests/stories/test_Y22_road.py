"""Y22: a courier reports a missing manhole cover in two taps without account and sees it mended, finds the nearest rest station with
water and charging; his own need is a matter with an answer; his place is never recorded between reports.

Waits for other rooms: nothing.
"""

import re
from typing import Any

from tests.support.town import GRID_A, A, at, words
from tests.test_canary import tables_with

LON, LAT = "107.323", "29.623"


def station(town: Any) -> None:
    from datetime import date

    from baodao.kernel.act import system_act
    from baodao.places.facilities.services import NewFacility, register_facilities
    from tests.support.town import local

    made = [
        NewFacility(
            org=A, kind="rest_station", name=name, since=date(2026, 1, 1), functions=functions, lon=float(LON) + far, lat=float(LAT)
        )
        for name, functions, far in (
            ("江边驿站", ("water", "charging", "rest"), 0.001),
            ("只有水的驿站", ("water",), 0.0005),
        )
    ]  # fmt: skip
    register_facilities(system_act(local("01-06 09:00"), "stations"), facilities=made)


def test_two_taps_and_no_place_in_between(town: Any) -> None:
    station(town)
    with at("11-23 09:00"):
        phone = town.phone()
        # No place yet: one button asks the browser once, and names can be chosen without scripts.
        first = phone.browser.get("/quick/")
        assert 'id="near-here"' in first.content.decode()
        assert "watchPosition" not in first.content.decode()
        # Tap one: the place.
        second = phone.browser.get("/quick/", {"lon": LON, "lat": LAT})
        read = words(second)
        assert "甲第一网格" in read and "江边驿站" in read and "只有水的驿站" not in read
        assert not tables_with([LON])[LON] - {"places_facility"}, "looking writes no place"
        # Tap two: what is wrong.
        body = second.content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body))
        answer = phone.browser.post("/quick/", {**hidden, "what": "manhole"})
        assert answer.status_code == 303, words(answer)
        number = str(answer["Location"]).split("/")[2]
        assert "井盖" in phone.own(number)
        assert tables_with([LON])[LON] - {"places_facility"} == {"ledger_content"}
        town.do("secretary", number, "report_in")
        town.do("secretary", number, "answer", claim="solved", result="井盖补好了。")
        assert "甲社区答复：井盖补好了。" in phone.own(number)


def test_without_scripts_by_names_and_faults(town: Any) -> None:
    with at("11-23 09:00"):
        phone = town.phone()
        browser = phone.browser
        assert GRID_A in browser.get("/quick/", {"at": A}).content.decode()
        read = browser.get("/quick/", {"at": GRID_A})
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', read.content.decode()))
        assert "请点是哪一样" in words(browser.post("/quick/", {**hidden, "what": "nothing"}))
        assert "还不知道在哪里" in words(browser.post("/quick/", {"command": "q-1", "what": "lamp"}))
        answer = browser.post("/quick/", {**hidden, "what": "lamp"})
        assert answer.status_code == 303
        # His own need is a matter like any other, without an account, with an answer.
        number = phone.report(kind="property", text="小区门口没有放外卖的柜子，进门码天天换。")
        town.do("secretary", number, "report_in")
        town.do("secretary", number, "answer", claim="solved", result="门口装了柜子，骑手凭单进门。")
        assert "门口装了柜子，骑手凭单进门。" in phone.own(number)


def test_no_page_of_ours_watches_a_place() -> None:
    """Limit Y13/W19/Y22: the permission for background location is never asked; scripts ask once, when pressed."""
    from pathlib import Path

    from django.conf import settings

    static = (
        Path(settings.BASE_DIR) / "baodao" / "static" / "app"
        if hasattr(settings, "BASE_DIR")
        else Path("baodao/static/app")
    )
    scripts = list(static.glob("*.js"))
    assert scripts
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        assert "watchPosition" not in text and "serviceWorker" not in text, script.name
