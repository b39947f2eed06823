"""A resident's way in and her own pages, as a phone shows them: without scripts, by keyboard, for a screen reader."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import serious

pytestmark = pytest.mark.browser
PAGES = (
    "/me/",
    "/me/looked/",
    "/me/seers/",
    "/me/sign-ins/",
    "/me/consents/",
    "/me/field/phone/",
    "/me/factor/",
)


def code(live: Any) -> str:
    """The digits of the last message that left by the default way."""
    line = (Path(live.data) / "outbox" / "codes.jsonl").read_text().splitlines()[-1]
    return "".join(c for c in json.loads(line)["text"] if c.isdigit())[:6]


def sign_in(page: Any, live: Any, contact: str) -> None:
    page.goto(live.url + "/sign-in/?next=/me/")
    page.get_by_label("手机号或电子邮箱").fill(contact)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("6 位验证码").wait_for()  # only then has the message left
    page.get_by_label("6 位验证码").fill(code(live))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/me/")


def test_without_scripts_a_resident_signs_in_and_sees_her_pages(live: Any, plain_page: Any) -> None:
    sign_in(plain_page, live, "13812345678")
    for address in PAGES:
        plain_page.goto(live.url + address)
        assert plain_page.locator("h1").count() == 1, address


def test_by_keyboard_alone_she_signs_in(live: Any, page: Any) -> None:
    page.goto(live.url + "/sign-in/?next=/me/")
    page.get_by_label("手机号或电子邮箱").focus()
    page.keyboard.type("13812345679")
    page.keyboard.press("Enter")
    page.get_by_label("6 位验证码").focus()
    page.keyboard.type(code(live))
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/")
    assert "138 1234 5679" in page.content()


def test_no_page_has_a_serious_fault_nor_scrolls_sideways(live: Any, page: Any) -> None:
    page.goto(live.url + "/sign-in/")
    found = serious(page)
    page.get_by_label("手机号或电子邮箱").fill("12")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_role("alert").wait_for()
    found += serious(page)
    sign_in(page, live, "13812345670")
    for address in PAGES:
        page.goto(live.url + address)
        found += [f"{address} {fault}" for fault in serious(page)]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    assert found == []
