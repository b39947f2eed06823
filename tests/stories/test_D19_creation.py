"""D19: a creation drive of Dadukou. Its checklist comes from Excel, by kind of place and by responsible unit; a spot check finds
two faults at a market, each goes to its unit, is mended, another person re-checks it; what is being mended is not asked for
twice; a photo with a face is refused. A listed place says how it gets off the list, and is gone from search once it is off.

Volunteers' activities hang on the drive. Waits for other rooms: the public page with works and lamps (bulletin).
"""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from baodao.kernel.errors import Problem
from baodao.kernel.tables import read_table, write_xlsx
from tests.support.faces import drawn_face
from tests.support.ledgers import begin, entries, ledger, under
from tests.support.town import DISTRICT, GRID_A, OFFICE, A, at, words
from tests.support.whistles import png

HEADER = ["用在哪种检查", "地方的种类", "看什么", "不合格算哪一类", "等级", "责任单位", "用在哪里"]
MARKET = (
    ("地面干净、无积水", "环境卫生", "一般", "甲社区"),
    ("安全出口畅通", "消防", "重大", OFFICE),
    ("公平秤在位", "秩序服务", "一般", ""),
)


def row(title: str, trade: str, grade: str, unit: str, kind: str = "农贸市场") -> list[str]:
    return ["点位抽查", kind, title, trade, grade, unit, DISTRICT]


GOOD = [row(*one) for one in MARKET]
BAD = [
    row("租户登记了几人", "秩序服务", "一般", ""),
    row("路灯都亮", "没有这一类", "一般", "没有这个局"),
    row("公交站牌完好", "房屋设施", "一般", "", kind="火星"),
]


def workbook(rows: list[list[str]], header: list[str]) -> bytes:
    out = io.BytesIO()
    write_xlsx(out, "检查清单", header, rows)
    return out.getvalue()


def bring(
    town: Any, who: str, rows: list[list[str]], header: list[str] = HEADER, **more: str
) -> tuple[str, str]:
    """Upload, look at the columns, load; gives what is read then, and the job's address."""
    desk, file = town.desk(who), SimpleUploadedFile("lists.xlsx", workbook(rows, header))
    sent = desk.post("/desk/bring/checklists/", {"command": f"up-{len(rows)}-{len(more)}", "file": file})
    assert sent.status_code == 303, words(sent)
    assert "责任单位" in words(desk.get(sent["Location"]))
    asked = {"command": f"load-{len(rows)}-{len(more)}", "do": "load", **more}
    job = desk.post(sent["Location"], asked)["Location"]
    town.work()
    return words(desk.get(job)), job


def test_from_the_sheet_to_the_re_check(town: Any, tmp_path: Path) -> None:
    under("dadukou")
    with at("11-23 09:00"):
        # The page shows the example list of the pack, and whose it is not.
        page = words(town.desk("supervisor").get("/desk/checklists/"))
        assert "点位抽查 · 农贸市场" in page
        assert "示例,待核定" in page
        assert town.desk("secretary").get("/desk/checklists/").status_code == 403
        assert town.desk("secretary").get("/desk/bring/checklists/").status_code in {403, 404}
        empty = town.desk("supervisor").get("/desk/bring/checklists/empty.xlsx")
        assert empty.status_code == 200
        # Faults are told by row; with any of them nothing is loaded unless the good ones are asked for.
        _bad_rows(town, tmp_path)
        read, job = bring(town, "supervisor", [*GOOD, *BAD], good="1")
        assert "行数 6 有错 3 原来就有 0 新增 3" in read
        read, _job = bring(town, "supervisor", GOOD)
        assert "有错 0 原来就有 3 新增 0" in read
        page = words(town.desk("supervisor").get("/desk/checklists/"))
        assert "地面干净、无积水 环境卫生 一般 甲社区" in page
        assert "公平秤在位 秩序服务 一般 当场选" in page
        drive = begin(town, "superior", "campaign", kind="civilized", title="创文迎检", text="全街道点位。")
        town.do("superior", drive, "plan", plan="每周抽查。", until="2027-03-31")
        # From the street the grids of several communities are offered: each says whose it is.
        form = town.desk("superior").get("/desk/start/spot_check/", {"about": drive}).content.decode()
        assert ">甲社区 甲第一网格</option>" in form
        check = begin(
            town, "superior", "spot_check", about=drive, kind="market", title="南门市场", place=GRID_A
        )
        _look(town, check)
        first, second = entries(town, "superior", check)
    with at("11-24 09:00"):
        _mended_and_re_checked(town, drive, check, (first, second))
    _taken_back(town, drive, check, job)


