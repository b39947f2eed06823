"""Reading a sheet of duty items: columns, faults of every row, rows into lists."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.tables import (
    Bad,
    Cell,
    CellFault,
    Column,
    as_choice,
    as_code,
    as_day,
    as_text,
    map_columns,
    parse_rows,
    read_table,
    write_error_file,
)
from baodao.orgs import duties
from baodao.orgs.duties import NewDuty, NewList
from baodao.orgs.services.duty import MOST, later

from .units import Units, units

#: Names of the fields, for `--column FIELD=TITLE`.
COLUMNS = ("org", "code", "title", "kind", "basis", "keywords", "since")
#: Faults that are told in words; the error file has all.
TOLD = 20
#: Words seen in the world → class.
WORDS = {
    "基本履职": "basic", "基本": "basic", "基本履职事项": "basic", "basic": "basic",
    "配合履职": "cooperating", "配合": "cooperating", "配合履职事项": "cooperating",
    "cooperating": "cooperating",
    "上级收回": "taken_back", "收回": "taken_back", "上级部门收回事项": "taken_back",
    "taken_back": "taken_back", "taken back": "taken_back",
}  # fmt: skip

May = Callable[[str], bool]


class Sheet(msgspec.Struct):
    """A sheet as read: its header, which title each field takes, whole lists, faults by row number, rows."""

    header: list[str]
    mapping: dict[str, str]
    lists: list[NewList]
    faults: dict[int, list[CellFault]]
    total: int


class _Reading(msgspec.Struct):
    """What judges a row: the units, whose list the actor may adopt, what fills a gap, where lists begin."""

    units: Units
    may: May
    org: str
    since: date
    mapping: dict[str, str]
    lists: dict[tuple[str, date], list[NewDuty]] = msgspec.field(default_factory=dict)
    begins: dict[tuple[str, date], int] = msgspec.field(default_factory=dict)


def columns() -> tuple[Column, ...]:
    """What a sheet of duty items may bring."""
    code = as_code(r"[\w.\-]{1,24}", _("1 到 24 个字母、汉字、数字、点、- 或 _"))
    return (
        Column(
            "org",
            _("单位"),
            as_text(120),
            aliases=("单位", "单位名称", "部门", "责任单位", "单位代码", "unit"),
        ),
        Column("code", _("事项编号"), code, required=True, aliases=("事项编号", "编号", "序号", "代码")),
        Column(
            "title", _("事项"), as_text(200), required=True, aliases=("事项", "事项名称", "履职事项", "名称")
        ),
        Column(
            "kind",
            _("类别"),
            _kind,
            required=True,
            aliases=("类别", "类型", "事项类别", "class"),
        ),
        Column("basis", _("依据"), as_text(300), aliases=("依据", "法律依据", "文件依据")),
        Column("keywords", _("关键词"), as_text(200), aliases=("关键词", "关键字")),
        Column(
            "since",
            _("生效日"),
            as_day(settings.TIME_ZONE, 1990),
            aliases=("生效日", "起始日", "生效日期", "from"),
        ),
    )


def _kind(cell: Cell) -> str:
    try:
        kind: str = as_choice(WORDS)(cell)
    except Bad as bad:
        raise Bad(bad.reason, _("可以填：基本、配合、收回")) from None
    return kind


def read_duties(
    path: Path, given: Mapping[str, str], *, since: date, may: May, org: str = "", most: int = MOST
) -> Sheet:
    """Read and judge all rows. Rows of one unit and day are one list, in the order of the sheet; a row
    without unit or day takes ``org`` and ``since``. A faulty row is never raised.

    :param may: whether the actor may adopt the list of an organization.
    :raises Invalid: a file, a column or a mapping that cannot be, or more than ``most`` rows.
    """
    wanted = columns()
    with read_table(path) as table:
        positions = map_columns(table.header, wanted, given)
        if "org" not in positions and not org:
            raise Invalid.of("org", _("缺少“单位”这一列"), _("请在表里加上，或指定哪一列是它"))
        mapping = {field: table.header[at] for field, at in positions.items()}
        reading = _Reading(units(may), may, org, since, mapping)
        sheet = Sheet(table.header, mapping, [], {}, 0)
        for parsed in parse_rows(table, wanted, positions):
            sheet.total += 1
            if sheet.total > most:
                raise Invalid.of("file", _("超过 %(most)d 行") % {"most": most}, _("请分成几个文件"))
            faults = [*parsed.faults, *_judge(reading, parsed.row, parsed.values, bool(parsed.faults))]
            if faults:
                sheet.faults[parsed.row] = faults
    sheet.lists = _whole(reading, sheet.faults)
    return sheet


def _judge(reading: _Reading, row: int, values: Mapping[str, Any], faulty: bool) -> list[CellFault]:
    """What the cells do not show one by one; a good row goes into its list."""
    day = values.get("since") or reading.since
    shown = str(values.get("org") or reading.org)
    title = reading.mapping.get("org", "")
    try:
        org = _unit(reading, shown, day)
    except Bad as bad:
        return [CellFault(row, title, shown, bad.reason, bad.remedy)]
    if faulty:
        return []
    key = (org, day)
    reading.begins.setdefault(key, row)
    items = reading.lists.setdefault(key, [])
    if any(item.code == values["code"] for item in items):
        reason = _("编号 %(code)s 在这份清单里写了两次") % {"code": values["code"]}
        return [CellFault(row, reading.mapping["code"], values["code"], reason, _("每一项用一个编号"))]
    words = " ".join(str(values.get("keywords", "")).replace("、", " ").replace("，", " ").split())
    items.append(
        NewDuty(
            code=values["code"],
            title=values["title"],
            kind=values["kind"],
            basis=values.get("basis", ""),
            keywords=words,
        )
    )
    return []


def _unit(reading: _Reading, shown: str, day: date) -> str:
    """The organization that a cell means, whose list the actor may adopt."""
    reason, remedy = _("这个单位的清单不归您定"), _("请由它的上级来办")
    return reading.units.mine(shown, day, reason, remedy)


def _whole(reading: _Reading, faults: dict[int, list[CellFault]]) -> list[NewList]:
    """The lists that may be adopted; one whose day is taken is a fault of its first row. One statement."""
    held = duties.versions_of({org for org, _day in reading.lists})
    found = []
    for (org, day), items in reading.lists.items():
        last = next((version for version in held if version.org == org), None)
        same = last is not None and last.digest == duties.digest_of(items)
        first = reading.begins[org, day]
        twice = [other for other, since in reading.lists if other == org and since != day]
        if last is not None and last.since >= day and not same:
            reason, remedy = later(org, last.since)
        elif twice:
            reason, remedy = _("同一个单位写了两个生效日"), _("每个单位一次只导入一版清单")
        else:
            if items:
                found.append(NewList(org, day, items))
            continue
        faults.setdefault(first, []).append(
            CellFault(first, reading.mapping.get("since", ""), day.isoformat(), reason, remedy)
        )
    return found


def take(sheet: Sheet, good: bool) -> list[NewList]:
    """The lists to adopt: all, or with ``good`` what is left without the faulty rows.

    :raises Invalid: faulty rows and not ``good`` (names the first of them), or nothing left.
    """
    if sheet.faults and not good:
        raise Invalid(*_first(sheet))
    if not sheet.lists:
        raise Invalid.of("file", _("没有可以导入的清单"), _("请改好错误的行再传"))
    return sheet.lists


def _first(sheet: Sheet) -> list[Fault]:
    shown = [(row, fault) for row, faults in sorted(sheet.faults.items()) for fault in faults]
    told = [Fault("", _words(row, fault), fault.remedy) for row, fault in shown[:TOLD]]
    more = len(shown) - TOLD
    return [*told, Fault("", _("还有 %(n)d 处，都在错误表里") % {"n": more})] if more > 0 else told


def _words(row: int, fault: CellFault) -> str:
    where = _("第 %(row)d 行 %(column)s") % {"row": row, "column": fault.column}
    return f"{where}：{fault.reason}" + (f"（{fault.shown}）" if fault.shown else "")


def write_faults(path: Path, sheet: Sheet, out: Any) -> None:
    """The error file: the same sheet with the row's number, what is wrong and how to mend it."""
    with read_table(path) as table:
        write_error_file(out, table, sheet.faults, whole=True)
