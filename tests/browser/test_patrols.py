"""A round on a phone: no page asks where somebody is, and the browser would refuse if one did; no serious fault, nothing sideways. The same
for call-outs."""

from datetime import date
from typing import Any

import pytest

from tests.browser.test_desk import at_desk
from tests.support.browser import serious
from tests.support.town import A, Town, street, town

pytestmark = pytest.mark.browser
__all__ = ["street", "town"]

COUNT = """
window.asked = 0;
for (const name of ["getCurrentPosition", "watchPosition"]) {
  const before = Geolocation.prototype[name];
  Geolocation.prototype[name] = function (...rest) { window.asked += 1; return before.apply(this, rest); };
}
"""
ASK = """() => new Promise((done) => navigator.geolocation.getCurrentPosition(() => done("told"), (no) => done("refused " + no.code)))"""


def test_a_round_never_asks_where_somebody_is(town: Town, street: str, page: Any) -> None:
    """The permission is granted to the site beforehand: were a page to ask, it would be told."""
    page.context.grant_permissions(["geolocation"], origin=street)
    page.context.set_geolocation({"longitude": 107.31, "latitude": 29.61})
    page.add_init_script(COUNT)
    at_desk(page, street, town, "secretary")
    page.goto(f"{street}/desk/patrols/")
    page.get_by_label("名称").fill("江边巡查")
    page.get_by_label("点", exact=False).first.wait_for()
    page.locator("#f-points").fill("泵站\n旧仓库后门")
    page.get_by_role("button", name="排上").click()
    page.get_by_role("button", name="开始一轮").click()
    page.wait_for_url("**/desk/walks/**")
    page.get_by_role("button", name="我到了").first.click()
    page.get_by_text("还有 1 个点。", exact=True).wait_for()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.asked") == 0
    assert page.evaluate(ASK) == "refused 1"
    # The count and the refusal are real: elsewhere on the site the same question is counted and answered.
    page.goto(f"{street}/report/")
    assert page.evaluate(ASK) == "told" and page.evaluate("window.asked") == 1


@pytest.mark.parametrize("width", [390, 1440])
def test_no_serious_fault_and_nothing_sideways(town: Town, street: str, page: Any, width: int) -> None:
    desk = town.desk("superior")
    form = {
        "kind": "flood", "areas": [A], "since": "2099-01-01", "days": "2", "turns": ["0", "1"], "need": "2", "insurance": "PA-1"
    }  # fmt: skip
    assert desk.post("/desk/callout-new/", {"command": "b-1", **form}).status_code == 422
    form["since"] = date.today().isoformat()
    made = desk.post("/desk/callout-new/", {"command": "b-2", **form})
    assert made.status_code == 303
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for who, paths in (
        ("superior", ("/desk/callouts/", "/desk/callout-new/?kind=flood", made["Location"])),
        (
            "secretary",
            (
                f"{made['Location']}{A}/",
                "/desk/callout-rosters/",
                "/desk/patrols/",
                "/desk/checks/",
                "/me/shifts/",
            ),
        ),
    ):
        at_desk(page, street, town, who)
        for path in paths:
            answer = page.goto(street + path)
            assert answer.status == 200, path
            found += [f"{path} {fault}" for fault in serious(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} scrolls sideways at {width} px")
    assert found == []
