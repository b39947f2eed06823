"""A sheet of members: one row a unit, with role and day. Pure but for the trees in memory."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid, TooLarge
from baodao.kernel.tables import (
    CellFault,
    Column,
    as_choice,
    as_moment,
    map_columns,
    parse_rows,
    read_table,
    write_error_file,
)
from baodao.kernel.tables.columns import Bad

from .declare import ROLES as ROLES_OF
from .fold import Whole
from .ruling import MOST, Invite
from .words import ROLES

# Titles seen in the world.
_UNIT = ("单位", "单位名称", "名称", "code", "unit")  # data
_ROLE = ("身份", "role")  # data
_SINCE = ("日期", "起", "since")  # data
Find = Callable[[str], str]
"""Gives the code of a unit by code or name; raises Invalid."""


class Sheet(msgspec.Struct):
    """A sheet as judged: who shall come, how many are in or asked already, faults by row number."""

    total: int
    invites: list[Invite]
    known: int
    faults: dict[int, list[CellFault]]


def columns(shape: str, find: Find) -> tuple[Column, ...]:
    """What a sheet may bring for an alliance of this shape."""
    roles = {str(ROLES[role]): role for role in ROLES_OF[shape]} | {role: role for role in ROLES_OF[shape]}

    def unit(cell: Any) -> str:
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        try:
            return find(text)
        except Invalid as wrong:
            raise Bad(wrong.faults[0].reason, wrong.faults[0].remedy) from None

    return (
        Column("org", _("单位代码"), unit, required=True, aliases=_UNIT),
        Column("role", _("角色"), as_choice(roles), aliases=_ROLE),
        Column("since", _("加入日期"), as_moment(settings.TIME_ZONE), aliases=_SINCE),
    )


def read(path: Path, code: str, whole: Whole, day: date, find: Find) -> Sheet:
    """Read and judge all rows. Raises Invalid for a file or its columns, TooLarge beyond 1,000 rows; a faulty row
    is never raised."""
    wanted, sheet, seen = columns(whole.shape, find), Sheet(0, [], 0, {}), set[str]()
    with read_table(path) as table:
        positions = map_columns(table.header, wanted)
        for parsed in parse_rows(table, wanted, positions):
            sheet.total += 1
            if sheet.total > MOST:
                raise TooLarge.of("file", _("一次最多 %(most)d 个单位") % {"most": MOST}, _("请分成几个文件"))
            if parsed.faults:
                sheet.faults[parsed.row] = list(parsed.faults)
                continue
            org, moment = parsed.values["org"], parsed.values.get("since")
            since = (
                moment.at.astimezone(ZoneInfo(settings.TIME_ZONE)).date() if moment else max(day, whole.since)
            )
            reason = _wrong(whole, since, org in seen)
            if reason:
                column = table.header[positions["org"]]
                sheet.faults[parsed.row] = [CellFault(parsed.row, column, org, reason)]
            elif whole.open_tie(org) is not None:
                sheet.known += 1
            else:
                sheet.invites.append(Invite(code, org, since, parsed.values.get("role", "")))
            seen.add(org)
    return sheet


def _wrong(whole: Whole, since: date, twice: bool) -> str:
    if twice:
        return _("这个单位在表里写了两次")
    return "" if whole.at(since) else _("那一天这个共建组织不存在")


def write_faults(path: Path, sheet: Sheet, out: Any) -> None:
    """The faulty rows with what is wrong and how to mend it."""
    with read_table(path) as table:
        write_error_file(out, table, sheet.faults)
