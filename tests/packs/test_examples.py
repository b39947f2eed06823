"""examples/packs: three systems that nobody here had seen, each declared from a page of prose. They pass the check, walk in the
terminal, and live on the desk's screens of a district into which their files are put."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.support.ledgers import begin
from tests.support.town import GRID_A, OFFICE, A, at, forget, town, words
from tests.support.whistles import png

__all__ = ["town"]
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples" / "packs"
FAMILIES = {"tool_library": "tool_loan", "night_market": "market_check", "garden_corner": "garden"}


@pytest.fixture
def packs_home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """The shipped packs, and the families of the examples in one of them."""
    home = tmp_path / "packs"
    shutil.copytree(ROOT / "packs", home)
    for folder, name in FAMILIES.items():
        for file in (f"{name}.toml", f"{name}_english.toml"):
            shutil.copy(EXAMPLES / folder / file, home / "fuling" / file)
    settings.PACKS = home
    forget()
    yield home
    forget()


@pytest.fixture
def lived(packs_home: Path, request: pytest.FixtureRequest) -> Any:
    """The town under that pack."""
    return request.getfixturevalue("town")


@pytest.mark.parametrize("folder", sorted(FAMILIES))
def test_each_passes_the_check_and_has_its_prose(folder: str) -> None:
    out = StringIO()
    call_command("pack", "check", str(EXAMPLES / folder), stdout=out)
    assert "没有问题" in out.getvalue()
    assert len((EXAMPLES / folder / "PROSE.md").read_text(encoding="utf-8")) > 200


def test_the_walk_beside_each_ends_where_it_says() -> None:
    for folder, name in FAMILIES.items():
        out = StringIO()
        script = EXAMPLES / folder / "walk.txt"
        call_command(
            "pack",
            "try",
            str(EXAMPLES / folder),
            name,
            "--script",
            str(script),
            stdout=out,
        )
        assert "(ended)" in out.getvalue()


def rows_of(page: str) -> list[list[str]]:
    """Cells of the blocks on a page."""
    tables = re.findall(r'<table class="table bd-stack mb-0">.*?</table>', page, re.S)
    return [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for one in tables
        for row in re.findall(r"<tr>.*?</tr>", one, re.S)
    ]


def test_tools_are_lent_row_by_row_and_refunded_by_somebody_else(lived: Any) -> None:
    town = lived
    items = {
        "items.1.what": "电锤", "items.1.count": "2", "items.1.deposit.yuan": "200.50",
        "items.2.what": "梯子", "items.2.count": "1",
    }  # fmt: skip
    with at("11-23 09:00"):
        desk = town.desk("secretary")
        assert "借工具" in words(desk.get("/desk/start/"))
        form = words(desk.get("/desk/start/tool_loan/"))
        assert "借的东西" in form
        assert "押金（元）" in form
        common = {"kind": "tools", "place": GRID_A, "by": "2026-11-30", "name": "王某"}
        refused = begin_loan(town, 422, **common, **{"items.1.what": "电锤"})
        assert "第 1 行没有填“几件”" in refused
        number = begin_loan(town, 303, **common, **items)
        page = town.desk("secretary").get(f"/desk/matters/{number}/").content.decode()
        assert ["电锤", "2", "200.50"] in rows_of(page)
        assert ["合计", "3", "200.50"] in rows_of(page)
        assert "借了电锤、梯子，请在11月30日 周一前还到甲社区。" in words(page)
        # The slip, to print and as Word, holds the same table.
        slip = town.desk("secretary").get(f"/desk/matters/{number}/paper/slip/")
        assert ["梯子", "1", "—"] in rows_of(slip.content.decode())
        document = town.desk("secretary").get(f"/desk/matters/{number}/paper/slip/?as=word")
        text = zipfile.ZipFile(BytesIO(document.content)).read("word/document.xml").decode()
        assert "<w:tbl>" in text
        assert "电锤" in text
        town.do("secretary", number, "extend", extra="3")
        assert "extend" not in offers(town, "secretary", number)
    with at("12-07 09:00"):
        town.work()
        assert "过了归还的日子" in town.matter("secretary", number)
        back = {"back.1.what": "电锤", "back.1.state": "broken", "back.1.keep.yuan": "50"}
        town.do("secretary", number, "take_back", **back)
        # Whoever took them back does not refund; her colleague does not exist here: in time it is written down.
        assert "要由另一个人来办" in town.matter("secretary", number)
    with at("12-14 09:00"):
        town.work()
        read = town.matter("secretary", number)
        assert "到期没有人退押金，如实记下" in read


def begin_loan(town: Any, expect: int, **typed: str) -> str:
    """The form for somebody else, who gets a slip."""
    desk, there = town.desk("secretary"), "/desk/start/tool_loan/"
    body = desk.get(there).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(command)" value="([^"]*)"', body))
    answer = desk.post(there, {**hidden, **typed, "do": "send"})
    assert answer.status_code == expect, words(answer)
    return re.search(r"FL-2026-\d+", answer["Location"])[0] if expect == 303 else words(answer)


def offers(town: Any, who: str, number: str) -> set[str]:
    """Buttons that can be pressed now."""
    page = town.desk(who).get(f"/desk/matters/{number}/").content.decode()
    return set(re.findall(r"\?do=(\w+)", page))


def test_a_market_is_looked_at_by_several_mended_by_milestones_and_scored_blind(lived: Any) -> None:
    town = lived
    with at("11-23 09:00"):
        number = begin(
            town, "superior", "market_check", title="南门夜市", by="2026-11-30",
            **{"rows": "2", "calls.0.org": OFFICE, "calls.0.role": "lead", "calls.1.org": A, "calls.1.role": "co"},
        )  # fmt: skip
        found = {
            "found.1.stall": "3号摊", "found.1.what": "软管龟裂", "found.1.grade": "grave", "found.1.by": "2026-11-28",
            "found.2.stall": "9号摊", "found.2.what": "没有盖盖子", "found.2.grade": "light",
        }  # fmt: skip
        town.do("handler", number, "look", **found)
        # The plan waits for all who were called.
        assert "还有单位没有办结" in town.matter("superior", number)
    with at("12-02 09:00"):
        town.work()
        read = town.matter("superior", number)
        assert "甲社区没有来，如实写下，不等它。" in read
        plan = {
            "plan.1.title": "软管全换",
            "plan.1.by": "2026-12-04",
            "plan.2.title": "通道划线",
            "plan.2.by": "2026-12-20",
        }
        refused = town.do(
            "superior", number, "plan", 422, **{"plan.1.title": "软管全换", "plan.1.by": "哪天"}
        )
        assert "第 1 行的“到哪天”不对" in refused
        town.do("superior", number, "plan", **plan)
        page = town.desk("clerk").get(f"/desk/matters/{number}/").content.decode()
        assert ["3号摊", "软管龟裂", "重", "11月28日 周六"] in rows_of(page)
        assert ["软管全换", "12月4日 周五", "—", "还没有到"] in rows_of(page)
        assert "要由另一个人来办" in town.matter("superior", number)
    with at("12-07 09:00"):
        town.do("clerk", number, "recheck", which="1")
        page = town.desk("clerk").get(f"/desk/matters/{number}/").content.decode()
        assert ["软管全换", "12月4日 周五", "12月7日 周一", "到了，晚了"] in rows_of(page)
        refused = town.do(
            "clerk", number, "score", 422, **{"fit.safety": "41", "fit.hygiene": "20", "fit.order": "20"}
        )
        assert "“安全”是 0 到 40 分" in refused
        for who, safety in (("clerk", "40"), ("handler", "30")):
            town.do(who, number, "score", **{"fit.safety": safety, "fit.hygiene": "20", "fit.order": "25"})
        # Another system gives an object, and tables as lists of rows.
        machine = town.office("head")
        wrong = machine.do(number, "score", 422, fit={"safety": 10, "hygiene": 20})
        assert wrong["faults"][0]["reason"] == "还没有打分：秩序"
        machine.do(number, "score", fit={"safety": 10, "hygiene": 20, "order": 25})
        # Nobody sees what others gave before the end.
        seen = rows_of(town.desk("handler").get(f"/desk/matters/{number}/").content.decode())
        assert ["合计", "75", "100"] in seen
        assert not any("85" in row for row in seen)
        town.do("superior", number, "report", result="总体可以。")
        read = town.matter("clerk", number)
        assert "75（3 人）" in read
        notice = town.desk("clerk").get(f"/desk/matters/{number}/paper/notice/").content.decode()
        lines = rows_of(notice)
        assert ["3号摊", "软管龟裂", "重", "11月28日 周六"] in lines
        assert ["通道划线", "12月20日 周日", "—", "还没有到"] in lines
        assert ["合计", "85", "75", "55", "100"] in lines


def test_a_corner_comes_round_each_season_and_all_see_the_ground_and_the_money(lived: Any) -> None:
    """The community enters it for a resident; somebody else looks; nobody looking is the community's lateness; the public page names nobody."""
    with at("08-24 09:00"):
        number = begin(
            lived,
            "secretary",
            "garden",
            kind="flowers",
            title="三号楼后面",
            text="张三想种月季。",
            people="4",
            place=GRID_A,
        )
        assert "请来签认养书" in lived.do("secretary", number, "agree", begin="2026-08-31")
        lived.do("secretary", number, "spend", amount="120.50", what="soil")
        lived.do("secretary", number, "sign", paper=png())
        # Who agreed does not look.
        assert "由另一个人来办" in lived.matter("secretary", number)
        lived.do("secretary", number, "release", title="三号楼后面的花")
        read = words(lived.phone().browser.get(f"/open/{number}/"))
        assert "公家花了钱（多少钱（元） 120.50，买什么 土）" in read, read
        assert "想认养一块地（几个人一起 4）" in read
        assert "张三" not in read
    with at("11-27 09:00"):
        lived.work()
        assert "没有去看，是我们没有看" in lived.matter("secretary", number)
        for who in ("sibling", "outsider"):
            assert lived.opens(who, number) == 404, who
