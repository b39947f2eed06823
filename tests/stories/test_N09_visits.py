"""N09 (廉洁文化 一园一廊一馆一基地): a group books a visit to one of the places. A department's hall says when it is open; a school's group and a
branch's group take their times, one group at a time; the hall tells how many came, and who booked says how it was: never a person.

Waits for later rooms: the bulletin (pages of the four places with pictures).
"""

from typing import Any

import pytest

from tests.support.districts import DISTRICTS, first_community, found
from tests.support.gather import fresh, press
from tests.support.town import at, words

DISTRICT = DISTRICTS["nanchuan"][0]
NAMES = {"keeper": "馆主任", "secretary": "何书记", "teacher": "王老师", "other": "李家长"}


def ask(browser: Any, address: str, expect: int = 303, **typed: str) -> str:
    """Fill the form of the place; gives where it leads, or what is read."""
    page = browser.get(f"{address}?day={typed['day']}")
    assert 'name="people"' in page.content.decode(), words(page)
    answer = browser.post(address, {"command": fresh(), "use": "visit.visit", **typed})
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]) if expect == 303 else words(answer)


@pytest.fixture
def hall(districts: Any) -> Any:
    """A department of Nanchuan that keeps a hall."""
    found(("nc-jw", "区廉洁文化馆管理单位", "department", "bureau", DISTRICT))
    posts = (
        ("keeper", "nc-jw", "department_head"),
        ("secretary", first_community("nanchuan"), "community_secretary"),
    )
    districts.people(NAMES, posts)
    return districts


def test_groups_visit_one_at_a_time(hall: Any) -> None:
    with at("03-10 10:00"):
        keeper, secretary = hall.desk("keeper"), hall.desk("secretary")
        made = keeper.post(
            "/desk/facilities/new/",
            {
                "command": fresh(), "kind": "education_base", "name": "廉洁文化馆", "org": "nc-jw", "since": "2026-03-01",
                "functions": ["study"], "hours": "工作日 09:00-12:00 14:00-17:00；节假日 不开", "address": "金佛大道",
            },
        )  # fmt: skip
        assert made.status_code == 303, words(made)
        place = str(made["Location"]).split("/")[3]
        teacher, other = hall.phone("teacher").browser, hall.phone("other").browser
        assert "廉洁文化馆" in words(teacher.get(f"/booking/?at={DISTRICT}&q=廉洁"))
        day = {"day": "2026-03-12", "from": "09:00", "to": "10:30"}
        mine = ask(teacher, f"/booking/{place}/", people="45", **{**day, "use": "visit.school"})
        assert "学校、亲子参观" in words(teacher.get(mine))
        assert "约 45 人" in words(teacher.get(mine))
        told = ask(other, f"/booking/{place}/", 409, people="10", **{**day, "from": "10:00", "to": "11:00"})
        assert "这个地方这段时间已经有安排：3月12日 周四 09:00–10:30" in told
        assert "这天开放 不开" in words(other.get(f"/booking/{place}/?day=2026-03-14"))
        assert "要 1 到 80 个人" in ask(
            other, f"/booking/{place}/", 422, people="300", **{**day, "to": "09:30"}
        )
        ask(
            secretary,
            f"/desk/booking/places/{place}/",
            people="20",
            **{**day, "from": "10:30", "to": "12:00"},
        )
        ours = words(keeper.get("/desk/booking/"))
        assert "谁在用本单位的地方 2" in ours
        assert "参观学习" in ours
    with at("03-12 12:10"):
        keeper = hall.desk("keeper")
        school = mine.split("/")[2]
        page = press(keeper, f"/desk/gather/{school}/", "names", expect=200)
        assert "王老师" in page
        seat = keeper.post(
            f"/desk/gather/{school}/", {"command": fresh(), "do": "attend", "s-1": "present", "how": "list"}
        )
        assert seat.status_code == 303, words(seat)
        assert "来了 44 人" in press(keeper, f"/desk/gather/{school}/", "hold", heads="43")
        teacher = hall.phone("teacher").browser
        press(teacher, mine, "rate", stars="5")
        assert "1 人评过，满 10 人才看得到分布" in words(teacher.get(mine))
        assert "王老师" not in words(hall.phone("other").browser.get(f"/booking/{place}/"))
