"""The district page in a browser: the map that the browser draws, the drawing where it cannot, counts that follow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_desk import at_desk
from tests.support.browser import serious
from tests.support.town import STREET, Town, street, town

pytestmark = pytest.mark.browser
__all__ = ["street", "town"]


@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.long)])
def test_map_and_table_say_the_same_and_follow(town: Town, street: str, page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    phone = town.phone()
    number = phone.report(text="外墙裂了一道缝，雨天渗水。", kind="housing")
    town.work()
    at_desk(page, street, town, "supervisor")
    page.goto(f"{street}/desk/district/?org={STREET}")
    page.wait_for_selector("#gl[data-ready]", timeout=30_000)
    assert page.locator("tr[data-n='1']").count() == 1
    assert page.locator(".flat svg").is_hidden()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    phone.report(text="又是一处渗水。", kind="housing")
    town.work()
    with page.expect_response(lambda answer: "/desk/newer/" in answer.url, timeout=30_000):
        pass
    page.wait_for_selector("tr[data-n='2']")
    assert page.locator("#gl[data-ready] canvas").count() == 1, "the map stays"
    assert page.evaluate("document.querySelectorAll('#gl').length") == 1
    # The way down, and a matter from the list of what is stuck.
    page.get_by_role("link", name="甲社区").first.click()
    page.wait_for_url("**/desk/district/?org=500102001001")
    page.goto(f"{street}/desk/stuck/?org={STREET}")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert number
    assert faults == []


def test_without_scripts_and_in_print_the_drawing_stands(town: Town, street: str, plain_page: Any) -> None:
    town.phone().report(text="外墙裂了一道缝，雨天渗水。", kind="housing")
    town.work()
    at_desk(plain_page, street, town, "supervisor")
    plain_page.goto(f"{street}/desk/district/?org={STREET}")
    assert plain_page.locator(".flat svg").is_visible()
    assert plain_page.locator("tr[data-n='1']").count() == 1
    plain_page.get_by_role("link", name="看这个月的数字").click()
    assert plain_page.get_by_role("heading", name="工作量").is_visible()
