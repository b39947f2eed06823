"""Gatherings over HTTP: what the pages show and do, with the same rights; persons by their place in the row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import time_machine

from tests.api.test_tokens import call
from tests.gather.test_pages import publish
from tests.support.town import A, local

_keys = count(1)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(local("03-10 10:00"), tick=False) as moving:
        yield moving


def get(office: Any, path: str, expect: int = 200) -> Any:
    answer = office.browser.get(f"/api/v1/{path}")
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def send(office: Any, path: str, body: Any, expect: int = 200) -> Any:
    answer = call(office.browser, path, body, key=f"key-{next(_keys):08}")
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def test_lists_one_seat_presence_and_week(town: Any, clock: Any) -> None:
    code = publish(town)
    own, sibling, clerk = town.office("secretary"), town.office("sibling"), town.office("clerk")
    # The list is that of the page: by start, narrowed, paged by key; another community's post sees none of it.
    listed = get(own, f"gatherings/?org={A}&since=2026-03-09&until=2026-03-16")
    assert [row["code"] for row in listed["rows"]] == [code] and listed["next"] == ""
    assert (listed["rows"][0]["title"], listed["rows"][0]["taken"]) == ("清河志愿活动", 0)
    assert get(own, "gatherings/?since=2026-03-20")["rows"] == []
    assert get(own, "gatherings/?color=red", 422)["status"] == 422
    later = publish(town, day="2026-03-15")
    first = get(own, "gatherings/?limit=1")
    assert [row["code"] for row in get(own, f"gatherings/?after={first['next']}")["rows"]] == [later]
    inner = publish(town, kind="patrol", title="夜里走一圈")
    assert inner in [row["code"] for row in get(own, "gatherings/")["rows"]]
    assert inner not in [row["code"] for row in get(sibling, "gatherings/")["rows"]]
    assert own.browser.get("/api/v1/gatherings/").status_code == 200
    assert town.phone().browser.get("/api/v1/gatherings/").status_code == 401
    # Open to everybody: a visitor reads one, and takes no seat.
    visitor = town.phone()
    assert json.loads(visitor.browser.get(f"/api/v1/gatherings/{code}/").content)["own"]["state"] == ""
    assert call(visitor.browser, f"gatherings/{code}/seat/", {"do": "claim"}).status_code == 401
    # Each claims for herself alone; the third waits.
    seats = [send(who, f"gatherings/{code}/seat/", {"do": "claim"}) for who in (own, sibling, clerk)]
    assert [one["state"] for one in seats] == ["seat", "seat", "waiting"]
    assert send(sibling, f"gatherings/{code}/seat/", {"do": "withdraw"})["state"] == "left"
    assert get(clerk, f"gatherings/{code}/")["own"]["state"] == "seat"
    assert send(sibling, f"gatherings/{code}/seat/", {"do": "withdraw"}, 409)["status"] == 409
    assert send(own, f"gatherings/{code}/seat/", {"do": "stay"}, 422)["status"] == 422
    week = get(own, "week/")
    assert (week["since"], week["until"]) == ("2026-03-09", "2026-03-15")
    assert {code, later} <= {row["code"] for row in week["slots"]} and [r["code"] for r in week["mine"]] == [
        code
    ]
    presence(town, clock, code)


def presence(town: Any, clock: Any, code: str) -> None:
    """The recorder's part: by place, never by name or token; nobody else reads or writes the list."""
    own, clerk = town.office("secretary"), town.office("clerk")
    where = f"gatherings/{code}/presence/"
    early = {"came": [{"n": 1, "status": "present"}]}
    assert "还没有开始" in json.dumps(send(own, where, early, 409), ensure_ascii=False)
    clock.move_to(local("03-14 11:30"))
    rows = get(own, where)["rows"]
    assert {row["n"]: row["state"] for row in rows} == {1: "seat", 3: "seat"}
    assert set(rows[0]) == {"n", "state", "status", "minutes", "disputed"}
    for other in (clerk, town.office("sibling"), town.office("head")):
        assert other.browser.get(f"/api/v1/{where}").status_code in (403, 404)
        assert call(other.browser, where, early, key=f"key-{next(_keys):08}").status_code in (403, 404)
    came = [
        {"n": 1, "status": "present"}, {"n": 3, "status": "absent"},
        {"name": "后来的人", "phone": "13912345678", "status": "present", "minutes": 60},
    ]  # fmt: skip
    assert send(own, where, {"came": came, "how": "paper"}) == {"lines": 3}
    told = {row["n"]: (row["status"], row["minutes"]) for row in get(own, where)["rows"]}
    assert told == {1: ("present", 120), 3: ("absent", 0), 4: ("present", 60)}
    assert "n" in json.dumps(send(own, where, {"came": [{"n": 99, "status": "present"}]}, 422))
    assert send(own, where, {"came": [{"status": "present"}]}, 422)["status"] == 422
    assert send(own, where, {"came": [{"n": 1, "status": "asleep"}]}, 422)["status"] == 422
    assert (
        get(clerk, f"gatherings/{code}/")["own"]["status"],
        get(own, "gatherings/")["rows"][0]["taken"],
    ) == ("absent", 2)