def test_the_lists_that_hold_go_out_and_come_in_again(town: Any) -> None:
    """A clerk changes a line of the pack's example instead of typing it all: the same columns, the same codes."""
    under("dadukou")
    with at("11-23 09:00"):
        assert town.desk("secretary").get("/desk/checklists/file.xlsx").status_code == 403
        there = re.search(
            r'href="([^"]*file\.xlsx)"', town.desk("supervisor").get("/desk/checklists/").content.decode()
        )
        assert there is not None
        book = load_workbook(io.BytesIO(town.desk("supervisor").get(there[1]).content)).worksheets[0]
        header, *lines = [
            ["" if cell is None else cell for cell in line] for line in book.iter_rows(values_only=True)
        ]
        at_title = header.index("看什么")
        lines[0][at_title] = "地面干净，排水沟通畅"
        read, _job = bring(town, "supervisor", lines, header=header)
        assert f"行数 {len(lines)} 有错 0 原来就有 0 新增 {len(lines)}" in read
        page = words(town.desk("supervisor").get("/desk/checklists/"))
        assert "地面干净，排水沟通畅" in page and "示例,待核定" not in page
        again = town.desk("supervisor").get(there[1]).content
        assert "地面干净，排水沟通畅" in str(list(load_workbook(io.BytesIO(again)).worksheets[0].values))


def _bad_rows(town: Any, tmp_path: Path) -> None:
    read, job = bring(town, "supervisor", [*GOOD, *BAD])
    assert "共 6 行，3 行有错，什么也没有导入" in read
    assert "第 5 行 看什么 清单只看地方和设施，不能写“租户” 请写地方和设施" in read
    assert "第 6 行 责任单位" in read
    assert "第 7 行 地方的种类" in read
    assert "农贸市场 租户" not in words(town.desk("supervisor").get("/desk/checklists/"))
    faulty = tmp_path / "errors.xlsx"
    faulty.write_bytes(b"".join(town.desk("supervisor").get(f"{job}errors.xlsx").streaming_content))
    with read_table(faulty) as table:
        told = {str(line.cells[2]): "".join(str(cell) for cell in line.cells) for line in table.rows()}
        assert len(told) == 6  # with all rows, so that one sheet can be mended and sent again
    found = "".join(told.values())
    assert "清单只看地方和设施，不能写“租户”" in found
    assert "没有这个局" in found
    assert "火星" in found
    # The command says the same and loads nothing.
    sheet = tmp_path / "lists.xlsx"
    sheet.write_bytes(workbook([*GOOD, *BAD], HEADER))
    err = io.StringIO()
    with pytest.raises(Problem) as refused:
        call_command("import", "checklists", str(sheet), stderr=err, stdout=io.StringIO())
    assert "不能写“租户”" in refused.value.as_text()
    assert "3 行有错" in err.getvalue()


def _look(town: Any, check: str) -> None:
    form = town.desk("superior").get(f"/desk/matters/{check}/?do=check").content.decode()
    # The sheet's list, with who mends each item; not the pack's example.
    assert "地面干净、无积水，甲社区改" in words(form)
    assert "通道不占用" not in words(form)
    for word in ("民族", "租户", "前科", "姓名", "人数"):
        assert word not in words(form)
    items = re.findall(r'name="(list\.\w+)" value="ok"', form)
    assert len(items) == len(MARKET)
    results = dict.fromkeys(items, "ok") | {items[0]: "fail", items[1]: "fail"}
    notes = {f"{items[0]}.note": "南头有积水。", f"{items[1]}.note": "出口堆了筐。"}
    # A face is not taken along: the place is asked for, and what was typed stays.
    face = io.BytesIO(drawn_face())
    face.name = "face.jpg"
    read = town.do("superior", check, "check", expect=422, by="2026-11-30", photo=face, **results, **notes)
    assert "看到人脸，请只拍地方" in read
    read = town.do("superior", check, "check", by="2026-11-30", photo=png(), **results, **notes)
    assert "看了 3 项，2 项不合格：地面干净、无积水；安全出口畅通" in read


