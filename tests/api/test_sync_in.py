"""An organization's own system reads its legs and gives results back."""

import io
import json
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.support.town import OFFICE, STREET, Office, Town, at

RIGHTS = ["matter.read", "request.report_in", "request.answer", "request.cannot"]
TEXT = "路灯不亮，打 13955550202"


def to_office(town: Town, **typed: Any) -> str:
    number = town.phone().report(**{"kind": "road", "text": TEXT, **typed})
    town.do("secretary", number, "report_in")
    town.do("secretary", number, "hand_over", org=OFFICE, reason="归住建委管")
    return number


@pytest.fixture
def system(town: Town) -> Office:
    """The bureau's machine, with least rights."""
    return town.token("handler", RIGHTS)


def get(office: Office, path: str, expect: int = 200, **query: Any) -> Any:
    answer = office.browser.get(f"/api/v1/{path}", query)
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def post(office: Office, path: str, body: Any, key: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body)
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    return office.browser.post(f"/api/v1/{path}", raw, content_type=kind, headers={"Idempotency-Key": key})


def test_the_list_by_key_and_the_feed_by_position(town: Town, system: Office) -> None:
    numbers = sorted(to_office(town) for _n in range(3))
    town.phone().report(kind="road", text=TEXT)
    found, after, first = [], "", 0
    for _page in range(4):
        page = get(system, "legs/", limit=2, after=after)
        first = first or page["position"]
        found += [row["number"] for row in page["rows"]]
        after = page["next"]
        if not after:
            break
    assert found == numbers
    assert get(system, "legs/", newer=first)["rows"] == []
    system.do(numbers[0], "report_in")
    town.do("handler", numbers[1], "report_in")
    town.do("handler", numbers[1], "answer", claim="solved", result="好了")
    town.do("handler", numbers[2], "report_in")
    town.do("handler", numbers[2], "hand_over", org=STREET, reason="归街道")
    page = get(system, "legs/", newer=first)
    assert {row["number"]: (row["state"], row["open"]) for row in page["rows"]} == {
        numbers[0]: ("reported", True),
        numbers[1]: ("answered", False),
        numbers[2]: ("handed_over", False),
    }
    assert not page["more"]
    again = get(system, "legs/", newer=page["position"])
    assert again["rows"] == []
    assert again["position"] == page["position"]


def test_the_feed_in_small_steps_leaves_nothing_out(town: Town, system: Office) -> None:
    numbers = {to_office(town) for _n in range(6)}
    at_, found, steps = 0, set(), 0
    while True:
        page = get(system, "legs/", newer=at_, limit=1)
        found |= {row["number"] for row in page["rows"]}
        at_, steps = page["position"], steps + 1
        if not page["more"]:
            break
    assert found == numbers
    assert steps > 1


def test_one_leg_with_its_words_and_offers_and_no_other_offices_words(town: Town, system: Office) -> None:
    number = to_office(town)
    seen = get(system, f"legs/{number}/1/")
    told = json.dumps(seen, ensure_ascii=False)
    assert "路灯不亮" in told
    assert "13955550202" not in told
    assert seen["leg"]["state"] == "called"
    assert {offer["action"] for offer in seen["offers"]} == {"report_in"}
    get(system, f"legs/{number}/9/", expect=404)
    get(system, "legs/XX-2026-000001/1/", expect=404)


def test_a_result_with_a_file_comes_in_once(town: Town, system: Office) -> None:
    number = to_office(town)
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(picture, "PNG")
    sent = [post(system, "files/", picture.getvalue(), f"file-000{n}") for n in (1, 2)]
    assert [one.status_code for one in sent] == [201, 201]
    digest = json.loads(sent[0].content)["digest"]
    assert json.loads(sent[1].content)["digest"] == digest
    system.do(number, "report_in")
    body = {"leg": 1, "fields": {"claim": "solved", "result": "换了灯", "photo": digest}}
    answers = [post(system, f"matters/{number}/answer/", body, "result-0001") for _try in range(2)]
    assert [one.status_code for one in answers] == [200, 200], answers[0].content.decode()
    assert answers[0].content == answers[1].content
    facts = [fact for fact in system.see(number)["facts"] if fact["fact"] == "leg_answered"]
    assert len(facts) == 1


