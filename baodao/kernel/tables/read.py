"""Reading a sheet: what kind of file it is by its content, its header, its rows with the numbers a
spreadsheet shows."""

import codecs
import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid, TooLarge

Cell = str | int | float | bool | datetime | date | time | timedelta | None
Source = Path | BinaryIO

_CHUNK = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLACE = re.compile(rb'<(?:\w+:)?(?:c|row) [^>]*?\br="([A-Z]{0,4})([0-9]{1,9})"')
# The standard library's limit is 131,072 characters; letters with their replies can be longer.
csv.field_size_limit(1_000_000)


class Limits(msgspec.Struct, frozen=True):
    """What one sheet may be: rows, columns, their product, bytes as sent and bytes unpacked."""

    rows: int = 100_000
    columns: int = 200
    area: int = 8_000_000
    size: int = 50 << 20
    unpacked: int = 400 << 20


class Row(msgspec.Struct, frozen=True):
    """One row: `number` as the spreadsheet shows it (the header is usually 1), cells by position. An empty
    cell is None."""

    number: int
    cells: tuple[Cell, ...]


class Table:
    """An open sheet. `header` are the column titles; `rows()` can be asked again and starts anew each
    time."""

    def __init__(self, kind: str, rows: Any, limits: Limits) -> None:
        self.kind = kind
        self._rows = rows
        self._limits = limits
        self.header: list[str] = []
        self.header_number = 0
        for row in self._filled():
            self.header = [_title(cell) for cell in row.cells]
            self.header_number = row.number
            break
        if not any(self.header):
            raise Invalid.of("file", _("表里没有内容"), _("第一行写列名，从第二行起每行一条"))

    def rows(self) -> Iterator[Row]:
        """The rows under the header that are not empty. Raises TooLarge beyond the limit of rows, Invalid
        where a row cannot be read."""
        for row in self._filled():
            if row.number > self.header_number:
                yield row

    def _filled(self) -> Iterator[Row]:
        for number, cells in enumerate(self._rows(), 1):
            if number > self._limits.rows + 1:
                raise TooLarge.of(
                    "file", _("超过 %(most)d 行") % {"most": self._limits.rows}, _("请分成几个文件")
                )
            tidy = tuple(_tidy(cell) for cell in cells)
            while tidy and tidy[-1] is None:
                tidy = tidy[:-1]
            if len(tidy) > self._limits.columns:
                raise TooLarge.of(
                    "file", _("第 %(row)d 行超过 %(most)d 列") % {"row": number, "most": self._limits.columns}
                )
            if tidy:
                yield Row(number, tidy)


@contextmanager
def read_table(
    source: Source, *, sheet: str = "", prefer: Sequence[str] = (), limits: Limits | None = None
) -> Iterator[Table]:
    """Open a sheet by content: xlsx, xls, or text (UTF-8, UTF-16 with mark, GB 18030; comma, semicolon, tab
    or bar). `sheet` names one of a workbook; else it is the first of `prefer` that is there, else the first visible
    one. Raises Invalid or TooLarge with what to do."""
    limits = limits or Limits()
    opened = source.open("rb") if isinstance(source, Path) else source
    try:
        size = opened.seek(0, io.SEEK_END)
        if size > limits.size:
            raise TooLarge.of(
                "file", _("文件超过 %(most)d MB") % {"most": limits.size >> 20}, _("请分成几个文件")
            )
        opened.seek(0)
        head = opened.read(8)
        opened.seek(0)
        if head.startswith(_ZIP):
            _check_workbook(opened, limits)
            yield Table("xlsx", _excel_rows(opened, sheet, prefer, limits), limits)
        elif head.startswith(_OLE):
            yield Table("xls", _excel_rows(opened, sheet, prefer, limits), limits)
        else:
            yield Table("csv", _csv_rows(opened), limits)
    finally:
        if isinstance(source, Path):
            opened.close()


def source_digest(source: Source) -> str:
    """SHA-256 of the file in hex: with a row's number it is the command key of an imported row."""
    opened = source.open("rb") if isinstance(source, Path) else source
    try:
        opened.seek(0)
        found = hashlib.sha256()
        while chunk := opened.read(_CHUNK):
            found.update(chunk)
        opened.seek(0)
        return found.hexdigest()
    finally:
        if isinstance(source, Path):
            opened.close()


