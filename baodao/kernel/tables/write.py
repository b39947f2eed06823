"""Writing sheets: exports and error files. No cell of ours ever becomes a formula in the reader's program."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.errors import TooLarge

from .columns import CellFault
from .read import Table
from .xlsx import Rules, Sheet, write_workbook

# What spreadsheet programs may read as the beginning of a formula; those of Chinese systems also the
# full-width forms.
_FORMULA = re.compile(r"^[\s\ufeff\u200b]*[=+\-@＝＋－＠]|^[\t\r\n]")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767  # characters of a cell in xlsx
_MOST_ROWS = 1_048_575
_EXACT = 10**15  # a spreadsheet's number keeps 15 digits


def write_xlsx(
    out: BinaryIO,
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    zone: str = "Asia/Shanghai",
    *,
    more: Sequence[Sheet] = (),
    rules: Rules | None = None,
) -> int:
    """Write a sheet row by row, then ``more`` (title, header, rows) of them, and give the number of rows of the
    first. Aware datetimes are shown in `zone`; texts stay texts. ``rules`` of the columns, for a sheet to fill in."""
    local = ZoneInfo(zone)
    first, *others = (_sheet(one, local) for one in ((title, header, rows), *more))
    return write_workbook(out, *first, more=others, rules=rules)


def _sheet(sheet: Sheet, local: ZoneInfo) -> Sheet:
    title, header, rows = sheet
    return sheet_name(title), [str(_plain(t, local) or "") for t in header], _limited(rows, local)


def sheet_name(title: str) -> str:
    """A title as a workbook can name a sheet."""
    return re.sub(r"[\\/*?:\[\]']", " ", _ILLEGAL.sub("", title))[:31].strip() or "1"


def _limited(rows: Iterable[Sequence[Any]], local: ZoneInfo) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        if number > _MOST_ROWS:
            raise TooLarge.of(
                "rows", _("超过一张表能放的 %(most)d 行") % {"most": _MOST_ROWS}, _("请缩小范围再导出")
            )
        yield [_plain(value, local) for value in row]


def write_csv(
    out: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[Any]], zone: str = "Asia/Shanghai"
) -> int:
    """Write UTF-8 with mark; a text that could be read as a formula gets a leading apostrophe."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    local = ZoneInfo(zone)
    writer = csv.writer(text)
    writer.writerow([_csv_value(name, local) for name in header])
    count = 0
    for row in rows:
        writer.writerow([_csv_value(value, local) for value in row])
        count += 1
    text.detach()
    return count


def write_error_file(
    out: BinaryIO, table: Table, faults: Mapping[int, Sequence[CellFault]], *, whole: bool = False
) -> int:
    """The same sheet with the row number, what is wrong and how to mend it, as xlsx: the faulty rows, so that
    the mended file can be sent without repeating the good ones, or the `whole` sheet. Gives the number of
    rows."""
    width = len(table.header)
    header = [*table.header, _("原行号"), _("错在哪里"), _("怎么改")]

    def rows() -> Iterable[list[Any]]:
        for row in table.rows():
            wrong = faults.get(row.number, ())
            if not wrong and not whole:
                continue
            cells = [*row.cells[:width], *[None] * (width - len(row.cells))]
            reasons = "；".join(f"{f.column}：{f.reason}" if f.column else f.reason for f in wrong)
            told = [
                text for f in wrong for text in (f.remedy, f.href and settings.BASE_URL.rstrip("/") + f.href)
            ]
            remedies = "；".join(dict.fromkeys(text for text in told if text))
            yield [*cells, row.number, reasons, remedies]

    return write_xlsx(out, _("要改的行"), header, rows())


def _plain(value: Any, local: ZoneInfo) -> Any:
    if isinstance(value, str):
        return _tidy(value)
    if isinstance(value, datetime):
        return (value.astimezone(local) if value.tzinfo else value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int) and abs(value) >= _EXACT:
        return str(value)
    if isinstance(value, float) and not isfinite(value):
        return None
    if value is None or isinstance(value, int | float | date):
        return value
    return _tidy(str(value))


def _tidy(text: str) -> str | None:
    text = _ILLEGAL.sub("", text)
    return (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") or None


def _csv_value(value: Any, local: ZoneInfo) -> Any:
    value = _plain(value, local)
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
