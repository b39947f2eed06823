"""Reporting and following a request on a phone: without scripts, by keyboard, for a screen reader, in large print."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.support.browser import serious

pytestmark = pytest.mark.browser
COMMUNITY = "500102001001"


@pytest.fixture
def district(live: Any) -> Any:
    """A street with a community and its secretary, under the shipped pack."""
    from baodao.kernel import epochs
    from baodao.kernel.act import system_act
    from baodao.matters import versions
    from baodao.matters.services import tokens
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, bind_pack, create_orgs
    from baodao.people.services.identity import Entry, enrol

    # This process remembers what it saw in the database of the test before.
    for memory in (epochs, versions, tokens):
        memory.forget()
    now, since = datetime.now(UTC).replace(microsecond=0), date(2024, 1, 1)
    rows = [
        ("500102", "涪陵区", "district", "district", ""),
        ("500102001", "敦仁街道", "street", "street", "500102"),
        (COMMUNITY, "高笋塘社区", "community", "community", "500102001"),
        ("500102001002", "南门山社区", "community", "community", "500102001"),
    ]
    orgs = [NewOrg(code=c, name=n, level=lv, kind=k, since=since, parent=p) for c, n, lv, k, p in rows]
    create_orgs(system_act(now, "orgs"), orgs=orgs)
    bind_pack(system_act(now, "bind"), org="500102", pack="fuling", since=since)
    uid = enrol(system_act(now, "people"), entries=[Entry(ref="s", name="某书记", kind="staff")]).uids["s"]
    post = NewPost(code="p-s", org=COMMUNITY, kind="community_secretary", person=uid, since=since)
    begin_posts(system_act(now, "posts"), posts=[post])
    return live


def report(page: Any, live: Any, kind: str = "房屋", text: str = "外墙裂了一道缝，雨天渗水。") -> str:
    page.goto(live.url + "/report/")
    page.get_by_role("radio", name=kind).check(force=True)
    page.get_by_role("button", name="敦仁街道").click()
    page.get_by_role("button", name="高笋塘社区").click()
    page.get_by_label("发生了什么").fill(text)
    page.get_by_role("button", name="提交").last.click()
    page.wait_for_url("**/receipt/")
    found = re.search(r"/requests/([^/]+)/receipt/", page.url)
    assert found
    return found[1]


def answer(number: str) -> None:
    """The secretary takes it up and answers."""
    from baodao.kernel.act import Act
    from baodao.matters.services import act
    from baodao.orgs.models import Post
    from baodao.orgs.selectors import standing

    person = str(Post.objects.get(code="p-s").person)
    for name, fields in (("report_in", {}), ("answer", {"claim": "solved", "result": "补好了。"})):
        now = datetime.now(UTC).replace(microsecond=0)
        by = Act(
            kind="person",
            person=person,
            post="p-s",
            grants=standing(person).grants,
            happened=now,
            noted=now,
            command=name,
        )
        act(by, number=number, action=name, fields=fields)


def test_without_scripts_a_resident_reports_follows_and_answers(district: Any, plain_page: Any) -> None:
    number = report(plain_page, district)
    code = plain_page.locator("dd.code").inner_text()
    assert plain_page.locator(".qr svg").count() == 1
    plain_page.context.clear_cookies()
    plain_page.goto(district.url + "/look/")
    plain_page.get_by_label("编号").fill(number.lower())
    plain_page.get_by_label("查询码").fill(code)
    plain_page.get_by_role("button", name="查询").click()
    plain_page.wait_for_url(f"**/requests/{number}/")
    assert "外墙裂了一道缝" in plain_page.content()
    answer(number)
    plain_page.reload()
    plain_page.get_by_role("radio", name="没有解决").check(force=True)
    plain_page.get_by_role("button", name="告诉他们").click()
    plain_page.get_by_text("您说：没有解决").first.wait_for()


def test_by_keyboard_alone_a_resident_reports(district: Any, page: Any) -> None:
    page.goto(district.url + "/report/")
    page.get_by_role("radio", name="道路").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="敦仁街道").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="南门山社区").wait_for()
    page.get_by_label("发生了什么").focus()
    page.keyboard.type("路灯坏了")
    page.get_by_label("怎么称呼您").focus()
    page.keyboard.type("王")
    # Enter in a field sends the form, it does not choose a place.
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt/")


def test_a_draft_stays_in_the_tab_but_never_of_what_few_may_know(district: Any, page: Any) -> None:
    page.goto(district.url + "/report/")
    draft = "sessionStorage.getItem('draft:own')"
    page.get_by_label("发生了什么").fill("还没有选种类")
    assert page.evaluate(draft) is None
    page.get_by_role("radio", name="噪音").check(force=True)
    page.get_by_label("发生了什么").fill("半夜施工")
    assert "半夜施工" in page.evaluate(draft)
    page.reload()
    assert page.get_by_label("发生了什么").input_value() == "半夜施工"
    page.get_by_label("发生了什么").fill("隔壁打孩子")
    assert page.evaluate(draft) is None
    page.get_by_label("发生了什么").fill("没事了")
    page.get_by_role("radio", name="家庭暴力").check(force=True)
    assert page.evaluate(draft) is None
    assert page.get_by_text("这类事只有经办的人能看到").is_visible()


def test_no_page_has_a_serious_fault_nor_scrolls_sideways(district: Any, page: Any) -> None:
    number = report(page, district)
    answer(number)
    found = []
    for address in (
        "/",
        "/report/",
        "/report/?behalf=1",
        "/look/",
        "/numbers/",
        "/who-sees/",
        f"/requests/{number}/",
        f"/requests/{number}/receipt/",
    ):
        for large in ("0", "1"):
            page.goto(f"{district.url}/display/?large={large}&next={address}")
            found += [f"{address} {fault}" for fault in serious(page)]
            if page.evaluate("document.documentElement.scrollWidth") > 390:
                found.append(f"{address} scrolls sideways, large={large}")
    assert found == []


def test_a_scanned_slip_fills_the_code_and_wipes_it_from_the_address(district: Any, page: Any) -> None:
    number = report(page, district)
    code = page.locator("dd.code").inner_text()
    page.context.clear_cookies()
    page.goto(f"{district.url}/look/?number={number}#{code}")
    assert page.get_by_label("查询码").input_value() == code
    assert "#" not in page.url
    page.get_by_role("button", name="查询").click()
    page.wait_for_url(f"**/requests/{number}/")


def test_whoever_sends_before_the_choice_of_place_has_arrived_reports_to_the_place_chosen(
    district: Any, page: Any
) -> None:
    from baodao.matters.models import Matter

    page.goto(district.url + "/report/")
    page.get_by_role("radio", name="房屋").check(force=True)
    page.get_by_role("button", name="敦仁街道").click()
    page.get_by_role("button", name="高笋塘社区").wait_for()
    page.get_by_label("发生了什么").fill("外墙裂了一道缝")
    asked = []

    def slowly(route: Any) -> None:
        asked.append(route.request.resource_type)
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/report/", slowly)
    # Both in one go: a person is quicker than the line.
    page.evaluate(
        """(community) => {
            document.querySelector(`button[name=go][value="${community}"]`).click();
            document.querySelector('.sticky-send button[value=send]').click();
        }""",
        COMMUNITY,
    )
    page.wait_for_url("**/receipt/")
    assert asked == ["fetch", "document"]  # the choice, then the report
    found = re.search(r"/requests/([^/]+)/receipt/", page.url)
    assert found and Matter.objects.get(number=found[1]).org == COMMUNITY