def test_what_is_no_file_is_told(town: Town, system: Office) -> None:
    assert post(system, "files/", b"MZ\x00\x01", "file-0009").status_code == 422
    assert post(system, "files/", b"", "file-0010").status_code == 422
    reading = town.token("handler", ["matter.read"])
    assert post(reading, "files/", b"x", "file-0011").status_code == 403


def test_a_conflict_says_what_happened_meanwhile(town: Town, system: Office) -> None:
    number = to_office(town)
    seen = get(system, f"legs/{number}/1/")["position"]
    town.do("handler", number, "report_in")
    answer = post(system, f"matters/{number}/report_in/", {"leg": 1, "seen": seen}, "late-00001")
    problem = json.loads(answer.content)
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [line["action"] for line in problem["meanwhile"]] == ["report_in"]
    assert problem["position"] > seen


def test_restricted_matters_are_counted_and_shown_nowhere(town: Town) -> None:
    number = town.phone().report(kind="domestic_violence", text=TEXT)
    system = town.token("secretary", ["matter.read", "request.report_in"])
    page = get(system, "legs/")
    assert page["rows"] == []
    assert page["restricted"] == 1
    assert get(system, "legs/", newer=0)["rows"] == []
    get(system, f"legs/{number}/1/", expect=404)


@pytest.mark.parametrize(
    ("who", "listed", "seen"),
    [
        ("handler", 200, 200),
        ("supervisor", 200, 200),
        ("superior", 403, 200),
        ("sibling", 403, 404),
        ("outsider", 403, 404),
    ],
)
def test_whose_legs_a_token_opens(town: Town, who: str, listed: int, seen: int) -> None:
    with at("11-23 09:00"):
        number = to_office(town)
        if who in {"superior", "supervisor", "outsider"}:
            # Posts without a right to tokens: the rule itself is asked.
            assert _allowed(town, who, number) == (listed == 200, seen == 200)
            return
        office = town.token(who, ["matter.read"])
        get(office, "legs/", expect=listed, org=OFFICE)
        get(office, f"legs/{number}/1/", expect=seen)


def _allowed(town: Town, who: str, number: str) -> tuple[bool, bool]:
    from baodao.api.sync import feed
    from baodao.kernel.act import Act
    from baodao.kernel.errors import Missing, Refused
    from baodao.matters.selectors import see
    from baodao.orgs.selectors import standing
    from tests.support.town import local

    now = local("11-23 09:00")
    held = standing(town.uids[who])
    by = Act(
        kind="person", person=town.uids[who], post=f"p-{who}", happened=now, noted=now, command="look",
        grants=held.grants,
    )  # fmt: skip

    def can(do: Any) -> bool:
        try:
            do()
        except (Missing, Refused):
            return False
        return True

    return can(lambda: feed.open_legs(by, OFFICE, ("", 0), 10)), can(lambda: see(by, number))


def test_a_token_without_the_right_reads_no_leg(town: Town) -> None:
    to_office(town)
    office = town.token("handler", ["request.report_in"])
    get(office, "legs/", expect=403)
    browser = town.phone().browser
    assert browser.get("/api/v1/legs/").status_code == 401


def test_statements_do_not_grow_with_the_list(town: Town, system: Office) -> None:
    from django.db import connection

    counts = []
    for _n in range(2):
        to_office(town)
        to_office(town)
        for query in ({}, {"newer": 0}):
            get(system, "legs/", **query)
            with CaptureQueriesContext(connection) as queries:
                get(system, "legs/", **query)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8, counts
