"""Fields that hold rows: tables, score sheets, milestones. What is refused names row and column; what is kept comes back as words."""

import tomllib
from datetime import date
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.errors import Invalid
from baodao.kernel.jinja import day
from baodao.matters import figures, rows
from baodao.matters.declare import Action, Column, Criterion, Figure, Procedure, ScoreSheet, Table
from baodao.matters.desk.fields import typed_fields
from baodao.matters.forms import fill
from baodao.matters.state import Trace

from .scene import CALENDAR, at
from .test_guards import scene

COLUMNS = (
    Column("what", "东西"),
    Column("count", "几件", "int"),
    Column("price", "多少钱", "money?"),
    Column("day", "哪天", "date?"),
    Column("how", "怎么样", "code:fine|broken?"),
    Column("new", "新的", "bool"),
)
PROCEDURE = Procedure(
    title="t",
    stages=("a",),
    tables=(Table("tools", "工具", COLUMNS, 3),),
    score_sheets=(
        ScoreSheet("fit", "评分", (Criterion("safe", "安全", 40), Criterion("clean", "卫生", 60))),
    ),
    words={"value.fine": "完好", "value.broken": "坏了"},
)
ACTION = Action(
    name="x",
    fields={"tools": "table:tools", "fit": "scores:fit?", "plan": "milestones?", "which": "milestone?"},
)
ROW = {"what": "电锤", "count": "2", "price": "1250", "day": "2026-03-05", "how": "fine", "new": "on"}


def filled(**fields: Any) -> Any:
    return fill(
        PROCEDURE,
        ACTION,
        {"tools": [ROW], **fields},
        at("03-02 09:00").date(),
        CALENDAR,
        plan={"1": "2026-04-01"},
    )


def test_cells_are_codes_and_texts_apart_and_come_back_in_words() -> None:
    found = filled(tools=[ROW, {"what": " 梯子 ", "count": 1}, {"what": "", "count": " "}])
    assert found.texts == {"tools.1.what": "电锤", "tools.2.what": "梯子"}
    assert found.codes["tools.1.price"] == 1250
    assert found.codes["tools.2.count"] == 1
    assert "tools.2.price" not in found.codes
    grid = rows.grid(PROCEDURE, "table:tools", "tools", found.codes, found.texts)
    assert grid.rows[0] == ("电锤", "2", "12.50", day(date(2026, 3, 5)), "完好", "是")
    assert grid.rows[1] == ("梯子", "1", "—", "—", "—", "否")
    assert grid.foot == ("合计", "3", "12.50", "", "", "")
    assert rows.words(PROCEDURE, "table:tools", "tools", found.codes, found.texts) == "电锤、梯子"
    # Erased texts leave the codes.
    assert rows.grid(PROCEDURE, "table:tools", "tools", found.codes, {}).rows[0][0] == "—"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"tools": []}, "这一项要填"),
        ({"tools": [{"what": ""}]}, "至少要有一行"),
        ({"tools": [ROW] * 4}, "最多 3 行"),
        ({"tools": [ROW, {"what": "x"}]}, "第 2 行没有填“几件”"),
        ({"tools": [{**ROW, "count": "two"}]}, "第 1 行的“几件”不对"),
        ({"tools": [{**ROW, "price": "-1"}]}, "第 1 行的“多少钱”不对"),
        ({"tools": [{**ROW, "day": "明天"}]}, "第 1 行的“哪天”不对"),
        ({"tools": [{**ROW, "how": "lost"}]}, "第 1 行的“怎么样”不对"),
        ({"tools": [{**ROW, "what": "x" * 201}]}, "第 1 行的“东西”不对"),
        ({"tools": [{**ROW, "who": "x"}]}, "表里没有这一列：who"),
        ({"tools": "x"}, "至少要有一行"),
        ({"fit": {"safe": "41", "clean": "1"}}, "“安全”是 0 到 40 分"),
        ({"fit": {"safe": "4"}}, "还没有打分：卫生"),
        ({"fit": {"safe": True, "clean": 1}}, "“安全”是 0 到 40 分"),
        ({"fit": {"safe": 1, "clean": 1, "x": 1}}, "评分表里没有这一项：x"),
        ({"plan": [{"title": "x", "by": ""}]}, "第 1 行没有填“到哪天”"),
        ({"which": "2"}, "计划里没有这个节点"),
    ],
)
def test_what_is_wrong_names_row_column_and_remedy(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        filled(**wrong)
    [fault] = caught.value.faults
    assert fault.field == next(iter(wrong))
    assert fault.reason == reason
    assert fault.remedy


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**9)), min_size=1, max_size=3))
def test_totals_are_the_sums_of_the_rows(cells: list[tuple[int, int]]) -> None:
    found = filled(tools=[{"what": "x", "count": count, "price": price} for count, price in cells])
    foot = rows.grid(PROCEDURE, "table:tools", "tools", found.codes, found.texts).foot
    assert foot[1] == str(sum(count for count, _price in cells))
    assert foot[2] == f"{sum(price for _count, price in cells) / 100:,.2f}"


