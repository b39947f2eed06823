"""Reading the sheet: columns, faults of every row, the key of a row."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _

from baodao.kernel.tables import (
    CellFault,
    Column,
    Moment,
    as_moment,
    as_text,
    map_columns,
    parse_rows,
    read_table,
    write_error_file,
)
from baodao.matters.services import Past


def columns(now: datetime) -> tuple[Column, ...]:
    """What a sheet of requests may bring; nothing may lie after `now`."""
    zone = settings.TIME_ZONE
    moment = as_moment(zone, latest=now)
    return (
        Column("id", _("来信编号"), as_text(80), aliases=("id", "留言编号", "编号")),
        Column("user", _("来信人"), as_text(80), aliases=("user", "留言用户", "用户")),
        Column("title", _("主题"), as_text(200), aliases=("title", "留言主题", "标题")),
        Column("sent_at", _("来信时间"), moment, required=True, aliases=("sent_at", "留言时间", "时间")),
        Column("text", _("内容"), as_text(), required=True, aliases=("text", "留言详情", "详情")),
        Column("reply", _("答复"), as_text(), required=True, aliases=("reply", "答复意见", "回复")),
        Column("replied_at", _("答复时间"), moment, required=True, aliases=("replied_at", "回复时间")),
    )


#: Names of the fields, for `--column FIELD=TITLE`.
COLUMNS = ("id", "user", "title", "sent_at", "text", "reply", "replied_at")


class Sheet(msgspec.Struct):
    """A sheet as read: its header, which title each field takes, good rows, faults by row number."""

    header: list[str]
    mapping: dict[str, str]
    rows: list[Past]
    faults: dict[int, list[CellFault]]
    total: int
    repeated: int


def read_sheet(path: Path, given: Mapping[str, str], now: datetime, *, limit: int | None = None) -> Sheet:
    """Read and judge all rows (or the first `limit`, for a preview). Raises Invalid for a file, a column or a mapping that cannot be;
    a faulty row is never raised."""
    wanted = columns(now)
    with read_table(path) as table:
        positions = map_columns(table.header, wanted, given)
        sheet = Sheet(table.header, {f: table.header[at] for f, at in positions.items()}, [], {}, 0, 0)
        seen: set[str] = set()
        for parsed in parse_rows(table, wanted, positions):
            if limit is not None and sheet.total >= limit:
                break
            sheet.total += 1
            faults = list(parsed.faults) or _together(parsed.row, parsed.values, sheet.mapping)
            if faults:
                sheet.faults[parsed.row] = faults
                continue
            past = _past(parsed.values)
            if past.key in seen:
                sheet.repeated += 1
                continue
            seen.add(past.key)
            sheet.rows.append(past)
    return sheet


def _together(row: int, values: Mapping[str, Any], mapping: Mapping[str, str]) -> list[CellFault]:
    sent, replied = _span(values)
    if replied >= sent:
        return []
    shown = replied.isoformat(sep=" ")
    reason, remedy = _("答复早于来信"), _("请核对两个时间")
    return [CellFault(row, mapping.get("replied_at", ""), shown, reason, remedy)]


def _span(values: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Both moments. A day without clock time may be the day of the other moment: then the two are told apart by days only."""
    sent: Moment = values["sent_at"]
    replied: Moment = values["replied_at"]
    if "day" in {sent.precision, replied.precision} and 0 <= (sent.at - replied.at).total_seconds() < 86_400:
        return sent.at, sent.at
    return sent.at, replied.at


def _past(values: Mapping[str, Any]) -> Past:
    sent, replied = _span(values)
    by_day = "day" in {values["sent_at"].precision, values["replied_at"].precision}
    plain = [str(values.get(field, "")) for field in ("id", "user", "title", "text", "reply")]
    digest = msgspec.json.encode([*plain, sent.isoformat(), replied.isoformat()])
    # Keyed: a short text must not be found again by trying.
    mark = hmac.new(settings.SECRET_KEY.encode(), digest, hashlib.sha256).hexdigest()[:40]
    return Past(
        key=f"row:{mark}",
        opened=sent,
        answered=replied,
        text=values["text"],
        answer=values["reply"],
        title=values.get("title", ""),
        user=values.get("user", ""),
        precision="day" if by_day else "second",
    )


def write_faults(path: Path, sheet: Sheet, out: Path) -> None:
    """The error file: the same sheet with the row's number, what is wrong and how to mend it."""
    with read_table(path) as table, out.open("wb") as stream:
        write_error_file(stream, table, sheet.faults, whole=True)
