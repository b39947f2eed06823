"""The desk in a browser: by keyboard alone, in place and as a page, for a screen reader, on a phone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.browser.test_report import COMMUNITY, district  # noqa: F401
from tests.support.browser import PHONE, serious

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(district: Any, wide_page: Any, settings: Any) -> Any:  # noqa: F811
    """The secretary's browser, signed in the demonstration's way, and two requests on her list."""
    from baodao.kernel.act import Act, system_act
    from baodao.matters.services import Draft, open_
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people import door
    from baodao.people.services import demo, identity, sign_in

    now = datetime.now(UTC).replace(microsecond=0)
    settings.DEMO = True
    entry = identity.Entry(ref="k", name="李强")
    uid = identity.enrol(system_act(now, "k", "simulated"), entries=[entry]).uids["k"]
    since = (now - timedelta(days=9)).date()
    begin_posts(system_act(now, "kp"), posts=[NewPost("p-k", COMMUNITY, "community_secretary", uid, since)])
    opened = sign_in.open_session(demo.demo_account(uid, now), "demo", "test", now)
    wide_page.context.add_cookies([{"name": door.COOKIE, "value": opened.cookie, "url": district.url}])
    for n, text in enumerate(("楼顶渗水", "路灯不亮")):
        by = Act(kind="anonymous", happened=now, noted=now, command=f"o{n}")
        open_(by, matters=[Draft(procedure="request", org=COMMUNITY, kind="road", fields={"text": text})])
    return district


def test_by_keyboard_alone_a_handler_takes_up_and_answers(desk: Any, wide_page: Any) -> None:
    page = wide_page
    page.goto(desk.url + "/desk/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.locator("tr.opened .inplace").wait_for()
    page.keyboard.press("o")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("Escape")
    page.locator("tr.on td.what a").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="我能做").wait_for()
    page.get_by_role("button", name="收到", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("“收到”办好了").wait_for()
    page.get_by_role("radio", name="解决了", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_label("办理结果").focus()
    page.keyboard.type("今天修好了。")
    # What the resident will read is filled while it is typed.
    assert "答复：今天修好了。（解决了）" in page.locator(".reads").inner_text()
    page.get_by_role("button", name="答复", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_text("“答复”办好了").wait_for()
    assert "答复：今天修好了。（解决了）" in page.locator("#story + *, .bd-line").last.inner_text()


def test_a_template_goes_into_the_text_and_the_sentence(desk: Any, wide_page: Any) -> None:
    page = wide_page
    page.goto(desk.url + "/desk/")
    page.locator("tr[data-row] td.what a").first.click()
    page.get_by_role("button", name="收到", exact=True).click()
    page.get_by_role("link", name="告知进展").click()
    page.get_by_role("button", name="看过了").click()
    assert "我们到现场看了" in page.get_by_label("内容", exact=True).input_value()
    assert "我们到现场看了" in page.locator(".reads").inner_text()


def test_no_page_has_a_serious_fault_nor_scrolls_sideways_on_a_phone(desk: Any, wide_page: Any) -> None:
    page, found = wide_page, []
    page.goto(desk.url + "/desk/")
    matter = page.locator("tr[data-row] td.what a").first.get_attribute("href")
    addresses = ("/desk/", "/desk/?view=late", "/desk/week/", "/desk/search/?q=渗水", "/desk/report/", matter)
    for size in ({"width": 1440, "height": 900}, PHONE):
        page.set_viewport_size(size)
        for address in addresses:
            page.goto(desk.url + address)
            found += [f"{address} {fault}" for fault in serious(page)]
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append(f"{address} scrolls sideways at {size['width']}")
    assert found == []