def _title(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _tidy(cell: Any) -> Cell:
    if isinstance(cell, str):
        return cell if cell.strip() else None
    tidy: Cell = cell
    return tidy


def _unreadable() -> Invalid:
    return Invalid.of("file", _("这个表格文件打不开"), _("请另存为 .xlsx 或 UTF-8 的 .csv 再传"))  # type: ignore[return-value]


def _check_workbook(opened: BinaryIO, limits: Limits) -> None:
    """Refuse a bomb before anything unpacks it whole: by the sizes, and by how far the cells reach (the
    reader holds a rectangle)."""
    try:
        with zipfile.ZipFile(opened) as packed:
            entries = packed.infolist()
            if len(entries) > 5000 or sum(entry.file_size for entry in entries) > limits.unpacked:
                raise TooLarge.of("file", _("表格解开后太大"), _("请删去图片和不用的工作表，或另存为 .csv"))
            for entry in entries:
                if entry.filename.lower().startswith("xl/worksheets/") and entry.filename.lower().endswith(
                    ".xml"
                ):
                    _check_reach(packed, entry, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ) as error:
        raise _unreadable() from error
    finally:
        opened.seek(0)


def _check_reach(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    rows = columns = seen = 0
    rest = b""
    with packed.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            seen += len(chunk)
            for letters, number in _PLACE.findall(rest + chunk):
                rows = max(rows, int(number))
                columns = max(columns, _column_number(letters))
            rest = chunk[-200:]
            if (
                seen > limits.unpacked
                or rows > limits.rows + 1
                or columns > limits.columns * 4
                or rows * columns > limits.area
            ):
                raise TooLarge.of(
                    "file",
                    _("工作表用到了第 %(rows)d 行、第 %(columns)d 列，太大")
                    % {"rows": rows, "columns": columns},
                    _("请删去表格外面多余的格子，或分成几个文件"),
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _excel_rows(opened: BinaryIO, sheet: str, prefer: Sequence[str], limits: Limits) -> Any:
    """A function that gives the rows of one sheet of a workbook."""
    import python_calamine as calamine

    def guarded(do: Any) -> Any:
        try:
            return do()
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except calamine.PasswordError as error:
            raise Invalid.of("file", _("表格加了密码"), _("请去掉密码再传")) from error
        except BaseException as error:  # a panic of the reader is no Exception
            raise _unreadable() from error

    book = guarded(lambda: calamine.CalamineWorkbook.from_filelike(opened))
    shown = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
    wanted = [one for one in prefer if one in shown]
    name = sheet or next(iter(wanted or shown or book.sheet_names), "")
    if name not in book.sheet_names:
        raise Invalid.of(
            "sheet",
            _("没有工作表“%(name)s”") % {"name": name},
            _("有这些：%(names)s") % {"names": "、".join(shown)},
        )
    page = guarded(lambda: book.get_sheet_by_name(name))
    if page.total_height > limits.rows + 1:
        raise TooLarge.of("file", _("超过 %(most)d 行") % {"most": limits.rows}, _("请分成几个文件"))
    return lambda: guarded(page.iter_rows)


def _csv_rows(opened: BinaryIO) -> Any:
    """A function that gives the records of a text file; a record of several lines is one row, as in a
    spreadsheet."""
    encoding = _encoding(opened)
    with _decoded(opened, encoding) as text:
        delimiter = _delimiter(text.read(20_000))

    def rows() -> Iterator[list[str]]:
        with _decoded(opened, encoding) as text:
            reader = csv.reader(text, delimiter=delimiter)
            number = 0
            while True:
                number += 1
                try:
                    yield next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    reason = _("第 %(row)d 行读不下去，常见的是引号没有成对") % {"row": number}
                    remedy = _("请用表格软件打开，另存为 .xlsx 再传")
                    raise Invalid.of("file", reason, remedy) from error

    return rows


@contextmanager
def _decoded(opened: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    opened.seek(0)
    text = io.TextIOWrapper(opened, encoding=encoding, newline="")
    try:
        yield text
    finally:
        # Else the wrapper would close the file with itself.
        text.detach()


def _encoding(opened: BinaryIO) -> str:
    opened.seek(0)
    head = opened.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(opened, encoding):
            return encoding
    raise Invalid.of("file", _("认不出文字的编码"), _("请另存为 .xlsx 或 UTF-8 的 .csv 再传"))


def _decodes(opened: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    opened.seek(0)
    try:
        while chunk := opened.read(_CHUNK):
            if "\0" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(sample: str) -> str:
    """The sign that parts the first record; quoted text does not count."""
    first = re.sub(r'"[^"]*"', "", sample.lstrip("\n\r")).split("\n", 1)[0]
    return max(",;\t|", key=lambda sign: (first.count(sign), sign == ","))
