"""The desk's pages of duty lists, and their import, through the browser's door."""

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.errors import Invalid
from baodao.kernel.tables import read_table
from baodao.orgs import duties
from baodao.orgs.duties import NewDuty, NewList
from baodao.orgs.ruling import NewOrg
from baodao.orgs.services import adopt_duties, create_orgs
from tests.orgs.conftest import START, system
from tests.support.town import words

Staff = Callable[..., Any]
DAY, LATER = date(2026, 1, 1), date(2026, 7, 1)
SHEET = """单位,编号,事项名称,类型,法律依据,关键词,生效日期
名zjw,ZJ-01,路灯维护,基本,某条例第三条,路灯、照明,2026-01-01
zjw,ZJ-02,井盖维护,配合履职,,井盖,2026-01-01
名990101001,J-1,巡查井盖,收回,,,2026-01-01
"""
BAD = """单位,编号,事项名称,类型,法律依据,关键词,生效日期
名zjw,ZJ-01,路灯维护,基本,,,2026-01-01
名zjv,ZJ-02,井盖维护,配合,,,2026-01-01
名zjw,ZJ-01,又一个路灯,基本,,,2026-01-01
名zjw,ZJ-03,,核心,,,昨天
"""


def text_of(answer: Any) -> str:
    """What is read of the page's main part."""
    body = answer.content.decode()
    return words(body[body.index("<main") :])


@pytest.fixture
def lists(district: None) -> None:
    items = [
        NewDuty("ZJ-01", "路灯维护", "basic", "某条例第三条", "路灯 照明"),
        NewDuty("ZJ-02", "井盖维护", "cooperating", "", "井盖"),
        NewDuty("ZJ-03", "=cmd|' /C calc'!A0", "taken_back"),
    ]
    adopt_duties(system(), lists=[NewList("zjw", DAY, items)])
    adopt_duties(
        system(),
        lists=[NewList("zjw", LATER, [items[0], NewDuty("ZJ-02", "井盖维护", "basic"), *items[2:]])],
    )


def upload(browser: Any, text: str, name: str = "清单.csv") -> str:
    """Send a file; gives the address of the map."""
    answer = browser.post(
        "/desk/duty-import/", {"command": "up-1", "file": SimpleUploadedFile(name, text.encode())}
    )
    assert answer.status_code == 303, words(answer)
    return str(answer["Location"])


def load(browser: Any, address: str, **typed: str) -> Any:
    """Press the button of the map as it stands there."""
    page = browser.get(address).content.decode()
    chosen = {}
    for name, options in re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', page, re.S):
        picked = re.search(r"<option selected>(.*?)</option>", options)
        chosen[name] = picked[1] if picked else ""
    command = re.search(r'name="command" value="([^"]+)"', page)
    assert command
    return browser.post(address, {**chosen, "command": command[1], "do": "load", **typed})


def test_a_list_is_read_as_of_a_day_by_class_and_by_word(lists: None, staff: Staff) -> None:
    browser = staff("handler", "zjw")
    now = text_of(browser.get("/desk/duties/zjw/"))
    assert "2026年7月1日 起" in now
    assert "全部 3 基本履职 2 配合履职 0 上级收回 1" in now
    then = text_of(browser.get("/desk/duties/zjw/?on=2026-03-01"))
    assert "2026年1月1日 起，到 2026年7月1日 前" in then
    assert "配合履职 1" in then
    assert "路灯维护" not in text_of(browser.get("/desk/duties/zjw/?kind=taken_back"))
    found = text_of(browser.get("/desk/duties/zjw/?q=照明"))
    assert "路灯维护" in found
    assert "井盖维护" not in found
    assert "没有这样的事项" in text_of(browser.get("/desk/duties/zjw/?q=地铁"))
    assert "这一天没有清单" in text_of(browser.get("/desk/duties/zjw/?on=2025-01-01"))
    assert "这一天没有清单" in text_of(browser.get("/desk/duties/990101/"))
    assert browser.get("/desk/duties/nowhere/").status_code == 404
    assert browser.get("/desk/duties/zjw/?on=gestern").status_code == 422
    history = text_of(browser.get("/desk/duties/zjw/history/"))
    assert "增加 0，去掉 0，改动 1" in history
    assert "配合履职 → 基本履职" in history
    assert "还没有清单" in text_of(browser.get("/desk/duties/990101/history/"))
    index = text_of(browser.get("/desk/duties/?q=井盖"))
    assert "井盖维护" in index
    assert "本单位" in index
    assert "导入清单" not in index


