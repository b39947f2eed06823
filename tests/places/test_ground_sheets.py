"""Grids, compounds and buildings from a sheet and back: what was exported comes in again and adds nothing; every fault of a row is
told at its column; a batch is taken back."""

from datetime import date
from pathlib import Path
from typing import Any

from baodao.kernel.tables.books import write_filled
from baodao.kernel.tables.bring import load_filled, read_filled
from baodao.kernel.tables.template import columns_of, template_of
from baodao.kernel.tables.write import write_xlsx
from baodao.ledger.services import takeback
from baodao.places import selectors as places
from baodao.places.buildings import selectors
from tests.orgs.conftest import START, system
from tests.places.conftest import square

HOME, NEXT = "990101001001", "990101001002"
NAMES = ("grids", "compounds", "buildings")
GRIDS = (
    ("g-1", "一", HOME, None, START, square(0, 0)),
    ("g-2", "二", HOME, HOME, START, square(1, 0)),
    ("g-3", "三", NEXT, None, START, square(4, 4)),
)
COMPOUNDS = (("xq", "幸福里", HOME, "团结路1号", None, "zjw", None, START),)
BUILDINGS = (
    ("xq-1", "1栋", None, "xq", None, 3, 18, None, 107.302, 29.602, START),
    ("xq-2", "2栋", "g-2", "xq", "后门", None, None, HOME, None, None, START),
    ("xq-9", "9栋", "g-3", None, None, 1, 2, None, None, None, date(2025, 5, 1)),
)


def sheet(folder: Path, name: str, rows: Any) -> Path:
    path, template = folder / f"{name}.xlsx", template_of(name)
    titles = [column.title for column in columns_of(template, system())]
    with path.open("wb") as out:
        write_xlsx(out, str(template.title), titles, [list(row) for row in rows])
    return path


def bring(folder: Path, name: str, rows: Any) -> Any:
    path, by = sheet(folder, name, rows), system()
    filled = read_filled(template_of(name), path, by)
    return filled, load_filled(template_of(name), path, filled, by)


def test_what_was_exported_comes_in_again_and_adds_nothing(land: None, tmp_path: Path) -> None:
    for name, rows in zip(NAMES, (GRIDS, COMPOUNDS, BUILDINGS), strict=True):
        filled, done = bring(tmp_path, name, rows)
        assert filled.faults == {}, filled.faults
        assert done.added == len(rows)
    assert places.grid("g-2").team == HOME  # type: ignore[union-attr]
    assert selectors.building("xq-1").grid == "g-1"  # type: ignore[union-attr]
    assert selectors.compound("xq").property == "zjw"  # type: ignore[union-attr]
    out = tmp_path / "all.xlsx"
    with out.open("wb") as stream:
        assert write_filled(stream, [template_of(name) for name in NAMES], system()) == {
            "grids": 3, "compounds": 1, "buildings": 3,
        }  # fmt: skip
    for name, n in zip(NAMES, (3, 1, 3), strict=True):
        again = read_filled(template_of(name), out, system())
        assert (again.faults, again.items, again.same) == ({}, [], n), name


def test_every_fault_of_a_row_is_told_at_its_column(land: None, tmp_path: Path) -> None:
    over = [
        *GRIDS,
        ("g-4", "四", NEXT, None, START, square(4.5, 4)),
        ("g-5", "五", HOME, "zjw", START, square(7, 7)),
    ]
    filled, done = bring(tmp_path, "grids", over)
    assert done.refused
    assert {(fault.row, fault.column) for faults in filled.faults.values() for fault in faults} == {
        (6, "负责组织")
    }
    filled, done = bring(tmp_path, "grids", over[:4])
    [fault] = filled.faults[5]
    assert (fault.column, "g-3" in fault.reason) == ("边界", True)
    assert done.refused
    bring(tmp_path, "grids", GRIDS)
    wrong = [
        ("b-1", "1栋", "nowhere", None, None, 0, None, None, None, None, START),
        ("b-2", "2栋", None, None, None, None, None, None, None, None, START),
        ("b-3", "3栋", "g-1", "none", None, None, None, None, 107.9, None, START),
        ("b-4", "4栋", "g-1", None, None, None, None, None, None, None, START),
    ]
    filled, done = bring(tmp_path, "buildings", wrong)
    assert {row: [fault.column for fault in faults] for row, faults in filled.faults.items()} == {
        2: ["单元数"], 3: ["网格编号"], 4: ["经度"],
    }  # fmt: skip
    path = sheet(tmp_path, "buildings", wrong)
    filled = read_filled(template_of("buildings"), path, system())
    done = load_filled(template_of("buildings"), path, filled, system(), good=True)
    assert done.added == 1
    # What is there otherwise is a person's to decide.
    filled, _done = bring(tmp_path, "buildings", [("b-4", "改名", "g-1", *[None] * 7, START)])
    assert "内容不同" in filled.faults[2][0].reason
    takeback(system(), batch=done.batch)
    assert selectors.building("b-4") is None


def test_a_sheet_tells_who_answers_for_grids_that_are_there(land: None, tmp_path: Path) -> None:
    bring(tmp_path, "grids", GRIDS)
    teams = [
        ("g-1", "一", HOME, HOME, START, None),
        ("g-2", "二", HOME, None, START, None),
        ("g-3", "三", NEXT, HOME, START, None),
    ]
    filled, _done = bring(tmp_path, "grids", teams)
    assert {row: faults[0].column for row, faults in filled.faults.items()} == {3: "网格编号", 4: "负责组织"}
    _filled, done = bring(tmp_path, "grids", teams[:1])
    assert done.added == 1
    assert places.grid("g-1").team == HOME  # type: ignore[union-attr]
    takeback(system(), batch=done.batch)
    assert places.grid("g-1").team == ""  # type: ignore[union-attr]
