"""An Excel form as it came (ECMA-376 part 1, SpreadsheetML): what stands in its cells, which are merged, which are formulas; and the
same file with some cells filled."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from html import unescape
from xml.sax.saxutils import escape

import msgspec

from baodao.kernel.typed import whole_number

from .parts import attributes, clean, replaced, texts, unreadable

_PARTS = r"xl/(workbook\.xml|_rels/workbook\.xml\.rels|sharedStrings\.xml|worksheets/[\w.\-]+\.xml)"
_SHEET = re.compile(r"<sheet\b[^>]*>")
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_NAME = re.compile(r"<definedName\b([^>]*)>(.*?)</definedName>", re.DOTALL)
_TARGET = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})$")
_DATA = re.compile(r"<sheetData\s*/>|<sheetData>(.*?)</sheetData>", re.DOTALL)
_ROW = re.compile(r"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_MERGED = re.compile(r'<mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_STRING = re.compile(r"<si\b[^>]*?(?:/>|>(.*?)</si>)", re.DOTALL)
_SPOKEN = re.compile(r"<rPh\b.*?</rPh>", re.DOTALL)
_TEXT = re.compile(r"<t(?:\s[^>]*)?>(.*?)</t>", re.DOTALL)
_VALUE = re.compile(r"<v(?:\s[^>]*)?>(.*?)</v>", re.DOTALL)
_ADDRESS = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")
#: Excel reads _x0041_ inside a text as "A".
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Span = tuple[int, int, int, int]


class Place(msgspec.Struct, frozen=True, order=True):
    """A cell: the number of its sheet from 1, row and column from 1."""

    sheet: int
    row: int
    column: int

    @property
    def cell(self) -> str:
        """ "B5"."""
        return f"{letters(self.column)}{self.row}"

    @property
    def key(self) -> str:
        """ "1:B5": how facts name it."""
        return f"{self.sheet}:{self.cell}"


class SheetForm(msgspec.Struct):
    """A form: titles of its sheets, what each cell says ("" for one that is drawn and blank), where formulas stand, what is merged
    (first row, first column, last row, last column), names given to cells."""

    titles: list[str]
    cells: dict[Place, str]
    formulas: set[Place]
    merged: list[tuple[int, Span]]
    names: dict[str, Place]

    def place(self, at: str) -> Place | None:
        """Of "B5" (first sheet), "表二!B5", or a name; None when there is no such."""
        if at in self.names:
            return self.names[at]
        title, _sep, cell = at.rpartition("!")
        found = _ADDRESS.match(cell)
        if found is None or (title and title not in self.titles):
            return None
        sheet = self.titles.index(title) + 1 if title else 1
        return Place(sheet, int(found[2]), number(found[1]))

    def anchor(self, place: Place) -> Place:
        """The cell that shows what a merged area says: its first one; the cell itself where nothing is merged."""
        for sheet, (top, left, bottom, right) in self.merged:
            if sheet == place.sheet and top <= place.row <= bottom and left <= place.column <= right:
                return Place(sheet, top, left)
        return place

    def words(self, place: Place) -> str:
        """ "表一!B5"; without the sheet where there is one only."""
        return f"{self.titles[place.sheet - 1]}!{place.cell}" if len(self.titles) > 1 else place.cell

    def label(self, place: Place) -> str:
        """What the form says beside and above a cell: the nearest words to the left (a unit of one sign is passed over) and on top."""
        beside = (self._said(place, place.row, column) for column in range(place.column - 1, 0, -1))
        above = (self._said(place, row, place.column) for row in range(place.row - 1, 0, -1))
        left, top = next((one for one in beside if len(one) > 1), ""), next(filter(None, above), "")
        return " · ".join(dict.fromkeys(one for one in (left, top) if one))

    def _said(self, place: Place, row: int, column: int) -> str:
        text = self.cells.get(self.anchor(Place(place.sheet, row, column)), "").strip()
        return text if any(sign.isalpha() for sign in text) and not _plain_number(text) else ""


def letters(column: int) -> str:
    """1 → "A", 27 → "AA"."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def number(column: str) -> int:
    """ "AA" → 27."""
    found = 0
    for sign in column:
        found = found * 26 + ord(sign) - 64
    return found


def _plain_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text))


def read_sheet(raw: bytes) -> SheetForm:
    """What a form says. Raises Invalid."""
    parts = texts(raw, _PARTS)
    book, shared = parts.get("xl/workbook.xml", ""), _shared(parts.get("xl/sharedStrings.xml", ""))
    form = SheetForm([], {}, set(), [], {})
    for title, part in _sheets(parts):
        form.titles.append(title)
        sheet = len(form.titles)
        for place, attrs, body in _cells(parts[part], sheet):
            form.cells[place] = _said(attrs, body, shared)
            if "<f" in body:
                form.formulas.add(place)
        for one in _MERGED.findall(parts[part]):
            form.merged.append((sheet, (int(one[1]), number(one[0]), int(one[3]), number(one[2]))))
    for attrs, target in _NAME.findall(book):
        found = _TARGET.match(unescape(target).strip())
        title = (found[1] or found[2]).replace("''", "'") if found else ""
        if found is not None and title in form.titles:
            place = Place(form.titles.index(title) + 1, int(found[4]), number(found[3]))
            form.names[attributes(attrs).get("name", "")] = place
    return form


