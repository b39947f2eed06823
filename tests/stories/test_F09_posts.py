"""F09 and D16: model posts and responsibility areas with their duties told to everybody, key posts (六带六做) with holder, evidence and
lapse. Occasions that ask for a visit or a talk (四必到四必访、五必访五必谈) wait for the visits.
"""

import re
from typing import Any

import pytest

from tests.support.town import GRID_A, OFFICE, A, Town, at, local, words

PHONE = "13700001234"


@pytest.fixture
def listed(town: Town) -> Town:
    """The bureau is linked with the first community; one of its members is on its list."""
    from baodao.gather.service.services import Listing, list_members
    from baodao.kernel.act import system_act
    from baodao.orgs.alliances.ruling import NewAlliance, NewMember
    from baodao.orgs.alliances.services import found_alliances
    from tests.support.town import SINCE

    group = NewAlliance("service_group", "服务团", A, SINCE, members=(NewMember(OFFICE),))
    found_alliances(system_act(local("01-06 09:00"), "f09-group"), alliances=[group])
    rows = [Listing(OFFICE, "沈在职", PHONE, SINCE)]
    list_members(system_act(local("01-06 09:00"), "f09-list"), members_=rows)
    return town


def fill(browser: Any, address: str, expect: int = 303, **typed: Any) -> str:
    page = browser.get(address)
    assert page.status_code == 200, words(page)
    command = re.findall(r'name="command" value="([^"]+)"', page.content.decode())[0]
    answer = browser.post(address, {"command": f"{command}-{typed.get('do', 'x')}", **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def post_of(browser: Any, do: str, address: str) -> str:
    found = re.search(rf'value="{do}-([\w-]+)"', browser.get(address).content.decode())
    assert found
    return found[1]


def test_duties_are_told_to_everybody_and_a_name_only_by_her_wish(listed: Town) -> None:
    with at("11-23 09:00"):
        desk = listed.desk("secretary")
        wrong = fill(
            desk, "/desk/standing/", 422, do="set", kind="duty_area", title="一片区", since="2026-11-23"
        )
        assert "责任区要选一个网格" in wrong
        fill(
            desk,
            "/desk/standing/",
            do="set",
            kind="duty_area",
            title="一片区",
            area=GRID_A,
            since="2026-11-23",
        )
        made = fill(
            desk, "/desk/standing/", do="set", kind="model_post", title="窗口示范岗", since="2026-11-23"
        )
        assert "一片区" in made and "空着" in made
        # Anybody reads it, without an account.
        public = words(listed.phone().browser.get(f"/standing/?q={A}"))
        assert "走到片区里每一栋楼" in public and "甲第一网格" in public and "沈在职" not in public
        assert "我来上岗" not in public
        me = listed.phone_by(PHONE).browser
        code = post_of(me, "take", "/standing/")
        mine = fill(me, "/standing/", do=f"take-{code}")
        assert "一片区" in mine and "记一笔实绩" in mine
        public = words(listed.phone().browser.get(f"/standing/?q={A}"))
        assert "有人" in public and "沈在职" not in public
        for who in ("secretary", "superior", "head"):
            assert "沈在职" not in words(listed.desk(who).get("/desk/standing/"))
    with at("11-23 10:00"):
        other = post_of(me, "take", "/standing/")
        fill(me, "/standing/", do=f"take-{other}", named="yes")
        assert "沈在职" in words(listed.phone().browser.get(f"/standing/?q={A}"))
