"""Sheets in and out: real files, broken files, hostile files; every fault with its place; nothing ever
becomes a formula."""

import csv
import io
import os
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from baodao.kernel import tables as t
from baodao.kernel.errors import Invalid, TooLarge

SHANGHAI = ZoneInfo("Asia/Shanghai")
COLUMNS = [
    t.Column("code", "编号", t.as_code(), required=True, aliases=("id",)),
    t.Column("title", "标题", t.as_text(20), required=True, aliases=("主题",)),
    t.Column(
        "sent",
        "来信时间",
        t.as_moment(latest=datetime(2026, 11, 22, tzinfo=UTC)),
        aliases=("sent_at", "时间"),
    ),
    t.Column("kind", "类别", t.as_choice({"住房": "housing", "交通": "traffic"})),
    t.Column("count", "人数", t.as_integer(0, 50)),
    t.Column("open", "公开", t.as_flag()),
]


def text_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def workbook(*rows: list[Any], **sheets: list[list[Any]]) -> io.BytesIO:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for row in rows:
        first.append(row)
    for name, more in sheets.items():
        page = book.create_sheet(name)
        for row in more:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def read(source: Any, **options: Any) -> tuple[list[str], list[t.Row]]:
    with t.read_table(source, **options) as table:
        return table.header, list(table.rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_text_files_of_all_habits(encoding: str, sign: str) -> None:
    raw = f'编号{sign}"标 题"{sign}正文\r\n'
    raw += f'A1{sign}路灯不亮{sign}"两行\n里的{sign}""引号"""\r\n\r\nA2{sign}{sign}\r\n'
    header, rows = read(text_file(raw, encoding))
    assert header == ["编号", "标 题", "正文"]
    assert [(row.number, row.cells) for row in rows] == [
        (2, ("A1", "路灯不亮", f'两行\n里的{sign}"引号"')),
        (4, ("A2",)),
    ]


def test_excel_keeps_row_numbers_types_and_the_first_shown_sheet() -> None:
    moment = datetime(2019, 4, 25, 9, 32, 9)
    source = workbook(
        [], [None, "编号", "时间"], [], [None, "A1", moment], [None, 7, date(2019, 4, 25)], 其他=[["x"]]
    )
    header, rows = read(source)
    assert header == ["编号", "时间"]
    assert [(row.number, row.cells) for row in rows] == [
        (4, ("A1", moment)),
        (5, (7.0, date(2019, 4, 25))),
    ] or [(row.number, row.cells) for row in rows] == [(4, ("A1", moment)), (5, (7, date(2019, 4, 25)))]
    assert read(source, sheet="其他")[0] == ["x"]
    with pytest.raises(Invalid, match="没有工作表") as caught:
        read(source, sheet="没有")
    assert "其他" in caught.value.faults[0].remedy


def test_rows_can_be_asked_again() -> None:
    with t.read_table(text_file("a,b\n1,2\n")) as table:
        assert list(table.rows()) == list(table.rows()) == [t.Row(2, ("1", "2"))]


def test_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a\n1\n")
    assert read(path) == (["a"], [t.Row(2, ("1",))])
    assert (
        t.source_digest(path)
        == t.source_digest(io.BytesIO(b"a\n1\n"))
        != t.source_digest(io.BytesIO(b"a\n2\n"))
    )


def bomb() -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (9 << 20))
    return out


def far_cell() -> io.BytesIO:
    source = workbook(["编号"], ["A1"])
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                body = body.replace(b'r="A2"', b'r="XFD1048576"')
                assert b"XFD1048576" in body
            new.writestr(name, body)
    return out


