"""A finished workbook with everything locked but the cells to fill; without a password: against slips, not against will."""

import zipfile
from typing import BinaryIO

#: Style of a cell to be filled, added behind those of `kernel.tables.xlsx`.
_STYLE = (
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1" applyProtection="1">'
    '<alignment vertical="top" wrapText="1"/><protection locked="0"/></xf>'
)
#: What is said to be 0 here stays allowed.
_LOCK = (
    '<sheetProtection sheet="1" formatCells="0" formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>'
)
_SHEET, _STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"


def lock(made: BinaryIO, out: BinaryIO, fill: int) -> None:
    """Copy a workbook of one sheet; the last `fill` cells of each row, which are empty, stay open."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        styles = old.read(_STYLES).decode()
        style = styles.partition("<cellXfs")[2].partition("</cellXfs>")[0].count("<xf ")
        for entry in old.infolist():
            body = old.read(entry.filename)
            if entry.filename == _STYLES:
                counted = styles.replace(f'<cellXfs count="{style}">', f'<cellXfs count="{style + 1}">')
                body = counted.replace("</cellXfs>", f"{_STYLE}</cellXfs>").encode()
            elif entry.filename == _SHEET:
                opened = f'<c s="{style}"/>' * fill
                text = body.decode().replace("<c/>" * fill + "</row>", f"{opened}</row>")
                body = text.replace("</sheetData>", f"</sheetData>{_LOCK}").encode()
            new.writestr(entry.filename, body)
