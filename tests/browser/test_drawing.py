"""Drawing a grid on the browser's map: clicks become points, a point near a neighbour's corner lies on it; the pages of the ground
are accessible and no wider than a phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_desk import at_desk
from tests.support.browser import serious
from tests.support.town import GRID_A, SOUTH, WEST, A, Town, street, town

pytestmark = pytest.mark.browser
__all__ = ["street", "town"]


def test_a_click_near_a_corner_lies_on_it(town: Town, street: str, wide_page: Any) -> None:
    faults: list[str] = []
    wide_page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    at_desk(wide_page, street, town, "administrator")
    wide_page.goto(f"{street}/desk/grids-draw/?org={A}")
    wide_page.wait_for_selector(".draw[data-ready]", timeout=30_000)
    wide_page.evaluate(
        "document.querySelector('#drawing').scrollIntoView({block: 'center', behavior: 'instant'})"
    )
    box = wide_page.locator("#drawing").bounding_box()
    # The map shows the one grid with 24 pixels around: its upper right corner, then open land to the right of it.
    high = box["height"] - 48
    right, top = box["x"] + box["width"] / 2 + high * 0.8704 / 2, box["y"] + 24
    for x, y in (
        (right + 4, top + 3),
        (right + 150, top),
        (right + 150, top + high),
        (right + 3, top + high - 4),
    ):
        wide_page.mouse.click(x, y)
    points = wide_page.input_value("#f-polygon").splitlines()
    assert points[0] == f"{WEST + 0.03:.6f}, {SOUTH + 0.03:.6f}"
    assert points[3] == f"{WEST + 0.03:.6f}, {SOUTH + 0.01:.6f}"
    assert "4" in wide_page.inner_text("[data-count]")
    wide_page.get_by_role("button", name="退一点").click()
    assert len(wide_page.input_value("#f-polygon").splitlines()) == 3
    assert faults == []


def test_the_pages_of_the_ground_fit_a_phone(town: Town, street: str, page: Any) -> None:
    at_desk(page, street, town, "administrator")
    for path in (
        "/desk/grids/",
        f"/desk/grids/{GRID_A}/",
        "/desk/grids-import/",
        "/desk/compounds/",
        "/compounds/",
    ):
        page.goto(f"{street}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert serious(page) == [], path
