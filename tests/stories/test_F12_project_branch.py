"""F12: a member on the move joins a project branch while staying on her home branch's roll. Her home branch, the project
branch and she herself see it; the district has counts; community and employer see her only where she chose to be seen.

Waits for other rooms: the project branch's meetings and what they count for at home (Gather).
"""

import re
from typing import Any

import pytest

from tests.support.districts import DISTRICTS, first_community, found, party_code
from tests.support.districts import party_of as party_tree
from tests.support.town import at, words

COMMUNITY = first_community("fuling")
DISTRICT = party_code(DISTRICTS["fuling"][0])
SITE, OTHER = "dz-site-1", "dz-site-2"
NAMES = {
    "home": "周书记", "site": "吴书记", "other": "郑书记", "district": "王书记", "community": "冯书记", "member": "陈流动",
    "stranger": "褚某",
}  # fmt: skip


@pytest.fixture
def branches(districts: Any) -> str:
    """A home branch beside the community, two project branches, their secretaries; gives the home branch."""
    home = party_tree("fuling")
    found(
        (SITE, "长江大桥项目支部", "party_project", "branch", home),
        (OTHER, "机场项目支部", "party_project", "branch", home),
        tree="party",
    )
    posts = (
        ("home", home, "party_secretary"), ("site", SITE, "project_secretary"), ("other", OTHER, "project_secretary"),
        ("district", DISTRICT, "party_secretary"), ("community", COMMUNITY, "community_secretary"),
    )  # fmt: skip
    districts.people(NAMES, posts)
    return home


def fill(browser: Any, address: str, expect: int = 303, **typed: str) -> str:
    """Send a form of a page as it stands there; gives what is read then."""
    first = browser.get(address)
    assert first.status_code == 200, words(first)
    command = re.findall(r'name="command" value="([^"]+)"', first.content.decode())[-1]
    answer = browser.post(address, {"command": command, **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def test_a_member_joins_a_project_branch_and_stays_on_the_home_roll(districts: Any, branches: str) -> None:
    with at("11-23 09:00"):
        phone = districts.number_of("member")
        entered = fill(
            districts.desk("home"), "/desk/roll/", do="enter", name="陈流动", phone=phone, since="2026-01-01"
        )
        assert "在册的 1" in entered and "组织关系在这里" in entered
        assert "陈流动" not in entered
        # Nobody comes twice, and nobody is told who the phone belongs to.
        again = fill(
            districts.desk("home"), "/desk/roll/", 409, do="enter", name="谁", phone=phone, since="2026-01-01"
        )
        assert "已经在一个支部的名册上" in again
    with at("11-23 10:00"):
        me = districts.phone_by(phone).browser
        mine = words(me.get("/me/branch/"))
        assert "社区党委 组织关系在这里" in mine
        asked = fill(me, "/me/branch/", do="ask", branch=SITE)
        assert "长江大桥项目支部 等支部答复" in asked
    with at("11-23 11:00"):
        site = districts.desk("site")
        waiting = words(site.get("/desk/roll/"))
        assert "申请加入的 1" in waiting and "组织关系仍在 社区党委" in waiting
        assert "记上名册" not in waiting  # a project branch takes nobody by itself
        named = fill(site, "/desk/roll/", 200, do="names", purpose="duty")
        assert "陈流动" in named
        token = re.search(r'value="yes-(\w+)"', site.get("/desk/roll/").content.decode())[1]  # type: ignore[index]
        joined = fill(site, "/desk/roll/", do=f"yes-{token}")
        assert "在册的 1" in joined and "在这个项目支部" in joined and "组织关系在 社区党委" in joined
        home = words(districts.desk("home").get("/desk/roll/"))
        assert "在册的 1" in home and "组织关系在这里" in home and "也在 长江大桥项目支部" in home
        # Another branch's secretary has another roll.
        assert "名册上还没有人" in words(districts.desk("other").get("/desk/roll/"))
    with at("11-23 12:00"):
        # She reads who looked, and who can see her.
        assert "长江大桥项目支部" in words(me.get("/me/looked/"))
        seers = words(me.get("/me/seers/"))
        assert "项目支部书记" in seers and "您在这个支部的名册上" in seers
        left = fill(me, "/me/branch/", do=f"quit-{SITE}")
        assert "社区党委 组织关系在这里" in left and "以前的 长江大桥项目支部" in left
        assert "名册上还没有人" in words(districts.desk("site").get("/desk/roll/"))
        assert "在册的 1" in words(districts.desk("home").get("/desk/roll/"))


def test_superiors_have_counts_and_the_community_sees_only_whom_it_may(districts: Any, branches: str) -> None:
    with at("11-23 09:00"):
        phone = districts.number_of("member")
        fill(
            districts.desk("home"), "/desk/roll/", do="enter", name="陈流动", phone=phone, since="2026-01-01"
        )
        above = districts.desk("district")
        assert "社区党委 组织关系在这里 少于 10 人" in words(above.get("/desk/roll/counts/"))
        assert "名册上还没有人" in words(above.get("/desk/roll/"))  # its own roll: nobody of those below
        community = districts.desk("community")
        assert community.get("/desk/roll/").status_code == 403
        assert community.get("/desk/roll/counts/").status_code == 403
        assert "没有人选择在这里公开" in words(community.get("/desk/roll/seen/"))
    with at("11-23 10:00"):
        me = districts.phone_by(phone).browser
        assert "现在哪里都没有公开" in words(me.get("/me/branch/"))
        fill(me, "/me/branch/", do="show", place=COMMUNITY)
        seen = words(districts.desk("community").get("/desk/roll/seen/"))
        assert "共 1 人" in seen and "陈流动" not in seen
        assert "陈流动" in fill(districts.desk("community"), "/desk/roll/seen/", 200, purpose="duty")
        assert districts.desk("site").get("/desk/roll/seen/").status_code == 403
        fill(me, "/me/branch/", do=f"hide-{COMMUNITY}")
        assert "没有人选择在这里公开" in words(districts.desk("community").get("/desk/roll/seen/"))
        # Somebody who is on no roll can ask nowhere.
        stranger = districts.phone_by(districts.number_of("stranger")).browser
        assert "您不在任何支部的名册上" in words(stranger.get("/me/branch/"))
        asked = stranger.post("/me/branch/", {"command": "stranger-1", "do": "ask", "branch": SITE})
        assert asked.status_code == 409
        assert "先请组织关系所在的支部" in words(asked)
        shown = stranger.post("/me/branch/", {"command": "stranger-2", "do": "show", "place": COMMUNITY})
        assert shown.status_code == 409 and "先请组织关系所在的支部" in words(shown)
