"""What concerns everybody, the one door and a matter of several units on a phone: without scripts, for a screen reader."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.browser.test_report import COMMUNITY, answer, district, report
from tests.support.browser import serious

__all__ = ["district"]
pytestmark = pytest.mark.browser


def staff(number: str, name: str, **fields: Any) -> None:
    """The secretary takes a step."""
    from baodao.kernel.act import Act
    from baodao.matters.services import act
    from baodao.orgs.models import Post
    from baodao.orgs.selectors import standing

    person = str(Post.objects.get(code="p-s").person)
    now = datetime.now(UTC).replace(microsecond=0)
    by = Act(
        kind="person",
        person=person,
        post="p-s",
        grants=standing(person).grants,
        happened=now,
        noted=now,
        command=f"{name}-{number}",
    )
    act(by, number=number, action=name, fields=fields)


def fits(page: Any) -> bool:
    """Nothing hangs out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_without_scripts_everybody_reads_what_was_released(district: Any, plain_page: Any) -> None:
    plain_page.goto(district.url + "/open/")
    plain_page.get_by_text("还没有公开的事").wait_for()
    number = report(plain_page, district, kind="道路", text="高笋塘路口井盖松了")
    staff(number, "release", title="高笋塘路口井盖松动")
    answer(number)
    plain_page.context.clear_cookies()
    plain_page.goto(district.url + "/open/")
    plain_page.get_by_role("link", name="高笋塘路口井盖松动").click()
    plain_page.wait_for_url(f"**/open/{number}/")
    assert "高笋塘社区：答复（解决了）" in plain_page.content()
    assert "井盖松了" not in plain_page.content()
    assert fits(plain_page)
    plain_page.get_by_role("button", name="登录后关心").click()
    plain_page.wait_for_url(re.compile(r".*/sign-in/\?next=.*"))
    plain_page.goto(district.url + f"/open/?org={COMMUNITY}&kind=road&q=井盖")
    assert plain_page.get_by_role("link", name="高笋塘路口井盖松动").count() == 1
    assert fits(plain_page)


def test_without_scripts_a_proposal_is_made_at_the_same_door(district: Any, plain_page: Any) -> None:
    plain_page.goto(district.url + "/report/")
    plain_page.get_by_label("发生了什么").fill("东门晚上太暗")
    plain_page.get_by_role("button", name="提建议").click()
    plain_page.get_by_label("一句话说您的建议").fill("东门加一盏路灯")
    assert plain_page.get_by_label("为什么、怎么做").input_value() == "东门晚上太暗"
    plain_page.get_by_role("button", name="敦仁街道").click()
    plain_page.get_by_role("button", name="高笋塘社区").click()
    plain_page.get_by_role("checkbox", name=re.compile("对主办单位匿名")).check()
    assert fits(plain_page)
    plain_page.get_by_role("button", name="提交").last.click()
    plain_page.wait_for_url("**/receipt/")
    plain_page.goto(plain_page.url.replace("receipt/", ""))
    assert "您选择了不让主办单位知道是谁提的" in plain_page.content()


def test_nothing_serious_for_a_screen_reader_and_all_fits(district: Any, page: Any) -> None:
    number = report(page, district, kind="道路", text="路口塌了一块")
    staff(number, "release", title="高笋塘路口塌陷")
    other = report(page, district, kind="道路", text="路口塌了")
    staff(other, "merge", into=number, reason="同一处")
    third = report(page, district, kind="道路", text="要几家一起办的事")
    staff(third, "to_whistle", org="500102001", reason="要街道一起办")
    paths = (
        "/open/",
        f"/open/{number}/",
        f"/requests/{other}/",
        f"/requests/{third}/",
        "/report/?as=proposal",
        "/open/?q=没有这种词",
    )
    for large in ("0", "1"):
        page.goto(district.url + f"/display/?large={large}&next=/")
        for path in paths:
            page.goto(district.url + path)
            assert serious(page) == [], path
            assert fits(page), path
    read = page.locator("main").inner_text
    page.goto(district.url + f"/requests/{other}/")
    assert "有 1 位邻居反映的是同一件事，一起办" in read()
    assert "路口塌了一块" not in read()
    page.get_by_text("分开来办", exact=True).first.click()
    page.get_by_role("button", name="分开来办").click()
    page.wait_for_url("**?done=split")
    assert "邻居反映" not in read()
