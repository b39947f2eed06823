"""N11 (一对一联系): a leader keeps in touch with a named person who agreed. The contact is due each quarter and met by a fact with date
and need; she reads all of it, says it otherwise, leaves, and the leader hears nothing of that. One leader and one quota over all
departments; nothing else can be written of her.
"""

import re
from typing import Any

import pytest

from tests.support.districts import DISTRICTS, found
from tests.support.town import at, words

DISTRICT = DISTRICTS["nanchuan"][0]
NAMES = {"office": "郝专员", "leader": "石局长", "other": "安局长", "person": "金代表"}


@pytest.fixture
def list_(districts: Any) -> Any:
    """Two departments of Nanchuan and the post that keeps the list."""
    found(
        ("nc-jxw", "区经信委", "department", "bureau", DISTRICT),
        ("nc-sww", "区商务委", "department", "bureau", DISTRICT),
    )
    posts = (
        ("office", DISTRICT, "contact_office"), ("leader", "nc-jxw", "department_head"),
        ("other", "nc-sww", "department_head"),
    )  # fmt: skip
    districts.people(NAMES, posts)
    return districts


def send(browser: Any, address: str, expect: int = 303, **typed: str) -> str:
    """Send a form of a page; gives what is read then."""
    command = re.findall(r'name="command" value="([^"]+)"', browser.get(address).content.decode())[-1]
    answer = browser.post(address, {"command": command, **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def test_contact_due_made_need_raised_need_solved(list_: Any) -> None:
    phone = list_.number_of("person")
    entry = {"do": "name", "name": "金代表", "phone": phone, "since": "2026-10-01"}
    with at("11-02 09:00"):
        office = list_.desk("office")
        asked = send(office, "/desk/contacts/name/", 422, org="nc-jxw", post="p-leader", **entry)
        assert "要本人同意" in asked
        assert "放进去了" in send(
            office, "/desk/contacts/name/", org="nc-jxw", post="p-leader", word="yes", **entry
        )
        taken = send(office, "/desk/contacts/name/", 409, org="nc-sww", post="p-other", word="yes", **entry)
        assert "已经有一位联系人" in taken and "石局长" not in taken
        # Due this quarter; those who keep the list read that, and nothing else.
        due = words(office.get("/desk/dues/?org=nc-jxw"))
        assert re.search("该做 一对一联系 2026年第4季度", due), due
        assert "金代表" not in due
        assert office.get("/desk/contacts/").status_code == 403
    with at("11-10 15:00"):
        leader = list_.desk("leader")
        page = leader.get("/desk/contacts/").content.decode()
        code = re.search(r'name="code" value="(ct-\d+)"', page)
        assert code and "金代表" not in page
        assert "金代表" in send(leader, "/desk/contacts/", 200, do="names", purpose="duty")
        form = next(f for f in re.findall(r"<form.*?</form>", page, re.S) if 'value="record"' in f)
        # Date and need: there is no other field.
        assert set(re.findall(r'name="(\w+)"', form)) - {"csrfmiddlewaretoken"} == {
            "command", "code", "day", "need", "do",
        }  # fmt: skip
        made = {"do": "record", "code": code[1]}
        read = send(leader, "/desk/contacts/", day="2026-11-10", need="厂房租约到期", **made)
        assert "厂房租约到期" in read
        assert re.search("做了 一对一联系", words(list_.desk("office").get("/desk/dues/?org=nc-jxw")))
        read = send(leader, "/desk/contacts/", do="solve", code=code[1], n="1", day="2026-11-10")
        assert "11月10日 周二 解决了" in read
        send(leader, "/desk/contacts/", day="2026-11-09", need="", **made)
        full = send(leader, "/desk/contacts/", 409, day="2026-11-10", need="", **made)
        assert "所有部门合计" in full
        # Another leader reads nothing of her.
        assert "ct-" not in words(list_.desk("other").get("/desk/contacts/"))


def test_she_reads_it_says_it_otherwise_and_leaves_without_notice(list_: Any) -> None:
    phone = list_.number_of("person")
    with at("11-02 09:00"):
        send(
            list_.desk("office"), "/desk/contacts/name/", do="name", org="nc-jxw", post="p-leader", name="金代表",
            phone=phone, since="2026-10-01", word="yes",
        )  # fmt: skip
        leader = list_.desk("leader")
        found_ = re.search(r"\bct-\d+", leader.get("/desk/contacts/").content.decode())
        assert found_
        code = found_[0]
        send(leader, "/desk/contacts/", do="record", code=code, day="2026-11-02", need="想少来几趟")
    with at("11-03 19:00"):
        herself = list_.phone("person").browser
        read = words(herself.get("/me/contact/"))
        assert "区经信委" in read and "想少来几趟" in read
        fixed = send(
            herself, "/me/contact/", do="correct-1", code=code, day="2026-11-02", need="要一份用工政策"
        )
        assert "要一份用工政策" in fixed and "想少来几趟" not in fixed
        assert "想少来几趟" not in words(list_.desk("leader").get("/desk/contacts/"))
        left = send(herself, "/me/contact/", do="leave", code=code)
        assert "没有人在名单上联系您" in left
        list_.work()
    with at("11-04 09:00"):
        leader = list_.desk("leader")
        assert "名单上没有人" in words(leader.get("/desk/contacts/"))
        notices = words(leader.get("/desk/notices/"))
        assert "还没有通知" in notices
        refused = leader.post(
            "/desk/contacts/",
            {"command": "late-1", "do": "record", "code": code, "day": "2026-11-04", "need": ""},
        )
        assert refused.status_code == 409
