"""The desk: one list, the week, search, export, and one matter with its actions, as staff use them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from baodao.kernel.jobs import run_due
from baodao.matters.models import Stake

from .conftest import A2, NOW, START, STREET, A, B, Cast, key

_numbers = count(1)
Enter = Callable[[str, str], Client]


@pytest.fixture
def now() -> Any:
    """This very second: pages ask the real clock."""
    from baodao.people.door import clock

    return clock()


@pytest.fixture
def staff(cast: Cast, settings: Any) -> Enter:
    """Appoint somebody and give her browser."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from baodao.people import door
    from baodao.people.services import demo, identity, sign_in

    def enter(kind: str, org: str) -> Client:
        settings.DEMO = True
        mark = f"d{next(_numbers)}"
        born = system_act(NOW - timedelta(days=400), key("staff"), "simulated")
        uid = identity.enrol(born, entries=[identity.Entry(ref=mark, name="李强")]).uids[mark]
        post = NewPost(f"{org}-{mark}", org, kind, uid, START)
        begin_posts(system_act(NOW - timedelta(days=399), key("post")), posts=[post])
        at = door.clock()
        opened = sign_in.open_session(demo.demo_account(uid, at), "demo", "test", at)
        browser = Client()
        browser.cookies[door.COOKIE] = opened.cookie
        return browser

    return enter


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return str(answer.content.decode())


def take(browser: Client, number: str, action: str, **typed: str) -> Any:
    """Open an action's form and send it."""
    page = text(browser.get(f"/desk/matters/{number}/?do={action}"))
    hidden = dict(re.findall(r'name="(_\w+)" value="([^"]*)"', page))
    assert hidden.get("_do") == action, page
    return browser.post(f"/desk/matters/{number}/", {**hidden, **typed})


