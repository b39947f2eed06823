"""Typed columns: which column of the sheet is which field, and every fault of a row with its place, reason
and remedy."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.text import fold

from .moments import parse_moment
from .read import Cell, Row, Table

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EXACT = 2**53


class Bad(Exception):
    """What a converter raises: reason and remedy, in the reader's words."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


Converter = Callable[[Cell], Any]


class Column(msgspec.Struct, frozen=True):
    """A field that a sheet may bring: its name in the code, its title for people, other titles seen in the
    world. For a template also: ``words`` of a closed list (code → word, a drop-down), other words seen for them (``also``, word →
    code), what to write (``hint``), an ``example``."""

    field: str
    title: str
    convert: Converter
    required: bool = False
    aliases: tuple[str, ...] = ()
    words: Mapping[str, str] = {}
    hint: str = ""
    example: str | int | float | date = ""
    also: Mapping[str, str] = {}


class CellFault(msgspec.Struct, frozen=True):
    """One thing wrong: row number, title of the column in this sheet, the value as shown (cut), reason,
    remedy, the address of a page on which one can see it ("")."""

    row: int
    column: str
    shown: str
    reason: str
    remedy: str = ""
    href: str = ""


class Parsed(msgspec.Struct, frozen=True):
    """A row's values by field (only those without fault) and all its faults."""

    row: int
    values: dict[str, Any]
    faults: tuple[CellFault, ...]