def test_lists_are_for_staff_of_the_district(lists: None, staff: Staff, client: Any) -> None:
    create_orgs(system(), orgs=[NewOrg("990202", "邻区", "district", "district", START)])
    outside = staff("administrator", "990202")
    for address in ("/desk/duties/zjw/", "/desk/duties/zjw/history/", "/desk/duties/zjw/export.xlsx"):
        assert staff("community_secretary", "990101001001").get(address).status_code == 200
        assert outside.get(address).status_code == 403
        assert client.get(address).status_code in {302, 403}
    assert "名zjw" not in text_of(outside.get("/desk/duties/"))
    assert outside.get("/desk/duties/zjw/propose/").status_code == 403


def test_a_long_list_has_pages_and_one_for_print(district: None, staff: Staff) -> None:
    items = [NewDuty(f"A-{n:03}", f"事项{n}号", "basic") for n in range(120)]
    adopt_duties(system(), lists=[NewList("zjw", DAY, items)])
    browser = staff("handler", "zjw")
    page, seen = "/desk/duties/zjw/", []
    while page:
        body = browser.get(page).content.decode()
        seen += re.findall(r">(A-\d{3})<", body)
        further = re.search(r'href="(\?[^"]+)" rel="next"', body)
        page = f"/desk/duties/zjw/{further[1].replace('&amp;', '&')}" if further else ""
    assert seen == [item.code for item in items]
    assert browser.get("/desk/duties/zjw/?all=1").content.decode().count(">A-") == 120


def test_pages_cost_the_same_for_few_items_as_for_many(lists: None, staff: Staff) -> None:
    browser = staff("supervisor", "990101")
    pages = ("/desk/duties/?q=事项", "/desk/duties/zjw/", "/desk/duties/zjw/history/", "/desk/duty-changes/")

    def counted() -> list[int]:
        found = []
        for page in pages:
            browser.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(page).status_code == 200
            found.append(len(queries))
        return found

    few = counted()
    items = [NewDuty(f"A-{n}", f"事项{n}号", "basic") for n in range(200)]
    adopt_duties(
        system(), lists=[NewList(org, date(2026, 8, 1), items) for org in ("zjw", "zjw-fw", "990101001")]
    )
    assert counted() == few
    assert max(few) <= 6, few


def test_a_sheet_becomes_lists_and_the_export_can_be_imported_again(district: None, staff: Staff) -> None:
    browser = staff("administrator", "990101")
    assert "下载空表" in text_of(browser.get("/desk/duty-import/"))
    assert browser.get("/desk/duty-import/empty.xlsx").status_code == 200
    address = upload(browser, SHEET)
    preview = text_of(browser.get(address))
    assert "名zjw 2 项 2026年1月1日 起 没有" in preview
    answer = load(browser, address)
    assert answer.status_code == 303, text_of(answer)
    assert "采用了 2 份清单，0 份和原来一样" in text_of(browser.get(answer["Location"]))
    assert [(d.code, d.kind, d.keywords) for d in duties.duties_of("zjw", DAY)] == [
        ("ZJ-01", "basic", "路灯 照明"),
        ("ZJ-02", "cooperating", "井盖"),
    ]
    assert duties.versions_of(["zjw"])[0].origin == "import"
    sheet = browser.get("/desk/duties/zjw/export.xlsx")
    again = browser.post(
        "/desk/duty-import/",
        {"command": "up-2", "file": SimpleUploadedFile("again.xlsx", sheet.content)},
    )
    answer = load(browser, again["Location"])
    assert answer.status_code == 303, text_of(answer)
    assert "采用了 0 份清单，1 份和原来一样" in text_of(browser.get(answer["Location"]))


def test_bad_rows_are_told_by_number_and_nothing_or_the_good_ones_are_taken(
    district: None, staff: Staff, tmp_path: Path
) -> None:
    browser = staff("supervisor", "990101")
    address = upload(browser, BAD)
    page = text_of(browser.get(address))
    assert "共 4 行，3 行有错" in page
    for told in ("第 3 行 单位「名zjv」", "是不是“名zjw”", "第 4 行 编号「ZJ-01」", "第 5 行 类型「核心」"):
        assert told in page
    assert "第 5 行 事项名称" in page
    refused = load(browser, address)
    assert refused.status_code == 422
    assert "第 5 行 类型" in text_of(refused)
    assert duties.versions_of(["zjw"]) == []
    errors = browser.get(f"{address}errors.xlsx")
    path = tmp_path / "errors.xlsx"
    path.write_bytes(errors.content)
    with read_table(path) as table:
        assert table.header[-3:] == ["原行号", "错在哪里", "怎么改"]
        assert len([row for row in table.rows() if len(row.cells) > 8]) == 3
    assert load(browser, address, good="1").status_code == 303
    assert [d.title for d in duties.duties_of("zjw", DAY)] == ["路灯维护"]
    assert "已经有 2026-01-01 起的清单" in text_of(browser.get(upload(browser, SHEET)))
    assert browser.get("/desk/duty-import/../").status_code in {301, 404}
    nothing = browser.post("/desk/duty-import/", {"command": "up-3"})
    assert nothing.status_code == 422
    assert browser.get(f"/desk/duty-import/{'0' * 64}/").status_code == 404


