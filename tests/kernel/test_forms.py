"""Other people's forms: filled where they are told to be, and otherwise left as they came."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Side

from baodao.kernel.errors import Invalid
from baodao.kernel.tables.forms import Place, blanks, fill_sheet, fill_word, read_sheet, read_word, word_lines
from baodao.kernel.tables.forms.sheet import letters, number

PACKS = Path(__file__).resolve().parents[2] / "packs" / "base" / "returns"
QUARTER = (PACKS / "city_quarter.xlsx").read_bytes()
MONTH = (PACKS / "city_month.docx").read_bytes()


def parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_a_form_is_read_with_its_merged_heads_formulas_and_names() -> None:
    form = read_sheet(QUARTER)
    assert form.titles == ["表一", "表二 街道（镇、乡）"]
    here = form.place("E5")
    assert here is not None and form.label(here) == "按时办结率 · 数值"
    merged = form.place("D4")
    assert merged is not None and form.anchor(merged) == merged
    head, inner = form.place("C3"), form.place("D3")
    assert head is not None and inner is not None and form.anchor(inner) == head
    assert form.place("opened_this") == form.place("表一!E8")
    gap = form.place("G5")
    assert gap in form.formulas
    assert form.place("表三!A1") is None
    assert form.place("nothing") is None
    assert {form.words(place) for place in blanks(form)} >= {"表一!E5", "表一!F9", "表一!B15"}


def test_only_what_is_filled_changes() -> None:
    sheet = read_sheet(QUARTER)
    names = ("E5", "opened_this", "B2", "表二 街道（镇、乡）!A4", "表一!H30")
    places = [place for name in names if (place := sheet.place(name)) is not None]
    said = dict(zip(places, ("84.1", "120", "=1+1 & <涪陵区>", "李渡_x0041_街道", "0012"), strict=True))
    made = fill_sheet(QUARTER, said)
    assert made == fill_sheet(QUARTER, said), "equal input, equal bytes"
    old, new = parts(QUARTER), parts(made)
    assert {name for name in old if old[name] != new[name]} <= {
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    }
    book = load_workbook(io.BytesIO(made))
    one, two = book.worksheets
    assert (one["E5"].value, one["E8"].value) == (84.1, 120)
    assert (one["B2"].value, one["B2"].data_type) == ("=1+1 & <涪陵区>", "s"), "never a formula"
    assert str(two["A4"].value).replace("_x005F_", "_") == "李渡_x0041_街道", "Excel reads _x005F_ as _"
    assert one["H30"].value == "0012", "what begins with 0 stays text"
    assert one["G5"].value == "=E5-F5"
    assert one["E5"].border.left.style == "thin"
    before = load_workbook(io.BytesIO(QUARTER)).worksheets[0]
    assert {str(area) for area in one.merged_cells.ranges} == {
        str(area) for area in before.merged_cells.ranges
    }
    same = [c.coordinate for row in before["A1:H17"] for c in row if c.coordinate not in ("E5", "E8", "B2")]
    assert all(one[at].value == before[at].value for at in same)
    assert new["xl/workbook.xml"].count(b'fullCalcOnLoad="1"') == 1
    again = read_sheet(made)
    assert [again.cells[place] for place in places] == list(said.values())


def test_a_mark_is_printed_at_the_head() -> None:
    book = load_workbook(io.BytesIO(fill_sheet(QUARTER, {}, "模拟数据")))
    assert all("模拟数据" in str(sheet.oddHeader.center.text) for sheet in book.worksheets)
    assert word_lines(fill_word(MONTH, {}, mark="模拟数据"))[0] == "模拟数据"


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 30), st.integers(1, 40)),
        st.one_of(
            st.integers(-(10**9), 10**9).map(str),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(str.strip),
        ),
        max_size=8,
    )
)
def test_any_cells_of_any_sheet_come_back(given_: dict[tuple[int, int], str]) -> None:
    side = Side(style="thin")
    book = Workbook()
    for row in range(2, 9, 2):
        for column in range(2, 9, 3):
            book.worksheets[0].cell(row, column, f"{row}·{column}").border = Border(left=side)
    out = io.BytesIO()
    book.save(out)
    said = {Place(1, *at): text for at, text in given_.items()}
    found = load_workbook(io.BytesIO(fill_sheet(out.getvalue(), said))).worksheets[0]
    for (row, column), text in given_.items():
        assert str(found.cell(row, column).value) == text
    for row in range(2, 9, 2):
        for column in range(2, 9, 3):
            if (row, column) not in given_:
                assert found.cell(row, column).value == f"{row}·{column}"


def test_columns() -> None:
    assert [letters(n) for n in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(number(letters(n)) == n for n in range(1, 800))


# ── Word ────────────────────────────────────────────────────────────────────────────────────────────────


def document(body: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            f"{body}</w:body></w:document>",
        )
    return out.getvalue()


def test_slots_are_found_across_runs() -> None:
    runs = "".join(
        f"<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r>"
        for text in ("受理 {", "{op", "ened}", "} 件 {{x}}&amp;")
    )
    raw = document(f"<w:p><w:pPr/>{runs}</w:p>")
    assert read_word(raw) == {"opened": "受理 {{opened}} 件 {{x}}&", "x": "受理 {{opened}} 件 {{x}}&"}
    made = fill_word(raw, {"opened": "120 <&>"})
    assert word_lines(made) == ["受理 120 <&> 件 &"]
    assert parts(made)["word/document.xml"].count(b"<w:b/>") == 4


def test_a_row_is_repeated_for_each_line() -> None:
    slots = read_word(MONTH)
    assert {"org", "opened", "each.name", "each.opened", "each.on_time"} <= set(slots)
    rows = [{"each.name": name, "each.opened": str(n)} for n, name in enumerate(("甲街道", "乙街道", "丙镇"))]
    told = word_lines(fill_word(MONTH, {"org": "涪陵区"}, rows))
    at = told.index("甲街道")
    assert told[at : at + 5] == ["甲街道", "0", "乙街道", "1", "丙镇"]
    assert not any("{{" in line for line in told)
    assert "甲街道" not in word_lines(fill_word(MONTH, {}, []))


def test_what_is_no_form_is_refused() -> None:
    for raw in (b"", b"PK\x03\x04", document("").replace(b"PK\x05\x06", b"XX\x05\x06")):
        with pytest.raises(Invalid):
            read_sheet(raw)
    with pytest.raises(Invalid):
        read_sheet(MONTH)