def guess_columns(header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """field → title of the sheet, for the columns whose field, title or alias equals it (blanks, case and
    width apart)."""
    titles = {_plain(title): title for title in reversed(header) if title}
    found: dict[str, str] = {}
    for column in columns:
        for name in (column.title, column.field, *column.aliases):
            title = titles.get(_plain(name))
            if title is not None and title not in found.values():
                found[column.field] = title
                break
    return found


def map_columns(
    header: Sequence[str], columns: Sequence[Column], given: Mapping[str, str] | None = None
) -> dict[str, int]:
    """field → position. `given` (field → title) goes before guessing; an empty title leaves a field out.
    Raises Invalid naming every unknown field or title, double use and missing required column."""
    given = dict(given or {})
    known = {column.field: column for column in columns}
    faults = [_unknown(field, known) for field in given if field not in known]
    chosen = {field: title for field, title in guess_columns(header, columns).items() if field not in given}
    positions: dict[str, int] = {}
    for field, title in {**given, **chosen}.items():
        if not title or field not in known:
            continue
        if title not in header:
            near = difflib.get_close_matches(title, [h for h in header if h], 1)
            remedy = (
                _("是不是“%(near)s”") % {"near": near[0]}
                if near
                else _("表里有：%(all)s") % {"all": "、".join(filter(None, header))}
            )
            faults.append(Fault(field, _("表里没有“%(title)s”这一列") % {"title": title}, remedy))
        else:
            positions[field] = list(header).index(title)
    used = list(positions.values())
    faults += [
        Fault(f, _("同一列用了两次"), _("每一列只对应一项"))
        for f, at in positions.items()
        if used.count(at) > 1
    ]
    faults += [
        Fault(c.field, _("缺少“%(title)s”这一列") % {"title": c.title}, _("请在表里加上，或指定哪一列是它"))
        for c in columns
        if c.required and c.field not in positions and given.get(c.field) in (None, "")
    ]
    if faults:
        raise Invalid(*faults)
    return positions


def parse_rows(
    table: Table,
    columns: Sequence[Column],
    mapping: Mapping[str, int],
    skip: Callable[[Cell], bool] = lambda cell: False,
) -> Iterator[Parsed]:
    """Each row converted but those whose first cell says to ``skip`` them; a faulty row is given with all its faults,
    never raised."""
    mapped = [(column, mapping[column.field]) for column in columns if column.field in mapping]
    for row in table.rows():
        if row.cells and skip(row.cells[0]):
            continue
        yield _parse(row, table.header, mapped)


def _parse(row: Row, header: Sequence[str], mapped: Iterable[tuple[Column, int]]) -> Parsed:
    values: dict[str, Any] = {}
    faults: list[CellFault] = []
    if len(row.cells) > len(header):
        extra = _shown(row.cells[len(header)])
        faults.append(
            CellFault(row.number, "", extra, _("这一行的格子比列名多"), _("检查有没有多出的分隔符或引号"))
        )
    for column, at in mapped:
        cell = row.cells[at] if at < len(row.cells) else None
        try:
            if cell is not None:
                values[column.field] = column.convert(cell)
            elif column.required:
                raise Bad(_("不能空着"), _("请填写"))
        except Bad as bad:
            faults.append(CellFault(row.number, header[at], _shown(cell), bad.reason, bad.remedy))
    return Parsed(row.number, values, tuple(faults))


def as_text(most: int = 20_000) -> Converter:
    """Text without control signs, blanks at the ends cut."""

    def convert(cell: Cell) -> str:
        text = _CONTROLS.sub("", _written(cell)).strip()
        if len(text) > most:
            raise Bad(_("有 %(n)d 字，超过 %(most)d 字") % {"n": len(text), "most": most}, _("请缩短"))
        return text

    return convert


def as_code(pattern: str = r"[\w.\-:/+]{1,80}", remedy: str = "") -> Converter:
    """A code kept as text: numbers lose their ".0", and a number too long for a spreadsheet's number is a
    fault."""

    def convert(cell: Cell) -> str:
        if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _EXACT:
            raise Bad(_("数字太长，表格软件已经改掉了末几位"), _("把这一列设成“文本”格式，重新填写"))
        text = _written(cell).strip()
        if not re.fullmatch(pattern, text):
            raise Bad(_("不是有效的编号"), remedy or _("只能用字母、数字和 - _ . : / +"))
        return text

    return convert


def as_integer(low: int = 0, high: int = 10**9) -> Converter:
    """A whole number between `low` and `high`."""

    def convert(cell: Cell) -> int:
        try:
            number = float(_written(cell).replace(",", "").strip())
            if not number.is_integer():
                raise ValueError
        except (ValueError, OverflowError):
            raise Bad(
                _("不是整数"), _("请填 %(low)d 到 %(high)d 的整数") % {"low": low, "high": high}
            ) from None
        if not low <= number <= high:
            raise Bad(_("超出范围"), _("请填 %(low)d 到 %(high)d 的整数") % {"low": low, "high": high})
        return int(number)

    return convert


def as_moment(zone: str = "Asia/Shanghai", earliest: int = 1990, latest: datetime | None = None) -> Converter:
    """A `Moment` from the year `earliest` on and not after `latest`."""
    local = ZoneInfo(zone)

    def convert(cell: Cell) -> Any:
        moment = parse_moment(cell, local)
        remedy = _("请写成 2026-11-22 09:30:00，只知道日期就写 2026-11-22")
        if moment is None:
            raise Bad(_("看不懂这个日期"), remedy)
        if moment.at < datetime(earliest, 1, 1, tzinfo=local).astimezone(UTC):
            raise Bad(_("早于 %(year)d 年") % {"year": earliest}, remedy)
        if latest is not None and moment.at > latest:
            raise Bad(_("日期在将来"), remedy)
        return moment

    return convert


def as_day(zone: str = "Asia/Shanghai", earliest: int = 1900) -> Converter:
    """A date without time of day, from the year `earliest` on; it may lie ahead."""
    local, moment = ZoneInfo(zone), as_moment(zone, earliest)

    def convert(cell: Cell) -> date:
        found = moment(cell)
        if found.precision != "day":
            raise Bad(_("要填日期，不要时间"), _("请写成 2026-01-01"))
        day: date = found.at.astimezone(local).date()
        return day

    return convert


def as_choice(codes: Mapping[str, str]) -> Converter:
    """A code of a closed list; `codes` maps each accepted word (blanks, case and width apart) to its code."""
    accepted = {_plain(word): code for word, code in codes.items()}

    def convert(cell: Cell) -> str:
        word = _plain(_written(cell))
        if word in accepted:
            return accepted[word]
        near = difflib.get_close_matches(word, accepted, 1)
        hint = (
            _("是不是“%(near)s”") % {"near": near[0]}
            if near
            else _("可以填：%(all)s") % {"all": "、".join(list(codes)[:20])}
        )
        raise Bad(_("不在可选的范围里"), hint)

    return convert


def as_flag() -> Converter:
    """是/否, yes/no, true/false, 1/0, √."""
    words = {
        "是": "1",
        "否": "",
        "有": "1",
        "无": "",
        "yes": "1",
        "no": "",
        "y": "1",
        "n": "",
        "true": "1",
        "false": "",
        "1": "1",
        "0": "",
        "√": "1",
        "×": "",
    }
    choose = as_choice(words)
    return lambda cell: bool(choose(cell))


def _written(cell: Cell) -> str:
    """A cell as its sheet shows it: whole floats without ".0"."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return "" if cell is None else str(cell)


def _shown(cell: Cell) -> str:
    text = _written(cell)
    return text if len(text) <= 60 else text[:59] + "…"


def _plain(title: str) -> str:
    return "".join(fold(title).split())


def _unknown(field: str, known: Mapping[str, Column]) -> Fault:
    near = difflib.get_close_matches(field, known, 1)
    remedy = (
        _("是不是“%(near)s”") % {"near": near[0]}
        if near
        else _("可以用：%(all)s") % {"all": "、".join(known)}
    )
    return Fault(field, _("没有“%(field)s”这一项") % {"field": field}, remedy)
