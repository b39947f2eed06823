"""W01: command post, big committee, joint council, yard group, grid; one person in two posts is shown as that, and
whoever would approve, rate, appoint herself, or hand over to herself, is sent to a second person.

Waits for other rooms: the joint council's meetings (Gatherings), ratings of units in ballots (Ballots).
"""

import re
from typing import Any

from tests.support.districts import first_community, found, party_code, party_of
from tests.support.town import at, words

COMMUNITY = first_community("weibin")
PARTY, STREET = party_code(COMMUNITY), party_code(COMMUNITY[:9])
YARD_GROUP = f"{PARTY}-y1"
NAMES = {"wang": "王霞", "deputy": "赵强", "unit": "孙立"}


def settle(districts: Any) -> None:
    """Wang is secretary and director of one community and leads its Party organization; Sun of the street sits in the
    big committee as well."""
    party_of("weibin")
    found((YARD_GROUP, "东院", "party_group", "group", PARTY), tree="party")
    found((f"{YARD_GROUP}-1", "东院一网格", "party_grid", "grid", YARD_GROUP), tree="party")
    posts = (
        ("wang", COMMUNITY, "community_secretary"),
        ("wang", COMMUNITY, "community_director"),
        ("wang", PARTY, "party_secretary"),
        ("deputy", COMMUNITY, "community_director"),
        ("unit", COMMUNITY[:9], "department_head"),
        ("unit", STREET, "part_time_member"),
    )
    districts.people(NAMES, posts)


def act_as(desk: Any, post: str) -> None:
    assert desk.post("/desk/me/post/", {"post": post}).status_code == 303


def test_the_five_levels_speak_as_the_district_does(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        bottom = words(districts.desk("unit").get(f"/desk/orgs/{YARD_GROUP}-1/"))
        way = bottom[bottom.index("一级一级谁负责") :]
        order = ["城市基层党建指挥部", "街道大工委", "社区联席会", "院落党小组", "网格党员"]
        assert [way.index(one) for one in order] == sorted(way.index(one) for one in order)


def test_one_person_in_two_posts_is_shown(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        page = words(districts.desk("deputy").get(f"/desk/orgs/{COMMUNITY}/"))
        assert "一肩挑、交叉任职 社区居委会主任" in page
        assert "党组织书记 · 社区党委" in page
        assert "王霞" not in page
        council = words(districts.desk("deputy").get(f"/desk/orgs/{STREET}/"))
        assert "一肩挑、交叉任职 街道、部门负责人" in council


def test_nobody_approves_the_own_extension_from_the_other_post(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        number = districts.phone().report(place=COMMUNITY, kind="yard", text="院里的灯都不亮。")
        act_as(districts.desk("wang"), "p-wang")
        districts.do("wang", number, "report_in")
        districts.do("wang", number, "ask_extension", extra="3", reason="等灯具到货")
        act_as(districts.desk("wang"), "p-wang-2")
        page = districts.matter("wang", number)
        assert "同意延期 前一步是您自己办的，换一个岗位也一样，要由另一个人来办" in page
        refused = districts.desk("wang").post(
            f"/desk/matters/{number}/",
            {"_do": "extend", "_leg": "1", "extra": "3", "reason": "同意", "_command": "own-extension"},
        )
        assert refused.status_code == 409
        assert "要由另一个人来办" in words(refused)
        # The second person does it; the resident reads the new day.
        districts.do("deputy", number, "extend", extra="3", reason="灯具确在路上")
        assert "同意" in districts.matter("deputy", number)


def test_nobody_confirms_or_rates_the_own_work(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        mine = districts.phone()
        mine.browser = districts.desk("wang")
        number = mine.report(place=COMMUNITY, kind="yard", text="我家门口的灯不亮。")
    with at("11-23 09:10"):
        act_as(districts.desk("wang"), "p-wang")
        districts.do("wang", number, "report_in")
        districts.do("wang", number, "answer", claim="solved", result="换了灯。")
        assert not {"confirm", "rate"} & mine.offers(number)
        refused = mine.browser.post(
            f"/requests/{number}/", {"action": "confirm", "answer": "solved", "command": "own-confirm"}
        )
        assert refused.status_code == 409


def _form(page: Any, mark: str) -> dict[str, str]:
    """Hidden fields of the one form with these words."""
    found = [one for one in re.findall(r"<form.*?</form>", page.content.decode(), re.S) if mark in one]
    assert len(found) == 1, (mark, words(page))
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[0]))


def test_nobody_hands_over_to_herself_alone(districts: Any) -> None:
    settle(districts)
    with at("11-23 09:00"):
        number = districts.phone().report(place=COMMUNITY, kind="yard", text="院里的灯都不亮。")
        desk = districts.desk("wang")
        act_as(desk, "p-wang")
        districts.do("wang", number, "report_in")
        new = desk.get("/desk/handovers/new/?post=p-wang")
        made = desk.post(
            "/desk/handovers/new/", {**_form(new, "由谁接手"), "heir": "p-wang-2", "day": "2026-11-23"}
        )
        assert made.status_code == 303, words(made)
        sheet = str(made["Location"])
        page = desk.get(sheet)
        assert number in words(page)
        assert desk.post(sheet, _form(page, "以上都交清了")).status_code == 303
        # From her other post she may not receive what she hands over; the page says so, and so does the door.
        act_as(desk, "p-wang-2")
        assert "换一个岗位也一样：这一方要由另一个人来签" in words(desk.get(sheet))
        forged = {"command": "own", "do": "sign", "party": "heir:p-wang-2", "reason": "我自己接"}
        refused = desk.post(sheet, forged)
        assert refused.status_code == 409
        assert "要由另一个人来签" in words(refused)
        # Her superior of the street signs for her other post, with the reason: now it goes over.
        superior = districts.desk("unit")
        act_as(superior, "p-unit")
        page = superior.get(sheet)
        done = superior.post(
            sheet, {**_form(page, 'value="heir:p-wang-2"'), "reason": "一人两岗，由街道核对"}
        )
        assert done.status_code == 303, words(done)
        assert "交了 1 件，一件不剩" in words(superior.get(sheet))


def test_nobody_confirms_the_own_appointment(districts: Any) -> None:
    settle(districts)
    districts.people(
        {"admin": "周敏", "second": "吴强"},
        (("admin", "610302", "administrator"), ("second", "610302", "administrator")),
    )
    with at("11-23 09:00"):
        admin = districts.desk("admin")
        plan = str(
            admin.post("/desk/plans/", {"command": "w01", "title": "增设督办员", "day": "2026-12-01"})[
                "Location"
            ]
        )
        form = _form(admin.get(plan), "接任人的手机号")
        asked = {
            "kind": "begin",
            "org": "610302",
            "post_kind": "supervisor",
            "phone": districts.number_of("admin"),
        }
        assert admin.post(plan, {**form, **asked}).status_code == 303
        refused = admin.post(plan, {**_form(admin.get(plan), 'value="confirm"'), "do": "confirm"})
        assert refused.status_code == 409
        assert "要由另一个人来确认" in words(refused)
        second = districts.desk("second")
        assert (
            second.post(plan, {**_form(second.get(plan), 'value="confirm"'), "do": "confirm"}).status_code
            == 303
        )