def test_only_those_who_may_adopt_import_and_only_for_whom_they_may(district: None, staff: Staff) -> None:
    create_orgs(system(), orgs=[NewOrg("990202", "邻区", "district", "district", START)])
    address = upload(staff("administrator", "990101"), SHEET)
    for kind, org in (
        ("department_head", "zjw"), ("handler", "zjw"), ("department_head", "990101001"),
        ("auditor", "990101"),
    ):  # fmt: skip
        browser = staff(kind, org)
        assert browser.get("/desk/duty-import/").status_code == 403
        assert browser.post(address, {"command": "x"}).status_code == 403
    outside = staff("administrator", "990202")
    assert "这个单位的清单不归您定" in text_of(outside.get(address))
    assert load(outside, address, good="1").status_code == 422
    assert duties.versions_of(["zjw"]) == []


def test_no_cell_of_the_export_becomes_a_formula(lists: None, staff: Staff, tmp_path: Path) -> None:
    import zipfile

    answer = staff("handler", "zjw").get("/desk/duties/zjw/export.xlsx?on=2026-02-01")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    path = tmp_path / "list.xlsx"
    path.write_bytes(answer.content)
    with read_table(path) as table:
        rows = [row.cells for row in table.rows()]
    assert rows[2][3] == "=cmd|' /C calc'!A0"
    assert str(rows[0][7]).startswith("2026-01-01")


def test_a_head_proposes_and_the_district_decides(lists: None, staff: Staff) -> None:
    head = staff("department_head", "zjw")
    assert "建议修改" in text_of(head.get("/desk/duties/zjw/"))
    page = head.get("/desk/duties/zjw/propose/?item=ZJ-01").content.decode()
    assert '<option value="ZJ-01" selected>' in page
    wrong = head.post("/desk/duties/zjw/propose/", {"item": "ZJ-77", "reason": "", "command": "p-0"})
    assert wrong.status_code == 422
    assert "现在的清单里没有这一项" in text_of(wrong)
    typed = {"item": "ZJ-01", "reason": "moved", "wanted": "taken_back", "command": "p-1"}
    assert head.post("/desk/duties/zjw/propose/", typed).status_code == 303
    assert head.post("/desk/duties/zjw/propose/", typed).status_code == 303  # a double click
    listed = text_of(head.get("/desk/duty-changes/"))
    assert "路灯维护" in listed
    assert "建议改为：上级收回" in listed
    assert "等区里决定" in listed
    assert head.post("/desk/duty-changes/", {"code": "dc-000001", "outcome": "accepted"}).status_code == 403
    supervisor = staff("supervisor", "990101")
    assert "不采纳" in text_of(supervisor.get("/desk/duty-changes/"))
    done = supervisor.post(
        "/desk/duty-changes/", {"code": "dc-000001", "outcome": "declined", "command": "s-1"}
    )
    assert done.status_code == 303
    assert "不采纳" in text_of(head.get("/desk/duty-changes/?show=all"))
    assert "没有等结果的修改建议" in text_of(head.get("/desk/duty-changes/"))
    late = supervisor.post(
        "/desk/duty-changes/", {"code": "dc-000001", "outcome": "accepted", "command": "s-2"}
    )
    assert late.status_code == 409
    assert staff("handler", "zjw").get("/desk/duties/zjw/propose/").status_code == 403


def test_the_command_imports_a_file(district: None, tmp_path: Path) -> None:
    path, out = tmp_path / "duties.csv", io.StringIO()
    path.write_text(BAD)
    with pytest.raises(Invalid):
        call_command("import", "duties", path, stdout=out, stderr=out)
    assert (tmp_path / "duties-errors.xlsx").is_file()
    path.write_text(SHEET)
    call_command("import", "duties", path, "--dry-run", stdout=out)
    assert duties.versions_of(["zjw"]) == []
    call_command("import", "duties", path, stdout=out)
    call_command("import", "duties", path, stdout=out)
    rows = SHEET.count("\n") - 1
    assert f"新增 {rows} 行" in out.getvalue() and "takeback duties-" in out.getvalue()
    assert f"原来就有 {rows}" in out.getvalue()
    assert len(duties.versions_of(["zjw"])) == 1
    bare = "编号,事项,类别\nX-1,无单位的事项,基本\n"
    path.write_text(bare)
    with pytest.raises(Invalid):
        call_command("import", "duties", path, stdout=out)
    call_command("import", "duties", path, "--org", "zjw-fw", "--since", "2026-02-01", stdout=out)
    assert [d.since for d in duties.duties_of("zjw-fw", LATER)] == [date(2026, 2, 1)]
