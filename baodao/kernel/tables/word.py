"""A Word document of headings, paragraphs and tables, written without a library (ECMA-376 part 1, WordprocessingML): what a
register or a notice needs, and nothing that could run."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Literal
from xml.sax.saxutils import escape

import msgspec

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
WORD = f"{_TYPE}.document"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_FONT = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="FangSong"/>'
#: Title, heading, plain: size in half points, bold, centred.
_LOOKS = {"title": (44, True, True), "heading": (32, True, False), "plain": (24, False, False)}
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
}
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
#: A4 with margins of 2.5 cm, in twentieths of a point.
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
)
_WIDTH = 9070


class Text(msgspec.Struct, frozen=True):
    """A paragraph; lines inside it are kept. ``page``: it begins a new page."""

    text: str
    look: Literal["title", "heading", "plain"] = "plain"
    page: bool = False


class Grid(msgspec.Struct, frozen=True):
    """A ruled table; ``widths`` are shares of the page, the last cell of a short row spans what is left."""

    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


def write_word(out: BinaryIO, parts: Iterable[Text | Grid]) -> None:
    """Write the document."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in _PARTS.items():
            packed.writestr(name, _HEAD + body)
        with packed.open("word/document.xml", "w") as document:
            document.write(f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>'.encode())
            for part in parts:
                document.write((_text(part) if isinstance(part, Text) else _grid(part)).encode())
            document.write(f"{_PAGE}</w:body></w:document>".encode())


def _text(part: Text) -> str:
    size, bold, centred = _LOOKS[part.look]
    props = ("<w:pageBreakBefore/>" if part.page else "") + ('<w:jc w:val="center"/>' if centred else "")
    return f"<w:p><w:pPr>{props}</w:pPr>{_run(part.text, size, bold)}</w:p>"


def _run(text: str, size: int, bold: bool = False) -> str:
    lines = _ILLEGAL.sub("", text).split("\n")
    body = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    look = f'{_FONT}{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    return f"<w:r><w:rPr>{look}</w:rPr>{body}</w:r>"


def _grid(part: Grid) -> str:
    total = sum(part.widths)
    widths = [_WIDTH * width // total for width in part.widths]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(row, widths) for row in part.rows)
    look = f'<w:tblPr><w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
    # A paragraph between two tables keeps them two.
    return f"<w:tbl>{look}<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl><w:p/>"


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for at, text in enumerate(row):
        last = at == len(row) - 1
        span = len(widths) - at if last else 1
        merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        width = sum(widths[at : at + span])
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}</w:tcPr><w:p>{_run(text, 24)}</w:p></w:tc>'
        )
    return f"<w:tr>{''.join(cells)}</w:tr>"
