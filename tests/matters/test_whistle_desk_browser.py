"""A whistle in a real browser, by thumb and on a desk: from the door to the ruling, without a serious fault."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import serious
from tests.support.town import OFFICE, street
from tests.support.whistles import LAMPS, Square, png, square

pytestmark = pytest.mark.browser
__all__ = ["square", "street"]


@pytest.fixture
def town(square: Square) -> Square:
    """The town that is served."""
    return square


def at_desk(page: Any, address: str, square: Square, who: str) -> None:
    """Bring the session of a browser that signed in by code and second factor."""
    cookie = square.desk(who).cookies["baodao"].value
    page.context.add_cookies([{"name": "baodao", "value": cookie, "url": address}])


def look(page: Any, name: str, width: int) -> None:
    """Keep a picture for whoever asked for one (LOOK=folder)."""
    if folder := os.environ.get("LOOK"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def faults(page: Any, name: str, width: int) -> list[str]:
    """What is wrong with the page as it stands."""
    look(page, name, width)
    found = [f"{name}: {fault}" for fault in serious(page)]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{name} scrolls sideways at {width} px")
    return found


@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.long)])
def test_a_whistle_from_the_door_to_the_ruling(square: Square, street: str, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    at_desk(page, street, square, "secretary")
    page.goto(f"{street}/desk/start/")
    found = faults(page, "door", width)
    page.get_by_role("link", name="吹哨", exact=True).click()
    page.get_by_label("哪一类").select_option("facility")
    page.get_by_role("radio", name="社区吹哨").check()
    page.get_by_label("一句话").fill("东门一排路灯不亮")
    page.get_by_label("内容", exact=True).fill("晚上看不见台阶，已经有老人摔倒。")
    page.get_by_label("按事找单位").fill("路灯")
    page.get_by_role("button", name="找", exact=True).click()
    page.get_by_role("button", name="请它：区城管局 C-1").click()
    expect(page.locator('[name="calls.0.org"]')).to_have_value(LAMPS)
    page.get_by_role("button", name="再加一家").click()
    page.locator('[name="calls.1.org"]').select_option(OFFICE)
    page.locator("form.bd-start").get_by_role("button", name="预览").last.click()
    page.get_by_role("heading", name="发出去会这样").wait_for()
    found += faults(page, "start", width)
    page.get_by_role("button", name="吹哨", exact=True).click()
    page.get_by_text("“吹哨”办好了").wait_for()
    number = page.url.split("/")[5]
    square.leg("lamps", number, 1, "report_in")
    square.leg("lamps", number, 1, "answer", claim="solved", result="换了灯头，都亮了。", photo=png())
    square.leg("handler", number, 2, "report_in")
    square.leg("handler", number, 2, "pause", cause="weather", reason="雨停了再做台阶")
    page.goto(f"{street}/desk/")
    found += faults(page, "todo", width)
    page.goto(f"{street}/desk/matters/{number}/")
    found += faults(page, "matter", width)
    # The ruling waits for her: its form stands open.
    page.get_by_role("group", name="到场了吗").get_by_role("radio", name="是", exact=True).check()
    page.get_by_role("group", name="办了吗").get_by_role("radio", name="是", exact=True).check()
    page.get_by_role("group", name="解决了吗").get_by_role("radio", name="解决了", exact=True).check()
    page.get_by_role("button", name="裁定", exact=True).click()
    page.get_by_text("“裁定”办好了").wait_for()
    found += faults(page, "ruled", width)
    at_desk(page, street, square, "handler")
    page.goto(f"{street}/desk/matters/{number}/")
    found += faults(page, "unit", width)
    assert found == []


@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.long)])
def test_a_meeting_in_a_browser(square: Square, street: str, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    at_desk(page, street, square, "secretary")
    page.goto(f"{street}/desk/opinions/")
    page.get_by_label("到会多少人").fill("23")
    page.get_by_label("把记录贴在这里").fill("1. 小区门口加一盏灯\n2. 楼道扶手松了，老人不敢扶")
    page.get_by_role("button", name="分成一条一条").last.click()
    page.get_by_role("group", name="第 2 条").wait_for()
    found = faults(page, "opinions", width)
    page.get_by_role("button", name="全部登记").click()
    page.get_by_role("heading", name="登记了 2 条意见").wait_for()
    found += faults(page, "slips", width)
    assert found == []
