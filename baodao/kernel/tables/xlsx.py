"""A workbook, written as it goes: constant memory, and a text can never be a formula, because
every text is an inline string (ECMA-376 part 1, 18.18.11 `inlineStr`)."""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, BinaryIO
from xml.sax.saxutils import escape

import msgspec

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    "{sheets}</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId0" Type="{_OFFICE}/styles" Target="styles.xml"/>{{sheets}}</Relationships>',
    # Formats: 0 plain, 1 title, 2 moment, 3 day, 4 text (so that a typed 0012 stays 0012).
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
#: What those parts say of each sheet.
_SHEET_OF = {
    "[Content_Types].xml": f'<Override PartName="/xl/worksheets/sheet{{n}}.xml" ContentType="{_TYPE}.worksheet+xml"/>',
    "xl/_rels/workbook.xml.rels": f'<Relationship Id="rId{{n}}" Type="{_OFFICE}/worksheet" '
    'Target="worksheets/sheet{n}.xml"/>',
}
_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 — sheets know no zones
# Excel reads _x0041_ inside a text as "A"; the underscore is written in the same way to stay itself.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


#: Title, header, rows.
Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


class Rule(msgspec.Struct, frozen=True):
    """What a column asks for when it is filled in: a range of allowed words (`'Lists'!$A$2:$A$9`), a note beside the
    cell, days, or else plain text."""

    among: str = ""
    prompt: str = ""
    day: bool = False


#: Number of the sheet (from 0) → number of the column (from 0) → rule.
Rules = Mapping[int, Mapping[int, Rule]]


def write_workbook(
    out: BinaryIO,
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    more: Sequence[Sheet] = (),
    *,
    rules: Rules | None = None,
) -> int:
    """Write the header and the rows (None, str, int, float, date or naive datetime), then ``more`` sheets, and give
    the number of rows of the first. Texts must be free of characters that XML forbids."""
    sheets: list[Sheet] = [(title, header, rows), *more]
    counts = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as packed:
        for name, body in _PARTS.items():
            told = "".join(_SHEET_OF.get(name, "").format(n=n) for n in range(1, len(sheets) + 1))
            packed.writestr(name, _HEAD + body.replace("{sheets}", told))
        packed.writestr("xl/workbook.xml", _workbook([sheet[0] for sheet in sheets]))
        for n, (_title, head, lines) in enumerate(sheets, 1):
            with packed.open(f"xl/worksheets/sheet{n}.xml", "w", force_zip64=True) as sheet:
                counts.append(_write_sheet(sheet, head, lines, (rules or {}).get(n - 1, {})))
    return counts[0]


def _write_sheet(
    sheet: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Any]], rules: Mapping[int, Rule]
) -> int:
    count = 0
    sheet.write(_sheet_head(header, rules).encode())
    sheet.write(_row(1, [_text(name, 1) for name in header]).encode())
    for count, row in enumerate(rows, 1):
        sheet.write(_row(count + 1, [_cell(value) for value in row]).encode())
    sheet.write(f"</sheetData>{_validations(rules)}</worksheet>".encode())
    return count


def _validations(rules: Mapping[int, Rule]) -> str:
    """ECMA-376 part 1, 18.3.1.33: a closed list is refused by the program itself, a note is only shown."""
    made = []
    for number, rule in rules.items():
        if not rule.among and not rule.prompt:
            continue
        kind = ' type="list"' if rule.among else ""
        shown = escape(rule.prompt[:250], {'"': "&quot;"})
        note = f' showInputMessage="1" prompt="{shown}"' if shown else ""
        formula = f"<formula1>{escape(rule.among)}</formula1>" if rule.among else ""
        letter = _letters(number)
        made.append(
            f'<dataValidation{kind} allowBlank="1" showErrorMessage="1"{note} sqref="{letter}2:{letter}100001">'
            f"{formula}</dataValidation>"
        )
    return f'<dataValidations count="{len(made)}">{"".join(made)}</dataValidations>' if made else ""


def _letters(number: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def list_range(sheet: str, column: int, count: int) -> str:
    """The cells under the title of a column, as a formula names them."""
    name, letter = sheet.replace("'", "''"), _letters(column)
    return f"'{name}'!${letter}$2:${letter}${count + 1}"


def _workbook(titles: Sequence[str]) -> str:
    named = [escape(title, {'"': "&quot;"}) for title in titles]
    sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(named, 1))
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet_head(header: Sequence[str], rules: Mapping[int, Rule]) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{min(60, max(12, 2 * len(name) + 4))}"{_style(rules.get(n - 1))} customWidth="1"/>'
        for n, name in enumerate(header, 1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{f'<cols>{widths}</cols>' if widths else ''}<sheetData>"
    )


def _style(rule: Rule | None) -> str:
    return "" if rule is None else ' style="3"' if rule.day else ' style="4"'


def _row(number: int, cells: Sequence[str]) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(value: Any) -> str:
    """Cells stand in order and need no reference; an empty one holds its place."""
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return f'<c s="2"><v>{(value - _ZERO).total_seconds() / 86_400:.11f}</v></c>'
    if isinstance(value, date):
        return f'<c s="3"><v>{(value - _ZERO.date()).days}</v></c>'
    return f"<c><v>{value!r}</v></c>"


def _text(text: str, style: int = 0) -> str:
    plain = _ESCAPED.sub("_x005F_", text) if "_x" in text else text
    mark = f' s="{style}"' if style else ""
    return f'<c{mark} t="inlineStr"><is><t xml:space="preserve">{escape(plain)}</t></is></c>'
