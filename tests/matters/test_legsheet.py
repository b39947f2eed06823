"""The sheet of open legs: out, filled in, back; through the desk as a clerk does it."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test.utils import CaptureQueriesContext

from baodao.kernel.tables import read_table, write_xlsx
from tests.support.town import OFFICE, Town, at, town, words

__all__ = ["town"]

TEXT = "路灯不亮 QZXSHEETCANARY，打 13955550202"
NAMES = {
    "report_in": "收到（是/否）",
    "arrives": "到场时间",
    "claim": "办到什么程度",
    "result": "办理结果",
    "next_step": "办不了的下一步",
    "reason": "办不了或退回的理由",
    "duty_item": "退回依据的清单事项",
    "position": "账本位置",
}


def to_office(town: Town, **typed: Any) -> str:
    number = town.phone().report(**{"kind": "road", "text": TEXT, **typed})
    town.do("secretary", number, "report_in")
    town.do("secretary", number, "hand_over", org=OFFICE, reason="归住建委管")
    return number


def download(town: Town, who: str = "handler") -> bytes:
    answer = town.desk(who).get("/desk/legs.xlsx")
    assert answer.status_code == 200, words(answer)
    return bytes(answer.content)


def fill(sheet: bytes, rows: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Type into the rows of these numbers, as a spreadsheet program saves it."""
    with read_table(io.BytesIO(sheet)) as table:
        header, out = list(table.header), []
        for row in table.rows():
            cells = [*row.cells, *[None] * (len(header) - len(row.cells))]
            for name, value in rows.get(str(cells[0]), {}).items():
                cells[header.index(NAMES[name])] = value
            out.append(cells)
    made = io.BytesIO()
    write_xlsx(made, "承办表", header, out)
    return made.getvalue()


def upload(town: Town, sheet: bytes, who: str = "handler") -> str:
    """Send a sheet; gives the address of the page that shows what it would do."""
    answer = town.desk(who).post("/desk/legs/", {"file": SimpleUploadedFile("legs.xlsx", sheet)})
    assert answer.status_code == 303, words(answer)
    return str(answer["Location"])


def run(town: Town, there: str, do: str = "apply", who: str = "handler") -> str:
    """Press the button, let the worker work; gives the result as it reads."""
    desk = town.desk(who)
    page = desk.get(there).content.decode()
    command = re.search(r'name="command" value="([^"]+)"', page)
    assert command, words(page)
    answer = desk.post(there, {"command": command[1], "do": do})
    assert answer.status_code == 303, words(answer)
    call_command("work", "--once", verbosity=0)
    return words(desk.get(answer["Location"]))


def legs(town: Town, number: str) -> str:
    return str(town.office("handler").see(number)["legs"][-1]["state"])


def test_the_sheet_is_locked_but_where_it_is_filled_and_tells_no_word(town: Town) -> None:
    with at("11-23 09:00"):
        number = to_office(town, name="某某", phone="13955550101")
        shut = town.phone().report(kind="domestic_violence", text=TEXT)
        sheet = download(town)
        own = download(town, "secretary")
        page = words(town.desk("secretary").get("/desk/legs/"))
    with zipfile.ZipFile(io.BytesIO(sheet)) as book:
        body, styles = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/styles.xml").decode()
        whole = b"".join(book.read(name) for name in book.namelist()).decode()
    assert "<sheetProtection" in body
    open_style = styles.partition("<cellXfs")[2].partition("</cellXfs>")[0].count("<xf ") - 1
    assert 'locked="0"' in styles.partition("</cellXfs>")[0].rpartition("<xf ")[2]
    assert body.count(f'<c s="{open_style}"/>') == 7
    assert "QZXSHEETCANARY" not in whole
    assert "1395555" not in whole
    with read_table(io.BytesIO(sheet)) as table:
        rows = [row.cells for row in table.rows()]
    assert [row[0] for row in rows] == [number]
    assert rows[0][6] == "待收到"
    assert shut not in own.decode("latin-1")
    with read_table(io.BytesIO(own)) as table:
        assert [row.cells[0] for row in table.rows()] == []
    assert "另有 1 件只能在工作台上看" in page


def test_rows_become_acts_once(town: Town) -> None:
    with at("11-23 09:00"):
        one, two, three, four = (to_office(town) for _n in range(4))
        sheet = fill(
            download(town),
            {
                one: {"report_in": "是"},
                two: {"report_in": "是", "claim": "解决了", "result": "换了灯"},
                three: {
                    "report_in": "是",
                    "claim": "办不了",
                    "reason": "没有备件",
                    "next_step": "拨打 12345",
                },
            },
        )
    with at("11-23 10:00"):
        there = upload(town, sheet)
        look = words(town.desk("handler").get(there))
        assert "没有填的 1" in look
        assert look.count("会办") >= 3
        assert "会办 3" in run(town, there, "dry")
        assert [legs(town, n) for n in (one, two, three, four)] == ["called"] * 4
        assert "办了 3" in run(town, there)
        assert [legs(town, n) for n in (one, two, three, four)] == [
            "reported",
            "answered",
            "answered",
            "called",
        ]
        again = run(town, upload(town, sheet))
        assert "办了 0" in again
        assert "以前办过 3" in again
        assert "有变化没有办 0" in again
        acts = [fact["action"] for fact in town.office("handler").see(two)["facts"]]
        assert acts.count("answer") == 1