@pytest.mark.parametrize("make", [bomb, far_cell])
def test_bombs_are_refused_before_they_are_unpacked(make: Any) -> None:
    with pytest.raises(TooLarge) as caught:
        read(make(), limits=t.Limits(unpacked=8 << 20))
    assert caught.value.faults[0].remedy


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"PK\x03\x04junk",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 700,
        b"\xff\xff\x00\xd8\x00",
        b"a,b\n\x00\x01\n",
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
)
def test_what_is_no_sheet_is_refused_with_a_remedy(raw: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read(io.BytesIO(raw))
    assert caught.value.faults[0].remedy


def test_an_open_quote_names_its_row() -> None:
    with pytest.raises(Invalid, match="第 3 行"):
        read(text_file('a,b\n1,2\n3,"' + "x\n" * 600_000))


@pytest.mark.parametrize(
    ("limits", "raw"),
    [(t.Limits(rows=2), "a\n1\n2\n3\n"), (t.Limits(columns=2), "a,b,c\n"), (t.Limits(size=5), "a,b,c\n")],
)
def test_limits(limits: t.Limits, raw: str) -> None:
    with pytest.raises(TooLarge):
        read(text_file(raw), limits=limits)
    with pytest.raises(TooLarge):
        read(workbook(*[line.split(",") for line in raw.split()]), limits=limits)


def test_the_limit_of_rows_itself_is_allowed() -> None:
    assert len(read(text_file("a\n1\n2\n"), limits=t.Limits(rows=2))[1]) == 2


def test_columns_are_guessed_by_title_field_and_alias() -> None:
    header = ["ID", "主 题", "来信时间", "title", "其他"]
    assert t.guess_columns(header, COLUMNS) == {"code": "ID", "title": "title", "sent": "来信时间"}
    assert t.map_columns(header, COLUMNS, {"title": "主 题"}) == {"code": 0, "title": 1, "sent": 2}
    assert t.map_columns(header, COLUMNS, {"sent": ""}) == {"code": 0, "title": 3}


def test_a_wrong_map_names_all_that_is_wrong_with_the_nearest_right_name() -> None:
    with pytest.raises(Invalid) as caught:
        t.map_columns(["编号", "主题 "], COLUMNS, {"titel": "x", "kind": "编号x", "sent": "编号"})
    faults = {fault.field: fault for fault in caught.value.faults}
    assert set(faults) == {"titel", "kind", "sent", "code"}
    assert "title" in faults["titel"].remedy
    assert "编号" in faults["kind"].remedy
    with pytest.raises(Invalid, match="缺少“编号”"):
        t.map_columns(["标题"], COLUMNS)


def parse(raw: str) -> list[t.Parsed]:
    with t.read_table(text_file(raw)) as table:
        return list(t.parse_rows(table, COLUMNS, t.map_columns(table.header, COLUMNS)))


def test_every_fault_of_a_row_is_told() -> None:
    good, bad, long = parse(
        "编号,标题,来信时间,类别,人数,公开\n"
        "A1, 路灯 ,2019/4/25 9:32:09,住 房,3,是\n"
        "A 2,,昨天,住宅,3.5,也许\n"
        "A3,标题,2026-11-23,交通,51,否,多余\n"
    )
    assert good.faults == ()
    assert good.values == {
        "code": "A1",
        "title": "路灯",
        "sent": t.Moment(datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC), "second"),
        "kind": "housing",
        "count": 3,
        "open": True,
    }
    assert [(f.row, f.column, f.shown) for f in bad.faults] == [
        (3, "编号", "A 2"),
        (3, "标题", ""),
        (3, "来信时间", "昨天"),
        (3, "类别", "住宅"),
        (3, "人数", "3.5"),
        (3, "公开", "也许"),
    ]
    assert all(f.reason and f.remedy for f in bad.faults)
    assert bad.values == {}
    assert [(f.column, f.shown) for f in long.faults] == [
        ("", "多余"),
        ("来信时间", "2026-11-23"),
        ("人数", "51"),
    ]
    assert long.values == {"code": "A3", "title": "标题", "kind": "traffic", "open": False}


