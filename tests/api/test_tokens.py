"""Tokens with least rights, problems that a machine can read, keys that make repeats harmless."""

import json
from typing import Any

import pytest

from tests.support.town import A, Office, at, words


def call(browser: Any, path: str, body: Any, key: str = "key-00000001", **headers: str) -> Any:
    return browser.post(
        f"/api/v1/{path}",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        headers={**({"Idempotency-Key": key} if key else {}), **headers},
    )


def told(answer: Any, status: int) -> Any:
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = json.loads(answer.content)
    assert problem["status"] == status
    assert problem["type"].startswith("urn:baodao:problem:")
    return problem


@pytest.fixture
def number(town: Any) -> str:
    return str(town.phone().report(text="路灯不亮。", kind="road"))


def test_a_token_never_does_more_than_it_was_given(town: Any, number: str) -> None:
    reader = town.token("secretary", ["matter.read"])
    assert number in reader.numbers()
    assert reader.see(number)["offers"] == []
    reader.do(number, "report_in", expect=403)
    writer = town.token("secretary", ["matter.read", "request.report_in"])
    writer.do(number, "report_in")
    writer.do(number, "answer", expect=403, claim="solved", result="好了")
    assert {offer["action"] for offer in writer.see(number)["offers"]} <= {"report_in"}


def test_a_token_never_does_more_than_its_post(town: Any, number: str) -> None:
    # The page offers the post's own rights only, and the verb refuses what the page does not offer.
    desk = town.desk("secretary")
    page = desk.get("/desk/tokens/").content.decode()
    assert 'value="request.answer"' in page
    assert 'value="org.create"' not in page
    asked = {"title": "x", "days": "30", "rights": ["org.create", "request.extend"]}
    assert desk.post("/desk/tokens/", asked).status_code == 403
    town.office("sibling").see(number, expect=404)
    assert town.office("sibling").numbers() == []


def test_a_stopped_or_old_token_is_told_so(town: Any, number: str) -> None:
    with at("11-23 09:00"):
        office = town.token("secretary", ["matter.read"], days=1)
        assert office.browser.get("/api/v1/matters/").status_code == 200
    with at("11-25 09:00"):
        told(office.browser.get("/api/v1/matters/"), 401)
        other = town.token("secretary", ["matter.read"])
        page = town.desk("secretary").get("/desk/tokens/").content.decode()
        handle = page.split('name="revoke" value="')[1].split('"')[0]
        assert town.desk("secretary").post("/desk/tokens/", {"revoke": handle}).status_code == 302
        assert other.browser.get("/api/v1/matters/").status_code in {200, 401}
        answers = {o.browser.get("/api/v1/matters/").status_code for o in (office, other)}
        assert answers == {401}


@pytest.mark.parametrize("header", ["Bearer ", "Bearer nonsense", "Basic YTpi", "nonsense"])
def test_a_wrong_token_is_never_a_visitor(town: Any, header: str) -> None:
    answer = town.phone().browser.get("/api/v1/kinds/", headers={"Authorization": header})
    told(answer, 401)


def test_a_visitor_reports_but_lists_nothing(town: Any) -> None:
    browser = town.phone().browser
    told(browser.get("/api/v1/matters/"), 401)
    made = call(browser, "matters/", {"kind": "road", "text": "坑", "org": A})
    assert made.status_code == 201
    given = json.loads(made.content)
    # Number and code open it on the portal, as on paper.
    phone = town.phone()
    phone.look(given["number"], given["code"])
    assert "坑" in phone.own(given["number"])


def test_repeats_are_one_and_another_body_is_told(town: Any, number: str) -> None:
    browser = town.phone().browser
    body = {"kind": "road", "text": "坑", "org": A}
    first, again = (call(browser, "matters/", body, key="repeat-0001") for _try in range(2))
    assert first.content == again.content
    assert told(call(browser, "matters/", {**body, "text": "另一个坑"}, key="repeat-0001"), 422)[
        "type"
    ].endswith("key-reused")
    office = town.office("secretary")
    one, two = (
        call(office.browser, f"matters/{number}/report_in/", {}, key="repeat-0002") for _try in range(2)
    )
    assert one.status_code == two.status_code == 200
    assert one.content == two.content
    assert len([f for f in office.see(number)["facts"] if f["action"] == "report_in"]) == 1
    told(call(office.browser, f"matters/{number}/report_in/", {}, key="repeat-0003"), 409)


def test_bad_input_names_field_reason_and_remedy(town: Any) -> None:
    browser = town.phone().browser
    problem = told(call(browser, "matters/", {"kind": "road", "text": 5, "org": A}), 422)
    assert problem["faults"][0]["field"] == "text"
    assert problem["faults"][0]["reason"]
    assert problem["faults"][0]["remedy"]
    assert told(call(browser, "matters/", {"kind": "road", "text": "x", "org": A, "who": "x"}), 422)["faults"]
    assert (
        told(call(browser, "matters/", {"kind": "road", "text": "x", "org": A}, key=""), 422)["faults"][0][
            "field"
        ]
        == "Idempotency-Key"
    )
    told(call(browser, "matters/", "{", key="broken-0001"), 400)
    told(call(browser, "matters/", {"kind": "road", "text": "x"}), 422)
    told(browser.get("/api/v1/nothing/"), 404)
    english = call(browser, "matters/", {"kind": "road"}, **{"Accept-Language": "en"})
    assert told(english, 422)["title"] != told(call(browser, "matters/", {"kind": "road"}), 422)["title"]


def test_a_conflict_tells_what_happened_meanwhile(town: Any, number: str) -> None:
    office = town.office("secretary")
    seen = office.see(number)["position"]
    office.do(number, "report_in")
    late = call(
        office.browser, f"matters/{number}/report_in/", {"fields": {}, "seen": seen}, key="late-00001"
    )
    problem = told(late, 409)
    assert [line["action"] for line in problem["meanwhile"]] == ["report_in"]


def test_pages_go_on_by_key(town: Any) -> None:
    numbers = [town.phone().report(text=f"第 {n} 件", kind="road") for n in range(5)]
    office: Office = town.office("secretary")
    found, before = [], ""
    for _page in range(5):
        answer = json.loads(office.browser.get("/api/v1/matters/", {"limit": "2", "before": before}).content)
        found += [row["number"] for row in answer["rows"]]
        before = answer["next"]
        if not before:
            break
    assert sorted(found) == numbers
    for spoilt in ("~", "2026-02-30~FL-1", "0001-01-01T00:00:00+14:00~x", "²"):
        told(office.browser.get("/api/v1/matters/", {"before": spoilt}), 422)
    told(office.browser.get("/api/v1/matters/", {"limmit": "2"}), 422)
    told(office.browser.get("/api/v1/matters/", {"limit": "0"}), 422)


def test_a_token_is_shown_once_and_kept_nowhere(town: Any) -> None:
    from tests.test_canary import tables_with

    made = town.token("secretary", ["matter.read"])
    secret = made.headers["Authorization"].split()[1]
    assert secret not in words(town.desk("secretary").get("/desk/tokens/"))
    assert tables_with([secret])[secret] == set()
