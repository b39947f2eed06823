"""The list by keyboard on a desk and by thumb on a phone: rows chosen, one action for all, a result for each."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.support.browser import serious
from tests.support.town import B, Town, street, town

pytestmark = pytest.mark.browser
__all__ = ["street", "town"]


def look(page: Any, name: str) -> None:
    """A picture for whoever asks for one."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [390, 1440])
def test_rows_are_chosen_and_acted_on_together(town: Town, street: str, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    phone = town.phone()
    numbers = [phone.report(text=f"第{n}处外墙渗水，一直没有人来看过。", kind="housing") for n in range(3)]
    cookie = town.desk("secretary").cookies["baodao"].value
    page.context.add_cookies([{"name": "baodao", "value": cookie, "url": street}])
    assert page.goto(f"{street}/desk/?col=state&col=office").status == 200
    bar = page.get_by_role("region", name="选中的行")
    assert not bar.is_visible()
    if width > 1000:
        # j goes down, x chooses, / goes to the search box.
        for key in ("j", "x", "j", "x"):
            page.keyboard.press(key)
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
    else:
        for box in page.locator("tbody input.pick").all()[:2]:
            box.check()
    assert bar.get_by_text("选了 2 行").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = serious(page)
    look(page, f"list-{width}")
    bar.get_by_role("button", name="一起办").click()
    page.get_by_role("link", name="转给别的单位").click()
    page.locator("select[name=org]").select_option(B)
    look(page, f"bulk-{width}")
    found += serious(page)
    page.locator("[name=reason]").fill("在乙社区的楼栋")
    page.get_by_role("button", name="转给别的单位 · 2 行").click()
    page.get_by_text("2 行办好了").wait_for()
    assert page.locator("[data-result=done]").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found += serious(page)
    look(page, f"done-{width}")
    page.goto(f"{street}/desk/search/?q=渗水")
    assert page.locator("tr[data-row]").count() == 3
    look(page, f"search-{width}")
    found += serious(page)
    assert found == []
    assert len(set(numbers)) == 3