def test_long_numbers_that_a_spreadsheet_has_spoilt_are_a_fault() -> None:
    convert = t.as_code()
    assert convert(7.0) == "7"
    assert convert(500102001) == "500102001"
    assert convert("12345678901234567890") == "12345678901234567890"
    with pytest.raises(t.Bad, match="末几位"):
        convert(1.2345678901234567e16)


@pytest.mark.parametrize(
    ("value", "shown", "precision"),
    [
        ("2019/4/25 9:32:09", "2019-04-25 09:32:09", "second"),
        ("2019-04-25", "2019-04-25 00:00:00", "day"),
        ("2019/4/25", "2019-04-25 00:00:00", "day"),
        ("2019.4.25", "2019-04-25 00:00:00", "day"),
        ("20190425", "2019-04-25 00:00:00", "day"),
        (20190425, "2019-04-25 00:00:00", "day"),
        (20190425.0, "2019-04-25 00:00:00", "day"),
        ("2019年4月25日", "2019-04-25 00:00:00", "day"),
        ("2019年4月25日 9时32分", "2019-04-25 09:32:00", "second"),
        ("2019年4月25日下午3点05分", "2019-04-25 15:05:00", "second"),
        ("2019-04-25T09:32:09Z", "2019-04-25 17:32:09", "second"),
        ("2019-04-25T09:32:09.123+08:00", "2019-04-25 09:32:09", "second"),
        ("2019-04-25 9:32", "2019-04-25 09:32:00", "second"),
        ("2019-4-25 上午12:01", "2019-04-25 00:01:00", "second"),
        (43580.0, "2019-04-25 00:00:00", "day"),
        (43580.39732638889, "2019-04-25 09:32:09", "second"),
        (datetime(2019, 4, 25, 9, 32, 9, 999), "2019-04-25 09:32:09", "second"),
        (date(2019, 4, 25), "2019-04-25 00:00:00", "day"),
    ],
)
def test_dates_as_people_write_them(value: object, shown: str, precision: str) -> None:
    moment = t.parse_moment(value, SHANGHAI)
    assert moment is not None
    assert moment.at.tzinfo is UTC
    assert moment.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") == shown
    assert moment.precision == precision


@pytest.mark.parametrize(
    "value",
    [
        "",
        "昨天",
        "2019-13-01",
        "2019-02-29",
        "2019/4-25",
        "2019-04-25 25:00",
        "12:30",
        5,
        5.5,
        True,
        None,
        "20191301",
        99999999,
        float("inf"),
        float("nan"),
        "0001-01-01",
    ],
)
def test_what_is_no_date(value: object) -> None:
    assert t.parse_moment(value, SHANGHAI) is None


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)))
def test_serial_numbers_are_exact_to_the_second(at: datetime) -> None:
    at = at.replace(microsecond=0)
    moment = t.parse_moment((at - datetime(1899, 12, 30)) / timedelta(days=1), SHANGHAI)
    # A whole number such as 20190425 is read as a date written together; serials are far smaller.
    assert moment is not None
    assert moment.at == at.replace(tzinfo=SHANGHAI)


ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    '  =HYPERLINK("x")',
    "=cmd|' /C calc'!A0",
    "\u200b=1",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_becomes_a_formula(attack: str) -> None:
    out = io.BytesIO()
    assert t.write_xlsx(out, "导出", [attack, "b"], [[attack, -5], ["x", 2.5]]) == 2
    page = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert page is not None
    assert [cell.data_type for cell in page["A"]] == ["s", "s", "s"]
    assert str(page["A2"].value).strip() == attack.strip()
    assert page["B2"].value == -5
    plain = io.BytesIO()
    t.write_csv(plain, [attack], [[attack], ["x"], [-5]])
    rows = list(csv.reader(io.StringIO(plain.getvalue().decode("utf-8-sig"), newline="")))
    safe = "'" + attack.replace("\r", "")
    assert rows == [[safe], [safe], ["x"], ["-5"]]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_any_text_can_be_exported_and_none_is_a_formula(cells: list[str]) -> None:
    out = io.BytesIO()
    t.write_xlsx(out, cells[0], cells, [cells])
    page = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert page is not None
    assert all(cell.data_type in {"s", "n"} for row in page.iter_rows() for cell in row)
    assert all(cell.value is None for row in page.iter_rows() for cell in row if cell.data_type == "n")
    plain = io.BytesIO()
    t.write_csv(plain, ["a"], [[c] for c in cells])
    for row in csv.reader(io.StringIO(plain.getvalue().decode("utf-8-sig"), newline="")):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), min_size=1, max_size=3))
