"""The desk's and the resident's pages for everybody: no serious fault by axe, no sideways scroll, keyboard alone."""

from typing import Any

import pytest

from tests.support.browser import serious
from tests.support.town import Town, phone_of, street, town

pytestmark = pytest.mark.browser
__all__ = ["street", "town"]


def at_desk(page: Any, address: str, town: Town, who: str) -> None:
    """Bring the session of a browser that signed in by code and second factor."""
    cookie = town.desk(who).cookies["baodao"].value
    page.context.add_cookies([{"name": "baodao", "value": cookie, "url": address}])


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_of_the_desk_has_a_serious_fault(town: Town, street: str, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    phone = town.phone()
    number = phone.report(text="外墙裂了一道缝，雨天渗水，一直没有人来看过。", kind="housing")
    shut = phone.report(text="他又动手了。", kind="domestic_violence")
    town.do("secretary", number, "report_in")
    at_desk(page, street, town, "secretary")
    found = []
    for path in (
        "/desk/",
        "/desk/week/",
        "/desk/search/?q=外墙",
        f"/desk/matters/{number}/",
        f"/desk/matters/{number}/?do=cannot",
        f"/desk/matters/{number}/?do=pause",
        f"/desk/matters/{shut}/",
        "/desk/tokens/",
    ):
        answer = page.goto(street + path)
        assert answer.status == 200, path
        assert page.locator("h1").count() == 1, path
        found += [f"{path} {fault}" for fault in serious(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{path} scrolls sideways at {width} px")
    assert found == []


def test_the_door_has_no_serious_fault(town: Town, street: str, page: Any) -> None:
    page.goto(street + "/sign-in/")
    found = serious(page)
    page.get_by_label("手机号或电子邮箱").fill(phone_of("resident"))
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("6 位验证码").wait_for()
    found += serious(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert found == []


def press_to(page: Any, role: str, name: str, most: int = 120) -> Any:
    """Tab until the control with this name has the focus: what a hand on the keyboard can do. Gives the control."""
    wanted = page.get_by_role(role, name=name, exact=True).last.element_handle()
    for _step in range(most):
        if page.evaluate("e => document.activeElement === e", wanted):
            return wanted
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by Tab")


def test_by_keyboard_alone_the_office_answers_and_the_resident_answers(
    town: Town, street: str, page: Any, wide_page: Any
) -> None:
    phone = town.phone()
    number = phone.report(text="路灯不亮。", kind="road")
    town.do("secretary", number, "report_in")
    at_desk(wide_page, street, town, "secretary")
    wide_page.goto(f"{street}/desk/matters/{number}/?do=answer")
    wide_page.locator("#f-result").wait_for()
    solved = press_to(wide_page, "radio", "解决了")
    wide_page.keyboard.press("Space")
    assert solved.is_checked()
    press_to(wide_page, "textbox", "办理结果")
    wide_page.keyboard.type("换了灯泡。")
    press_to(wide_page, "button", "答复")
    wide_page.keyboard.press("Enter")
    wide_page.get_by_role("status").get_by_text("“答复”办好了。").wait_for()
    code = phone.codes[number]
    page.goto(f"{street}/look/?number={number}")
    press_to(page, "textbox", "查询码")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/requests/{number}/")
    assert "换了灯泡。" in page.locator("main").inner_text()
    # A group of choices is one stop of Tab; the arrows and the space bar choose in it.
    solved = press_to(page, "radio", "解决了")
    page.keyboard.press("Space")
    assert solved.is_checked()
    press_to(page, "button", "告诉他们")
    page.keyboard.press("Enter")
    page.get_by_role("status").get_by_text("说了，承办单位能看到").wait_for()
    assert "您说：解决了" in page.locator("main").inner_text()