def _mended_and_re_checked(town: Any, drive: str, check: str, found: tuple[str, str]) -> None:
    """Each fault went to its own unit with its photo; a second check asks for nothing twice."""
    by_unit = {"secretary": "南头有积水。", "handler": "出口堆了筐。"}
    number_of = {
        who: next(one for one in found if text in town.matter("superior", one))
        for who, text in by_unit.items()
    }
    again = begin(
        town, "superior", "spot_check", about=drive, kind="market", title="南门市场再看", place=GRID_A
    )
    form = town.desk("superior").get(f"/desk/matters/{again}/?do=check").content.decode()
    assert f"（已在整改 {number_of['secretary']}，不再另立）" in words(form)
    items = re.findall(r'name="(list\.\w+)" value="ok"', form)
    town.do("superior", again, "check", **dict.fromkeys(items, "ok") | {items[0]: "fail"})
    assert entries(town, "superior", again) == []
    for who, text in by_unit.items():
        number = number_of[who]
        assert text in town.matter(who, number)
        assert "11月30日" in town.matter(who, number)
        town.do(who, number, "answer", claim="mended", result="弄好了。", photo=png())
        assert "pass" not in town.office(who).offers(number)
        assert "还有" in town.do("superior", drive, "close", expect=409, text="都好了。")
        assert "复核通过" in town.do("superior", number, "pass", how="site")
    assert "共 2 件，已结束 2 件" in ledger(town, "superior", check)
    assert "共 2 件，已结束 2 件" in ledger(town, "superior", drive)
    assert "收官报告：都销号了。" in town.do("superior", drive, "close", text="都销号了。")


def _taken_back(town: Any, drive: str, check: str, job: str) -> None:
    """The list goes back: what was checked by it keeps it, what is begun now follows the pack's."""
    with at("11-25 09:00"):
        desk = town.desk("supervisor")
        typed = {"command": "list-off", "org": DISTRICT, "procedure": "spot_check", "list": "market"}
        assert "撤下要先确认" in words(desk.post("/desk/checklists/", typed))
        assert desk.post("/desk/checklists/", {**typed, "sure": "1"}).status_code == 303
        assert "地面干净、无积水 环境卫生 一般 甲社区" not in words(desk.get("/desk/checklists/"))
        assert "看了 3 项，2 项不合格：地面干净、无积水；安全出口畅通" in town.matter("superior", check)


def test_a_listed_place_is_gone_from_search_once_it_is_off(town: Any) -> None:
    """limits.md, W18 and D19: about places, with the standard, the date and the way off; nothing about who lives there."""
    with at("11-23 09:00"):
        drive = begin(town, "superior", "campaign", kind="creation", title="创园", text="街道。")
        form = words(town.desk("superior").get("/desk/start/listing/", {"about": drive}))
        for word in ("民族", "租户", "前科", "人口", "姓名"):
            assert word not in form
        number = begin(
            town,
            "superior",
            "listing",
            about=drive,
            title="北巷口垃圾堆",
            text="连续三次抽查不合格。",
            way_off="连续四周抽查合格。",
            org=A,
            by="2027-01-31",
        )
        assert "摘牌条件：连续四周抽查合格。" in town.matter("secretary", number)
        assert number in town.search("superior", "北巷口")
        town.do("secretary", number, "answer", result="清运改到每天，四周合格。")
        assert "lift" not in town.office("secretary").offers(number)
        assert "摘牌了，文字已删除。" in town.do("superior", number, "lift")
        for who in ("superior", "secretary"):
            assert number not in town.search(who, "北巷口")
            assert "连续三次抽查不合格" not in town.matter(who, number)
        # Rebuilt from the facts, it stays gone.
        call_command("rebuild", verbosity=0, stdout=io.StringIO())
        assert number not in town.search("superior", "北巷口")