@example(["_x0041_", "a_x000D_b", "_x005F_x0041_"])
def test_a_sheet_that_we_wrote_is_read_back_alike(cells: list[str]) -> None:
    out = io.BytesIO()
    t.write_xlsx(out, "x", ["a", "b", "c"], [["1", *cells]])
    kept = [re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", cell) for cell in cells]
    wanted = ["1", *(cell if cell.strip() else None for cell in kept)]
    while wanted[-1] is None:
        wanted.pop()
    assert read(out)[1][0].cells == tuple(wanted)


def test_values_keep_their_kind_in_exports() -> None:
    out = io.BytesIO()
    at = datetime(2026, 11, 22, 1, 30, 5, 9, tzinfo=UTC)
    t.write_xlsx(
        out,
        "a/b:c*?[]",
        ["列"],
        [[at], [date(2026, 11, 22)], [True], [500102199003071234], [7], [None], ["x" * 40_000]],
    )
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    page = book.active
    assert page is not None
    values = [cell.value for cell in page["A"]][1:]
    assert values[:6] == [
        datetime(2026, 11, 22, 9, 30, 5),
        datetime(2026, 11, 22),
        "是",
        "500102199003071234",
        7,
        None,
    ]
    assert len(str(values[6])) == 32_767


def test_the_error_file_is_the_sheet_of_faulty_rows_and_can_be_sent_again() -> None:
    raw = "编号,标题,来信时间\nA1,好,2019/4/25\nA2,=1+1,昨天\n,无编号,2019/4/25\n"
    out, whole = io.BytesIO(), io.BytesIO()
    with t.read_table(text_file(raw)) as table:
        parsed = list(t.parse_rows(table, COLUMNS, t.map_columns(table.header, COLUMNS)))
        faults = {p.row: p.faults for p in parsed if p.faults}
        assert t.write_error_file(out, table, faults) == 2
        assert t.write_error_file(whole, table, faults, whole=True) == 3
    header, rows = read(out)
    assert header == ["编号", "标题", "来信时间", "原行号", "错在哪里", "怎么改"]
    assert rows[0].cells[:4] == ("A2", "=1+1", "昨天", 3)
    assert "来信时间：" in str(rows[0].cells[4])
    assert rows[1].cells[0] is None
    assert rows[1].cells[3] == 4
    assert t.map_columns(header, COLUMNS) == {"code": 0, "title": 1, "sent": 2}
    assert [row.cells[0] for row in read(whole)[1]] == ["A1", "A2", None]


def test_the_real_letters_are_read_whole() -> None:
    path = (
        Path(os.environ.get("BAODAO_SHARED", Path(__file__).parents[3] / "shared"))
        / "data/requests/replied_2000.csv"
    )
    if not path.exists():
        pytest.skip(f"no letters at {path}")
    columns = [
        t.Column("id", "编号", t.as_code(), True),
        t.Column("title", "标题", t.as_text(500), True),
        t.Column("text", "正文", t.as_text(), True),
        t.Column("sent", "来信", t.as_moment(), True, ("sent_at",)),
        t.Column("replied", "答复", t.as_moment(), True, ("replied_at",)),
    ]
    with t.read_table(path) as table:
        parsed = list(t.parse_rows(table, columns, t.map_columns(table.header, columns)))
    assert len(parsed) == 2000
    assert [p for p in parsed if p.faults] == []
    assert sum(p.values["replied"].precision == "day" for p in parsed) == 1