def _sheets(parts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(title, part) in the order of the book."""
    rels = {}
    for tag in _RELATION.findall(parts.get("xl/_rels/workbook.xml.rels", "")):
        held = attributes(tag)
        target = held.get("Target", "")
        rels[held.get("Id", "")] = (
            target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        )
    found = False
    for tag in _SHEET.findall(parts.get("xl/workbook.xml", "")):
        held = attributes(tag)
        part = rels.get(held.get("r:id", ""), "")
        if part in parts:
            found = True
            yield held.get("name", ""), part
    if not found:
        raise unreadable()


def _cells(xml: str, sheet: int) -> Iterator[tuple[Place, dict[str, str], str]]:
    data = _DATA.search(xml)
    for attrs, body in _CELL.findall(data[1] or "" if data else ""):
        held = attributes(attrs)
        found = _ADDRESS.match(held.get("r", ""))
        if found is None:
            raise unreadable()
        yield Place(sheet, int(found[2]), number(found[1])), held, body


def _shared(xml: str) -> list[str]:
    return [_joined(one) for one in _STRING.findall(xml)]


def _joined(xml: str) -> str:
    told = unescape("".join(_TEXT.findall(_SPOKEN.sub("", xml))))
    return _CODED.sub(lambda found: chr(int(found[1], 16)), told)


def _said(attrs: Mapping[str, str], body: str, shared: list[str]) -> str:
    if attrs.get("t") == "inlineStr":
        return _joined(body)
    found = _VALUE.search(body)
    if found is None:
        return ""
    if attrs.get("t") == "s":
        place = whole_number(found[1])
        return shared[place] if place is not None and place < len(shared) else ""
    return unescape(found[1])


def blanks(form: SheetForm) -> list[Place]:
    """Cells that look as if somebody should fill them: drawn, blank, no formula, words to the left and on top; of a merged area the
    first."""
    return [
        place
        for place, text in sorted(form.cells.items())
        if not text.strip()
        and place not in form.formulas
        and form.anchor(place) == place
        and " · " in form.label(place)
    ]


def fill_sheet(raw: bytes, values: Mapping[Place, str], mark: str = "") -> bytes:
    """The same file with these cells filled: plain numbers as numbers, all else as text (never a formula). Formulas are worked out anew
    when it is opened. ``mark`` is printed at the head of each page."""
    parts = texts(raw, _PARTS)
    changed: dict[str, str] = {}
    for sheet, (_title, part) in enumerate(_sheets(parts), 1):
        ours = {place: text for place, text in values.items() if place.sheet == sheet}
        xml = _filled(parts[part], ours) if ours else parts[part]
        xml = _marked(xml, mark) if mark else xml
        if xml != parts[part]:
            changed[part] = xml
    book = parts["xl/workbook.xml"]
    again = re.sub(r"<calcPr\b(?![^>]*fullCalcOnLoad)", '<calcPr fullCalcOnLoad="1"', book)
    return replaced(raw, changed | ({"xl/workbook.xml": again} if again != book else {}))


def _filled(xml: str, values: Mapping[Place, str]) -> str:
    rows: dict[int, dict[int, str]] = {}
    for place, text in values.items():
        rows.setdefault(place.row, {})[place.column] = text
    data = _DATA.search(xml)
    if data is None:
        raise unreadable()
    made: dict[int, str] = {}
    for found in _ROW.finditer(data[1] or ""):
        n = int(attributes(found[1]).get("r", "0"))
        made[n] = _row(n, found[1], found[2] or "", rows.pop(n)) if n in rows else found[0]
    for n, ours in rows.items():
        made[n] = _row(n, f' r="{n}"', "", ours)
    body = "".join(made[n] for n in sorted(made))
    return f"{xml[: data.start()]}<sheetData>{body}</sheetData>{xml[data.end() :]}"


def _row(n: int, attrs: str, body: str, values: Mapping[int, str]) -> str:
    cells: dict[int, str] = {}
    looks: dict[int, str] = {}
    for found in _CELL.finditer(body):
        held = attributes(found[1])
        address = _ADDRESS.match(held.get("r", ""))
        if address is None:
            raise unreadable()
        column = number(address[1])
        cells[column], looks[column] = found[0], held.get("s", "")
    for column, text in values.items():
        cells[column] = _cell(f"{letters(column)}{n}", looks.get(column, ""), text)
    attrs = re.sub(r'\s+spans="[^"]*"', "", attrs)
    return f"<row{attrs}>{''.join(cells[c] for c in sorted(cells))}</row>"


def _cell(address: str, look: str, text: str) -> str:
    style = f' s="{look}"' if look else ""
    if not text:
        return f'<c r="{address}"{style}/>'
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?", text):
        return f'<c r="{address}"{style}><v>{text}</v></c>'
    told = escape(_ESCAPED.sub("_x005F_", clean(text)))
    return f'<c r="{address}"{style} t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'


def _marked(xml: str, mark: str) -> str:
    """The mark in the head of the printed page; a head that is there gives way."""
    head = f"<headerFooter><oddHeader>&amp;C&amp;14{escape(clean(mark))}</oddHeader></headerFooter>"
    xml = re.sub(r"<headerFooter\b.*?(?:</headerFooter>|/>)", "", xml, count=1, flags=re.DOTALL)
    for after in (r"<pageSetup\b[^>]*/>", r"<pageMargins\b[^>]*/>"):
        if found := re.search(after, xml):
            return xml[: found.end()] + head + xml[found.end() :]
    return xml
