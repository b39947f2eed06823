"""The to-do list at size: order, columns, views kept for a person and her office, a sheet by the worker, one action for many rows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from baodao.desk.models import SavedView
from baodao.kernel import exports, jobs
from baodao.kernel.act import system_act
from baodao.ledger.caches import dump
from baodao.ledger.services import erase
from baodao.matters.models import Leg, Matter
from baodao.matters.services import act
from baodao.people.models import SecurityLog, SignIn
from tests.matters.conftest import A2, HOME, STREET, A, B, Cast, key
from tests.support.town import words

Enter = Callable[[str, str], Client]


@pytest.fixture
def now() -> Any:
    """This very second: pages ask the real clock."""
    from baodao.people.door import clock

    return clock()


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return str(answer.content.decode())


def numbers(page: str) -> list[str]:
    return re.findall(r'<span class="bd-number">([^<]+)<', page)


def command(page: str, name: str = "command") -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("sort", ["due", "last", "newest"])
def test_every_order_has_pages_without_gap_or_repeat(
    staff: Enter, opened: Any, now: Any, monkeypatch: Any, sort: str
) -> None:
    from baodao.desk import todo

    monkeypatch.setattr(todo, "PAGE", 3)
    made = [opened(at=now - timedelta(hours=n // 2)) for n in range(8)]
    browser, seen, address = staff("community_secretary", A), [], f"/desk/?sort={sort}"
    while address:
        page = text(browser.get(address))
        seen += numbers(page)
        found = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
        address = "/desk/" + found[1].replace("&amp;", "&") if found else ""
    assert sorted(seen) == sorted(made)
    dues = dict(Leg.objects.values_list("matter", "due"))
    if sort == "newest":
        assert seen == sorted(made, reverse=True)
    else:
        order = sorted(made, key=lambda n: (dues[n], n))
        assert seen == (order if sort == "due" else order[::-1])


def test_what_was_merged_asks_for_nothing_that_its_page_refuses(
    cast: Cast, staff: Enter, opened: Any, now: Any
) -> None:
    first, second = (opened(at=now - timedelta(hours=2)) for _n in range(2))
    act(
        cast.by("secretary", now), number=second, action="merge", fields={"into": first, "reason": "同一盏灯"}
    )
    browser = staff("community_secretary", A)

    def steps() -> dict[str, str]:
        rows = re.findall(r"<tr data-row>.*?</tr>", text(browser.get("/desk/")), re.DOTALL)
        shown = (
            (numbers(row)[0], re.search(r'<span class="bd-tag[^>]*>([^<]+)</span></a></td>', row))
            for row in rows
        )
        return {number: found[1] for number, found in shown if found}

    assert steps() == {first: "收到", second: f"随 {first} 办"}
    act(cast.by("secretary", now), number=second, action="split", fields={})
    assert steps() == {first: "收到", second: "收到"}


def test_columns_are_chosen_and_kept_with_the_view_on_the_server(staff: Enter, opened: Any, now: Any) -> None:
    number = opened(at=now)
    browser = staff("community_secretary", A)
    page = text(browser.get("/desk/?col=state&col=called&col=nonsense&sort=last"))
    assert page.count('<td class="more">') == 2
    assert ">状态</th>" in page
    sent = {"do": "keep", "name": "新派来的", "query": "col=called&sort=last&col=state&col=x"}
    answer = browser.post("/desk/views/", sent)
    assert answer.status_code == 303
    assert number in text(browser.get(answer["Location"]))
    row = SavedView.objects.get()
    assert row.query == "view=all&sort=last&col=state&col=called"
    # Nothing in a cookie: it is there in another browser of the same person, and in the dump.
    assert "views" not in browser.cookies
    assert "新派来的" in text(browser.get("/desk/"))
    assert any("新派来的" in line for line in dump())
    # The same name again is the same view; other words for the same list are the same list.
    assert browser.post("/desk/views/", {**sent, "query": "view=late"}).status_code == 303
    assert SavedView.objects.get().query == "view=late"
    refused = browser.post("/desk/views/", {"do": "keep", "name": "字" * 21, "query": "view=late"})
    assert refused.status_code == 422
    assert "最多 20 个字" in words(refused)
    assert browser.post("/desk/views/", {"do": "drop", "code": row.code, "query": ""}).status_code == 303
    assert not SavedView.objects.exists()


def test_an_office_shares_views_and_nobody_else_has_them(staff: Enter, opened: Any) -> None:
    opened()
    head, colleague = staff("department_head", STREET), staff("department_head", STREET)
    clerk, below, sibling = staff("handler", B), staff("community_secretary", A), staff("handler", B)
    sent = {"do": "keep", "name": "全街道逾期", "query": "view=late", "shared": "yes"}
    assert head.post("/desk/views/", sent).status_code == 303
    # A handler keeps views for herself only.
    assert clerk.post("/desk/views/", sent).status_code == 403
    assert clerk.post("/desk/views/", {**sent, "shared": ""}).status_code == 303
    assert "本单位的人都能用" not in text(clerk.get("/desk/"))
    shared = SavedView.objects.get(org=STREET)
    assert "全街道逾期" in text(colleague.get("/desk/"))
    for outsider in (below, sibling):
        assert "全街道逾期" not in text(outsider.get("/desk/"))
        answer = outsider.post("/desk/views/", {"do": "drop", "code": shared.code, "query": ""})
        assert answer.status_code == 404
    assert colleague.post("/desk/views/", {"do": "drop", "code": shared.code, "query": ""}).status_code == 303
    assert [row.org for row in SavedView.objects.all()] == [""]


def test_the_list_costs_the_same_with_views_columns_and_rows(staff: Enter, opened: Any, now: Any) -> None:
    browser = staff("department_head", STREET)
    counts = []
    for more in (1, 12):
        for n in range(more):
            opened(at=now)
            browser.post("/desk/views/", {"do": "keep", "name": f"视图{more}{n}", "query": "view=late"})
        browser.get("/desk/")
        with CaptureQueriesContext(connection) as asked:
            text(browser.get("/desk/?col=state&col=office&sort=newest"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6, counts


# ── the sheet ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_sheet_of_what_is_seen_is_written_by_the_worker(
    cast: Cast, staff: Enter, opened: Any, now: Any, monkeypatch: Any
) -> None:
    from baodao.desk import jobs as sheets
    from baodao.desk import todo

    monkeypatch.setattr(todo, "PAGE", 3)
    monkeypatch.setattr(sheets, "STEP", 2)
    late = [opened(at=now - timedelta(days=40 + n)) for n in range(5)]
    opened(at=now)
    opened(at=now, kind="minors", fields={"text": "不该出现的话"})
    browser, other = staff("community_secretary", A), staff("community_secretary", A)
    page = text(browser.get("/desk/?view=late&sort=last&col=state"))
    sent = {"query": "view=late&sort=last&col=state", "command": command(page)}
    answer = browser.post("/desk/todo/sheet/", sent)
    assert browser.post("/desk/todo/sheet/", sent)["Location"] == answer["Location"]
    assert "排队" in text(browser.get(answer["Location"]))
    file = answer["Location"] + "todo.xlsx"
    assert browser.get(file).status_code == 404
    jobs.run_due(now)
    assert "写好了，5 行" in words(browser.get(answer["Location"]))
    for door in (other, staff("administrator", HOME)):
        assert door.get(answer["Location"]).status_code == 404
        assert door.get(file).status_code == 404
    given = browser.get(file)
    sheet = load_workbook(io.BytesIO(b"".join(given.streaming_content))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "编号"
    assert rows[0][-1] == "状态"
    # All of the view, more than a page of it, in the order that was seen.
    dues = dict(Leg.objects.values_list("matter", "due"))
    assert [row[0] for row in rows[1:]] == sorted(late, key=lambda n: (dues[n], n), reverse=True)
    assert SecurityLog.objects.filter(kind="export.todo", detail="5").count() == 1
    erase(system_act(now, key("erase")), person=cast.uids["neighbour"])
    assert browser.get(file).status_code == 404
    assert list(exports.folder().iterdir()) == []


# ── one action for many rows ────────────────────────────────────────────────────────────────────────────


def chosen(*marks: str) -> str:
    return "&".join(f"row=0.{number}.1" for number in marks)


def send(browser: Client, page: str, **typed: Any) -> Any:
    """Fill the bulk form and send it."""
    hidden = {"_command": command(page, "_command"), "_do": command(page, "_do")}
    return browser.post(
        "/desk/bulk/", {**hidden, "at": re.findall(r'name="at" value="([^"]+)"', page), **typed}
    )


def results(page: str) -> dict[str, str]:
    found = re.findall(r'data-result="(\w+)".*?class="bd-number">([^<]+)<', page, re.S)
    return {number: result for result, number in found}


def test_one_action_for_many_rows_each_with_its_own_result(
    cast: Cast, staff: Enter, opened: Any, now: Any
) -> None:
    first, second, gone = opened(at=now), opened(at=now), opened(at=now)
    foreign, hidden = opened(at=now, org=A2, place="grid-2"), opened(at=now, kind="domestic_violence")
    act(cast.by("resident", now), number=gone, action="withdraw", fields={})
    browser = staff("community_secretary", A)
    page = text(browser.get(f"/desk/bulk/?{chosen(first, second, gone, foreign)}"))
    assert "2 行能办" in page
    page = text(browser.get(f"/desk/bulk/?{chosen(first, second, gone, foreign)}&do=request.hand_over"))
    assert ">现在不能<" in page
    assert ">看不到<" in page
    # What is wrong for all is told on the form, with what was typed; nothing was done.
    wrong = send(browser, page, org="", reason="归那边管")
    assert wrong.status_code == 422
    assert "归那边管" in wrong.content.decode()
    assert Leg.objects.filter(org=A2, matter__in=[first, second]).count() == 0
    sent = {"org": A2, "reason": "归那边管"}
    answer = send(browser, page, **sent)
    told = results(text(answer))
    assert told == {first: "done", second: "done", gone: "refused", foreign: "refused"}
    assert "2 行办好了 · 2 行没有办" in words(answer)
    assert set(Leg.objects.filter(org=A2).values_list("matter", flat=True)) == {first, second, foreign}
    # Sent twice, it is done once.
    assert {n for n, result in results(text(send(browser, page, **sent))).items() if result == "done"} == {
        first,
        second,
    }
    assert Leg.objects.filter(org=A2).count() == 3
    assert Matter.objects.get(number=hidden).level == 2


@pytest.mark.parametrize(
    ("kind", "org", "may"),
    [
        ("community_secretary", A, True),
        ("community_secretary", A2, False),
        ("department_head", STREET, True),
        ("grid_worker", A, True),
        ("handler", B, False),
        ("auditor", HOME, False),
    ],
)
def test_a_bulk_act_refuses_each_row_that_the_single_act_refuses(
    staff: Enter, opened: Any, now: Any, kind: str, org: str, may: bool
) -> None:
    """Allowed, sibling, superior, below, outsider, and one who may only read: the form is forged, the verb decides."""
    one, many = opened(at=now), opened(at=now)
    browser = staff(kind, org)
    fields = {"org": A2, "reason": "归那边管"}
    alone = browser.post(f"/desk/matters/{one}/", {"_do": "hand_over", "_leg": "1", **fields})
    forged = {"_do": "request.hand_over", "at": [f"{many}.1.0"], "_command": key("forged"), **fields}
    together = browser.post("/desk/bulk/", forged)
    assert (alone.status_code == 303) is may
    if may:
        assert results(text(together)) == {many: "done"}
    else:
        assert results(together.content.decode()).get(many) != "done"
        assert not Leg.objects.filter(org=A2).exists()


def test_looking_at_many_rows_costs_what_looking_at_one_does(staff: Enter, opened: Any, now: Any) -> None:
    made = [opened(at=now) for _n in range(12)]
    browser = staff("community_secretary", A)
    counts = []
    for rows in (made[:1], made):
        browser.get("/desk/bulk/?" + chosen(*rows))
        with CaptureQueriesContext(connection) as asked:
            text(browser.get(f"/desk/bulk/?{chosen(*rows)}&do=request.hand_over"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10, counts
    assert browser.get("/desk/bulk/").status_code == 303
    assert browser.get("/desk/bulk/?row=..&row=x.1.2&row=0.NO-1.1").status_code == 200
    assert browser.get("/desk/bulk/?" + chosen(*(f"HQ-{n}" for n in range(101)))).status_code == 422
    assert SignIn.objects.exists()