def test_the_desk_reads_cells_and_money_in_yuan() -> None:
    posted = {
        "tools.2.what": "梯子", "tools.2.count": "1", "tools.10.what": "锯", "tools.10.price.yuan": "1,200.5", "tools.3.what": " ",
        "fit.safe": "3", "fit.clean": "", "plan.1.title": "a",
    }  # fmt: skip
    assert typed_fields(ACTION, posted, None, None) == {  # type: ignore[arg-type]
        "tools": [{"what": "梯子", "count": "1"}, {"what": "锯", "price": "120050"}],
        "fit": {"safe": "3"},
        "plan": [{"title": "a"}],
    }


def test_a_figure_works_on_the_totals_of_score_sheets() -> None:
    figure = Figure("fit", "得分", "acted.score", "fit")
    state = scene()
    state.trail = [
        Trace(
            n, "acted", "score", at("03-02 09:00"), "", "", "", f"p{n}", {"fit.safe": safe, "fit.clean": 50}
        )
        for n, safe in enumerate((40, 30, 10, 20), 1)
    ]
    assert figures.given(state, figure) == [60, 70, 80, 90]
    assert figures.value_of(state, figure) == Fraction(75)


def test_the_latest_plan_counts() -> None:
    procedure = msgspec.structs.replace(PROCEDURE, actions=(ACTION,))
    lines = [
        Trace(n, "acted", "x", at("03-02 09:00"), "", "", "", "p", {"plan.1.by": day, "tools.1.count": 1})
        for n, day in enumerate(("2026-04-01", "2026-05-01"))
    ]
    assert rows.planned(procedure, lines) == {"1": "2026-05-01"}


@pytest.mark.parametrize("kind", ["text", "code:a|b?", "money?", "bool"])
def test_columns_take_a_closed_list_of_types(kind: str) -> None:
    table = tomllib.loads(f'name = "x"\ntitle = "x"\ntype = "{kind}"')
    assert msgspec.convert(table, Column).type == kind
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**table, "type": "person"}, Column)


BROKEN = {
    'fields = { title = "table:nothing" }': "没有叫 nothing 的表",
    'fields = { which = "milestone" }': "没有节点计划可以选",
    'fields = { a_field_with_quite_a_long_name = "table:long" }': "名字太长",
}


@pytest.mark.parametrize("line", BROKEN)
def test_the_check_finds_what_rows_name_and_nobody_declared(line: str, tmp_path: Any) -> None:
    from baodao.kernel.declare import read_pack

    from .test_check import build

    extra = f"""
[[procedure.ask.table]]
name = "long"
title = "x"
[[procedure.ask.table.column]]
name = "another_long_name"
title = "x"

[[procedure.ask.table]]
name = "bare"
title = "x"

[[procedure.ask.action]]
name = "rows"
title = "Rows"
who = ["leg"]
{line}
"""
    folder = build(tmp_path / "small")
    file = next(path for path in folder.glob("*.toml") if "procedure.ask" in path.read_text(encoding="utf-8"))
    file.write_text(file.read_text(encoding="utf-8") + extra, encoding="utf-8")
    _pack, report = read_pack(folder)
    told = "\n".join(fault.reason for fault in report.faults)
    assert BROKEN[line] in told
    assert "表里没有列" in told


@pytest.mark.parametrize(
    "kind", ["text", "pause", "kind", "code:a|b", "date", "int", "bool", "org", "next_step", "file"]
)
@pytest.mark.parametrize("value", [[{"a": 1}], {"a": [1]}])
def test_what_takes_one_value_refuses_many(kind: str, value: Any) -> None:
    """Another system may send a list or an object for any field."""
    action = Action(name="x", fields={"one": kind})
    with pytest.raises(Invalid) as caught:
        fill(PROCEDURE, action, {"one": value}, at("03-02 09:00").date(), CALENDAR)
    assert [fault.field for fault in caught.value.faults] == ["one"]