def test_the_list_shows_what_waits_and_nothing_of_others(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    other = opened(at=now, org=A2, place="grid-2", fields={"text": "对面的噪音"})
    mine = text(staff("community_secretary", A).get("/desk/"))
    assert number in mine
    assert "路灯坏了" in mine
    assert ">收到<" in mine
    assert other not in mine
    above = text(staff("department_head", STREET).get("/desk/"))
    assert number in above
    assert other in above
    assert ">等收到<" in above
    assert number not in text(staff("handler", B).get("/desk/"))


@pytest.mark.parametrize("mark", ["²", "x", "9" * 40, "-1"])
def test_a_spoilt_hidden_field_is_no_defect(mark: str, staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    browser = staff("community_secretary", A)
    assert take(browser, number, "report_in", _seen=mark, _leg=mark).status_code in {303, 409, 422}


def test_a_superior_neither_lists_nor_counts_what_few_may_know(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now, kind="domestic_violence", fields={"text": "别告诉别人"})
    above = staff("department_head", STREET)
    assert number not in text(above.get("/desk/"))
    assert "没有找到" in text(above.get("/desk/search/?q=别告诉"))
    assert above.get(f"/desk/matters/{number}/").status_code == 404
    own = staff("community_secretary", A)
    listed = text(own.get("/desk/"))
    assert number in listed
    assert "别告诉别人" not in listed
    assert "别告诉别人" in text(own.get(f"/desk/matters/{number}/"))


def test_a_list_costs_the_same_for_one_as_for_many(staff: Enter, opened: Any, now: Any) -> None:
    browser = staff("community_secretary", A)
    counts = []
    for more in (1, 12):
        for _n in range(more):
            opened(at=now)
        browser.get("/desk/")
        with CaptureQueriesContext(connection) as queries:
            text(browser.get("/desk/"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5, counts


def test_pages_follow_each_other_without_gap_or_repeat(
    staff: Enter, opened: Any, now: Any, monkeypatch: Any
) -> None:
    from baodao.desk import todo

    monkeypatch.setattr(todo, "PAGE", 3)
    numbers = {opened(at=now - timedelta(hours=n // 2)) for n in range(8)}
    browser, seen, address = staff("community_secretary", A), [], "/desk/"
    while address:
        page = text(browser.get(address))
        seen += re.findall(r'<span class="bd-number">([^<]+)<', page)
        found = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
        address = "/desk/" + found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 8
    assert set(seen) == numbers


def test_views_filter_what_is_listed(staff: Enter, opened: Any, now: Any) -> None:
    late, fresh = opened(at=now - timedelta(days=30)), opened(at=now)
    browser = staff("community_secretary", A)
    page = text(browser.get("/desk/?view=late"))
    assert late in page
    assert fresh not in page


def test_a_search_of_one_second_has_no_gap_either(staff: Enter, opened: Any, now: Any) -> None:
    """Sixty matters of the same second, as an import of day precision brings them."""
    numbers = {opened(at=now) for _n in range(60)}
    browser, seen, address = staff("community_secretary", A), [], "/desk/search/?q=路灯"
    while address:
        page = text(browser.get(address))
        seen += re.findall(r'class="bd-number">([^<]+)<', page)
        found = re.search(r'href="(\?[^"]*before=[^"]+)"', page)
        address = "/desk/search/" + found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == 60
    assert set(seen) == numbers


def test_chinese_words_of_two_characters_find_a_matter(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now, fields={"text": "楼顶渗水，打 13800138000 找我"})
    browser = staff("community_secretary", A)
    page = text(browser.get("/desk/search/?q=渗水"))
    assert number in page
    assert "<mark>渗水</mark>" in page
    assert "13800138000" not in page
    assert number in text(browser.get(f"/desk/search/?q={number.lower()}"))
    assert "没有找到" in text(staff("handler", B).get("/desk/search/?q=渗水"))
    assert browser.get("/desk/search/?q=。。").status_code == 422


def test_an_export_has_no_formula_and_no_text_of_level_2(staff: Enter, opened: Any, now: Any) -> None:
    opened(at=now, fields={"text": "=HYPERLINK(1)"})
    opened(at=now, kind="minors", fields={"text": "不该出现的话"})
    browser = staff("community_secretary", A)
    job = browser.post("/desk/todo/sheet/", {"query": ""})["Location"]
    run_due(now)
    sheet = load_workbook(io.BytesIO(b"".join(browser.get(f"{job}todo.xlsx").streaming_content))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert sheet.max_row == 3
    assert all(cell.data_type != "f" for cell in cells)
    assert not any("不该出现" in str(cell.value) for cell in cells)


def test_the_week_is_proud_of_nothing_due(staff: Enter, opened: Any, now: Any) -> None:
    browser = staff("community_secretary", A)
    assert "本周没有到期的事" in text(browser.get("/desk/week/"))
    number = opened(at=now - timedelta(days=30))
    assert number in text(browser.get("/desk/week/"))


def test_a_handler_sees_exactly_what_the_resident_will_read(
    staff: Enter, opened: Any, now: Any, client: Client
) -> None:
    number = opened(at=now)
    browser = staff("community_secretary", A)
    assert take(browser, number, "report_in").status_code == 303
    form = text(browser.get(f"/desk/matters/{number}/"))
    shown = re.search(r'data-reads="([^"]+)"', form)
    assert shown
    promised = shown[1].replace("{result}", "换了灯泡。").replace("{claim}", "解决了")
    assert take(browser, number, "answer", claim="solved", result="换了灯泡。").status_code == 303
    read = text(browser.get(f"/desk/matters/{number}/?only=resident"))
    assert promised in read


def test_a_faulty_form_keeps_what_was_typed(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    browser = staff("community_secretary", A)
    take(browser, number, "report_in")
    answer = take(browser, number, "answer", result="写了很久的话")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "写了很久的话" in page
    assert 'href="#f-claim"' in page


def test_a_conflict_tells_what_happened_meanwhile(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    one, two = staff("community_secretary", A), staff("community_secretary", A)
    page = text(two.get(f"/desk/matters/{number}/?do=report_in"))
    hidden = dict(re.findall(r'name="(_\w+)" value="([^"]*)"', page))
    assert take(one, number, "report_in").status_code == 303
    answer = two.post(f"/desk/matters/{number}/", hidden)
    assert answer.status_code == 409
    assert "您打开页面以后，已经" in answer.content.decode()


def test_the_same_form_sent_twice_is_one_act(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    browser = staff("community_secretary", A)
    take(browser, number, "report_in")
    page = text(browser.get(f"/desk/matters/{number}/?do=note"))
    hidden = dict(re.findall(r'name="(_\w+)" value="([^"]*)"', page))
    for _try in range(2):
        assert browser.post(f"/desk/matters/{number}/", {**hidden, "text": "明天来"}).status_code == 303
    assert text(browser.get(f"/desk/matters/{number}/")).count("告诉您：明天来") == 1


def test_contact_is_shown_for_a_purpose_and_written_down(
    staff: Enter, cast: Cast, now: Any, client: Client
) -> None:
    page = client.get("/report/").content.decode()
    command = re.search(r'name="command" value="([^"]+)"', page)
    assert command
    typed = {
        "command": command[1],
        "do": "send",
        "kind": "road",
        "text": "坑",
        "place": A,
        "phone": "13800138000",
    }
    number = client.post("/report/", typed)["Location"].split("/")[2]
    browser = staff("community_secretary", A)
    assert "13800138000" not in text(browser.get(f"/desk/matters/{number}/")).replace(" ", "")
    from baodao.people.models import AccessLog

    answer = browser.post(f"/desk/matters/{number}/contact/", {"purpose": "reply"})
    assert "13800138000" in text(answer).replace(" ", "")
    assert AccessLog.objects.count() == 1
    refused = browser.post(f"/desk/matters/{number}/contact/", {"purpose": ""})
    assert "13800138000" not in refused.content.decode().replace(" ", "")
    assert AccessLog.objects.count() == 1


def test_outsiders_find_no_page(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    assert staff("handler", B).get(f"/desk/matters/{number}/").status_code == 404
    assert Client().get(f"/desk/matters/{number}/").status_code == 302


def test_a_pause_is_shown_with_its_cause(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    browser = staff("community_secretary", A)
    take(browser, number, "report_in")
    assert take(browser, number, "pause", cause="permit", reason="等规划部门批").status_code == 303
    assert "暂停：等审批" in text(browser.get("/desk/"))
    assert Stake.objects.get(matter=number, depth=0).state == "paused"
    page = text(browser.get(f"/desk/matters/{number}/"))
    assert "seg paused" in page
    assert ">恢复计时<" in page


def test_the_counter_enters_a_request_and_prints_a_slip(staff: Enter, cast: Cast) -> None:
    browser = staff("desk_clerk", STREET)
    first = text(browser.get("/desk/report/"))
    command = re.search(r'name="command" value="([^"]+)"', first)
    assert command
    typed = {
        "command": command[1],
        "do": "send",
        "kind": "road",
        "text": "路面塌了一块",
        "place": STREET,
        "name": "李婆婆",
    }
    assert browser.post("/desk/report/", typed).status_code == 422
    answer = browser.post("/desk/report/", {**typed, "consent": "yes"})
    assert answer.status_code == 303
    slip = text(browser.get(answer["Location"]))
    code = re.search(r'<dd class="code">([^<]+)<', slip)
    number = answer["Location"].split("/")[3]
    assert code
    assert browser.get(answer["Location"].partition("?")[0]).status_code == 403
    # The resident herself opens it with the slip; the office has it on its list.
    other = Client()
    assert other.post("/look/", {"number": number, "code": code[1]}).status_code == 303
    assert "路面塌了一块" in other.get(f"/requests/{number}/").content.decode()
    assert "代为反映" in text(browser.get(f"/desk/matters/{number}/"))
