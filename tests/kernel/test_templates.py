"""Templates: an empty workbook that a spreadsheet accepts, an import that says every fault, an export that comes back equal."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils.translation import gettext, override

from baodao.kernel import tables as t
from baodao.kernel.act import Act, system_act
from baodao.kernel.errors import Invalid, Refused
from baodao.kernel.tables import template as templates
from baodao.kernel.tables.books import write_empty, write_filled
from baodao.kernel.tables.bring import load_filled, raise_faults, read_filled, write_filled_faults

pytestmark = pytest.mark.usefixtures("db")

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
Shelf = dict[str, Mapping[str, Any]]


def act() -> Act:
    return system_act(NOW, "test-templates")


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """A registry in memory with a template over it."""
    held: Shelf = {}

    def columns(by: Act) -> Sequence[t.Column]:
        words = {"yes": gettext("是"), "no": gettext("否")}
        return (
            t.Column("code", "编号", t.as_code(), required=True, hint="字母和数字", example="a-1"),
            t.Column("name", "名称", t.as_text(20), required=True, example="甲"),
            t.choice("open", "开放", words, example="yes"),
            t.Column("since", "起始日", t.as_day(), example=date(2026, 1, 1)),
        )

    def judge(by: Act, rows: Sequence[t.Given], verdicts: t.Verdicts) -> None:
        for row in rows:
            there = held.get(row.values["code"])
            if there is None:
                verdicts.good(row.row, row.values)
            elif there == row.values:
                verdicts.known(row.row)
            else:
                verdicts.wrong(row.row, "name", row.text("name"), "已经有了，内容不同", "在页面上改")

    def load(by: Act, items: list[Mapping[str, Any]]) -> None:
        held.update({item["code"]: item for item in items})

    def rows(by: Act) -> Iterable[Mapping[str, Any]]:
        return held.values()

    t.register_template(
        t.Template(
            name="shelf",
            title="架子",
            about="一行一格",
            order=999,
            columns=columns,
            judge=judge,
            load=load,
            rows=rows,
            may_load=lambda by: by.kind == "system",
            may_see=lambda by: True,
            count=lambda by: len(held),
            chunk=2,
        )
    )
    yield held
    del templates._templates["shelf"]


def saved(tmp_path: Path, content: bytes, name: str = "sheet.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def filled(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    t.write_xlsx(out, "架子", ["编号", "名称", "开放", "起始日"], rows)
    return out.getvalue()


def test_the_empty_workbook_has_lists_notes_and_an_example(shelf: Shelf, tmp_path: Path) -> None:
    """openpyxl reads what Excel reads; the example row adds nothing."""
    out = io.BytesIO()
    write_empty(out, t.template_of("shelf"), act())
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    assert book.sheetnames == ["架子", "填写说明", "可选的内容"]
    sheet = book["架子"]
    assert [cell.value for cell in sheet[1]] == ["编号", "名称", "开放", "起始日"]
    assert [cell.value for cell in sheet[2]][:3] == ["例：a-1", "甲", "是"]
    among = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert [(str(one.sqref), one.formula1) for one in among] == [("C2:C100001", "'可选的内容'!$A$2:$A$3")]
    assert [row[0].value for row in book["可选的内容"].iter_rows()] == ["开放", "是", "否"]
    found = read_filled(t.template_of("shelf"), saved(tmp_path, out.getvalue()), act())
    assert (found.total, found.items, found.faults) == (0, [], {})


def test_faults_load_nothing_or_only_the_good_rows(shelf: Shelf, tmp_path: Path) -> None:
    """Every fault of every row; the error file has the faulty rows; again adds nothing."""
    path = saved(
        tmp_path,
        filled(
            [["a-1", "甲", "是", date(2026, 1, 1)], ["a 2", None, "也许", "昨天"], ["a-3", "丙", "no", None]]
        ),
    )
    template = t.template_of("shelf")
    sheet = read_filled(template, path, act())
    assert {row: [f.column for f in faults] for row, faults in sheet.faults.items()} == {
        3: ["编号", "名称", "开放", "起始日"]
    }
    with pytest.raises(Invalid) as caught:
        raise_faults(sheet)
    assert "第 3 行" in caught.value.faults[0].field
    assert load_filled(template, path, sheet, act()).refused
    assert not shelf
    seen: list[tuple[int, int]] = []
    done = load_filled(template, path, sheet, act(), good=True, progress=lambda n, of: seen.append((n, of)))
    assert (done.added, done.bad, seen) == (2, 1, [(2, 2)])
    assert done.batch.startswith("shelf-20261122020000-")
    again = read_filled(template, path, act())
    assert (again.same, again.items) == (2, [])
    out = io.BytesIO()
    write_filled_faults(path, template, sheet, out, whole=False)
    with t.read_table(io.BytesIO(out.getvalue())) as errors:
        rows = list(errors.rows())
        assert errors.header[-3:] == ["原行号", "错在哪里", "怎么改"]
    assert [row.cells[0] for row in rows] == ["a 2"]


def test_a_row_that_differs_is_for_a_person(shelf: Shelf, tmp_path: Path) -> None:
    """An import never changes what is there."""
    shelf["a-1"] = {"code": "a-1", "name": "甲"}
    path = saved(tmp_path, filled([["a-1", "乙", None, None]]))
    sheet = read_filled(t.template_of("shelf"), path, act())
    assert [f.reason for f in sheet.faults[2]] == ["已经有了，内容不同"]


def test_export_comes_back_equal_in_either_language(shelf: Shelf, tmp_path: Path) -> None:
    """Downloaded in English, loaded in Chinese into nothing."""
    before = {
        "a-1": {"code": "a-1", "name": "=1+1", "open": "yes", "since": date(2026, 1, 1)},
        "007": {"code": "007", "name": "丙"},
    }
    shelf.update(before)
    out = io.BytesIO()
    with override("en"):
        counts = write_filled(out, [t.template_of("shelf")], act())
    assert counts == {"shelf": 2}
    shelf.clear()
    path = saved(tmp_path, out.getvalue())
    sheet = read_filled(t.template_of("shelf"), path, act())
    assert not sheet.faults
    load_filled(t.template_of("shelf"), path, sheet, act())
    assert shelf == before


def test_who_may_not_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    """Before anything is read."""
    by = Act(kind="anonymous", happened=NOW, noted=NOW, command="x")
    with pytest.raises(Refused):
        read_filled(t.template_of("shelf"), saved(tmp_path, filled([])), by)