def test_a_leg_that_moved_is_shown_beside_and_not_done(town: Town) -> None:
    with at("11-23 09:00"):
        number, other = to_office(town), to_office(town)
        sheet = fill(
            download(town),
            {
                number: {"report_in": "是", "claim": "解决了", "result": "表里写的结果"},
                other: {"report_in": "是"},
            },
        )
    with at("11-23 10:00"):
        town.do("handler", number, "report_in")
        there = upload(town, sheet)
        assert "有变化，不办" in words(town.desk("handler").get(there))
        told = run(town, there)
        assert "办了 1" in told
        assert "有变化没有办 1" in told
        assert "表里写的结果" in told
        assert "现在：办理中" in told
        assert legs(town, number) == "reported"
        assert legs(town, other) == "reported"


def test_bad_rows_are_told_with_number_reason_and_remedy_and_the_rest_is_done(town: Town) -> None:
    with at("11-23 09:00"):
        numbers = [to_office(town) for _n in range(7)]
        good, both, alone, item, arrives, early, word = numbers
        sheet = fill(
            download(town),
            {
                good: {"report_in": "是"},
                both: {"claim": "解决了", "result": "x", "duty_item": "3.1"},
                alone: {"result": "只写了结果"},
                item: {"duty_item": "3.1", "reason": "不归我们"},
                arrives: {"report_in": "是", "arrives": "2026-11-23 15:00"},
                early: {"claim": "解决了", "result": "还没收到就答复"},
                word: {"claim": "差不多", "result": "x"},
            },
        )
        told = run(town, upload(town, sheet))
    assert "办了 1" in told
    assert "要改 6" in told
    for reason in (
        "又答复又退回",
        "没有填办到什么程度",
        "没有这一步",
        "收到时不填到场时间",
        "不能这样办",
        "请填：解决了、解决了一部分、办不了",
    ):
        assert reason in told, reason
    assert "第 2 行" in told or "第 3 行" in told
    with at("11-23 09:30"):
        link = re.search(
            r'href="(/desk/legs/jobs/\w+/)"', town.desk("handler").get("/desk/legs/").content.decode()
        )
        assert link
        answer = town.desk("handler").get(f"{link[1]}errors.xlsx")
        with read_table(io.BytesIO(b"".join(answer.streaming_content))) as table:
            assert len(list(table.rows())) == 6


def test_what_is_no_such_sheet_is_told(town: Town) -> None:
    with at("11-23 09:00"):
        made = io.BytesIO()
        write_xlsx(made, "x", ["名字", "电话"], [["a", "b"]])
        there = upload(town, made.getvalue())
        answer = town.desk("handler").get(there)
        nothing = town.desk("handler").post("/desk/legs/", {})
        gone = town.desk("handler").get(f"/desk/legs/{'0' * 64}/")
    assert answer.status_code == 422
    assert "缺少“编号”这一列" in words(answer)
    assert nothing.status_code == 422
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("handler", "办了 1"),
        ("head", "办了 1"),
        ("sibling", "要改 1"),
        ("superior", "要改 1"),
        ("clerk", "要改 1"),
        ("outsider", "要改 1"),
    ],
)
def test_whose_sheet_does_something(town: Town, who: str, told: str) -> None:
    with at("11-23 09:00"):
        number = to_office(town)
        sheet = fill(download(town), {number: {"report_in": "是"}})
        assert told in run(town, upload(town, sheet, who), who=who)
        assert legs(town, number) == ("reported" if told == "办了 1" else "called")


def test_a_job_that_was_killed_goes_on_where_it_was(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from baodao.matters.legsheet import applying

    with at("11-23 09:00"):
        one, two = to_office(town), to_office(town)
        filled = {"report_in": "是", "claim": "解决了", "result": "换了灯"}
        there = upload(town, fill(download(town), {one: filled, two: filled}))
        real, calls = applying.act, []

        def dies(*args: Any, **named: Any) -> Any:
            calls.append(named["action"])
            if len(calls) == 2:
                raise RuntimeError("killed")
            return real(*args, **named)

        monkeypatch.setattr(applying, "act", dies)
        assert "程序错误" in run(town, there)
        assert {legs(town, one), legs(town, two)} == {"reported", "called"}
        monkeypatch.setattr(applying, "act", real)
        # Its own first half is no conflict.
        assert "办了 2" in run(town, there)
        assert {legs(town, one), legs(town, two)} == {"answered"}


def test_downloads_are_in_the_security_log_and_statements_do_not_grow(town: Town) -> None:
    from django.db import connection

    from baodao.people.models import SecurityLog

    counts = []
    with at("11-23 09:00"):
        for _n in range(2):
            to_office(town)
            to_office(town)
            download(town)
            with CaptureQueriesContext(connection) as queries:
                download(town)
            counts.append(len(queries))
        row = SecurityLog.objects.filter(kind="export.legs").latest("id")
    assert counts[0] == counts[1]
    assert counts[0] <= 9
    assert (row.post, row.subject, row.detail) == ("p-handler", f"org:{OFFICE}", "4")