def test_volunteers_activities_stand_on_the_page_of_their_drive(town: Any) -> None:
    """Whoever convenes may say for which open drive, of those that she reads; what it came to stands on the drive's page."""
    under("dadukou")
    with at("11-23 09:00"):
        drive = begin(town, "superior", "campaign", kind="civilized", title="创文迎检", text="全街道点位。")
        desk = town.desk("superior")
        page = desk.get(f"/desk/matters/{drive}/").content.decode()
        way = re.search(r'href="(/desk/gather/new/[^"]*)">办一场活动', page)
        assert way
        form = desk.get(way[1].replace("&amp;", "&")).content.decode()
        assert f'<option value="{drive}" selected>创文迎检 {drive}</option>' in form
        first = _gather(town, "superior", drive, 303)
        assert f'/desk/matters/{drive}/">{drive}</a>' in desk.get(f"/desk/gather/{first}/").content.decode()
        assert "11月28日 周六 清河劝导：已报名 0 人" in town.matter("superior", drive)
        with CaptureQueriesContext(connection) as one:
            desk.get(f"/desk/matters/{drive}/")
        for _n in range(3):
            _gather(town, "superior", drive, 303)
        with CaptureQueriesContext(connection) as four:
            desk.get(f"/desk/matters/{drive}/")
        assert len(one) == len(four)
        # Told for the wrong drive: whoever convenes puts it right; what else was told stays.
        other = begin(town, "superior", "campaign", kind="civilized", title="清河创建", text="另一项。")
        assert _told_anew(town, first, other) == 303
        assert "清河劝导" in town.matter("superior", other)
        assert desk.get(f"/desk/matters/{drive}/").content.decode().count("清河劝导") == 3
        # Neither a matter that is no drive, nor a drive that she cannot read.
        check = begin(
            town, "superior", "spot_check", about=drive, kind="market", title="南门市场", place=GRID_A
        )
        assert "不能为这件事办" in _gather(town, "superior", check, 422)
        assert _told_anew(town, first, check) == 422
        assert _told_anew(town, first, other, title="清河劝导（改期）") == 303
        assert "清河劝导（改期）" in town.matter("superior", other)
        assert _told_anew(town, first, "") == 303
        assert "清河劝导" not in town.matter("superior", other)
        assert "不能为这件事办" in _gather(town, "sibling", drive, 422)
        assert drive not in words(town.desk("sibling").get(f"/desk/gather/new/?about={drive}"))
        assert "清河劝导" in words(town.desk("superior").get(f"/desk/matters/{drive}/"))
        assert town.opens("sibling", drive) == 404


def _told_anew(town: Any, code: str, about: str, **typed: str) -> int:
    """Change an activity on its form as it stands there; gives the status."""
    there, desk = f"/desk/gather/{code}/edit/", town.desk("superior")
    body = desk.get(there).content.decode()
    assert 'name="about"' in body
    held = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', body))
    return int(
        desk.post(
            there, {**held, "command": f"anew-{about}{len(typed)}", "about": about, **typed}
        ).status_code
    )


def _gather(town: Any, who: str, about: str, expect: int) -> str:
    """Publish an activity for a matter; gives its code (or the page)."""
    there = f"/desk/gather/new/?about={about}"
    body = town.desk(who).get(there).content.decode()
    hidden = dict(
        re.findall(r'<input type="hidden" name="(command|csrfmiddlewaretoken)" value="([^"]*)"', body)
    )
    typed = {
        "kind": "yidu",
        "title": "清河劝导",
        "day": "2026-11-28",
        "from": "09:00",
        "to": "11:00",
        "about": about,
    }
    answer = town.desk(who).post(there, {**hidden, **typed})
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]).split("/")[3] if expect == 303 else words(answer)
