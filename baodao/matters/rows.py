"""Fields that hold rows: a table, a score sheet, a plan of milestones. How they are filled, and what they say. Pure.

A row field ``tools`` is kept as one code for each cell, ``tools.<row>.<column>`` (rows count from 1), a text cell as the text
of that name; a score sheet as ``merit.<item>``. Totals are computed, never stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.jinja import day
from baodao.kernel.typed import day_in, whole_number

from .declare import Action, Column, Criterion, Procedure, ScoreSheet, Table

TABLE, SCORES, PLAN, REACHED = "table", "scores", "milestones", "milestone"
#: Types of fields that hold rows.
TYPES = (TABLE, SCORES, PLAN)
CELL_MAX = 200
MOST_MILESTONES = 12
TRUE = ("true", "1", "on", "yes")


class Grid(Struct, frozen=True):
    """Rows in words: heading, cells, and a last line of totals (empty where nothing is added up)."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] = ()


def kind_of(declared: str) -> tuple[str, str]:
    """(type, name of what it is declared by) of a field's type: "table:tools?" → ("table", "tools")."""
    kind, _sep, name = declared.rstrip("?").partition(":")
    return kind, name


def row_fields(action: Action) -> list[str]:
    """The fields of an action that hold rows."""
    return [name for name, declared in action.fields.items() if kind_of(declared)[0] in TYPES]


def table_of(procedure: Procedure, declared: str) -> Table:
    """The table that a field's type means; the plan of milestones is a table that needs no declaration."""
    kind, name = kind_of(declared)
    if kind == PLAN:
        columns = (Column("title", _("节点"), "text"), Column("by", _("到哪天"), "date"))
        return Table("milestones", _("节点计划"), columns, MOST_MILESTONES)
    return next((row for row in procedure.tables if row.name == name), Table(name, name, ()))


def sheet_of(procedure: Procedure, declared: str) -> ScoreSheet:
    """The score sheet that a field's type means."""
    name = kind_of(declared)[1]
    return next((row for row in procedure.score_sheets if row.name == name), ScoreSheet(name, name, ()))


# ── filling ─────────────────────────────────────────────────────────────────────────────────────────────


def read(
    procedure: Procedure, declared: str, name: str, given: Any
) -> tuple[dict[str, str | int | bool], dict[str, str]]:
    """Codes and texts of a filled field. ``given``: rows as [{column: value}], a score sheet as {item: points}. Raises
    ValueError (reason, remedy) that names row and column."""
    if kind_of(declared)[0] == SCORES:
        return _read_scores(sheet_of(procedure, declared), name, given), {}
    return _read_table(procedure, table_of(procedure, declared), name, given)


def _read_scores(sheet: ScoreSheet, name: str, given: Any) -> dict[str, str | int | bool]:
    rows = given if isinstance(given, Mapping) else {}
    known = {item.name: item for item in sheet.items}
    found: dict[str, str | int | bool] = {}
    for key, value in rows.items():
        item = known.get(key)
        if item is None:
            raise ValueError(_("评分表里没有这一项：%(item)s") % {"item": key}, _("请按评分表逐项填"))
        if isinstance(value, bool) or not re.fullmatch(r"\d{1,3}", str(value)) or int(value) > item.most:
            told = {"item": item.title, "most": item.most}
            raise ValueError(_("“%(item)s”是 0 到 %(most)d 分") % told, _("请填 0 到 %(most)d 的整数") % told)
        found[f"{name}.{key}"] = int(value)
    missing = [item.title for key, item in known.items() if key not in rows]
    if missing:
        raise ValueError(_("还没有打分：%(items)s") % {"items": "、".join(missing[:5])}, _("请逐项打分"))
    return found


def _read_table(
    procedure: Procedure, table: Table, name: str, given: Any
) -> tuple[dict[str, str | int | bool], dict[str, str]]:
    rows = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list | tuple) else []
    rows = [row for row in rows if any(str(cell).strip() for cell in row.values())]
    if not rows:
        raise ValueError(_("至少要有一行"), _("请填写后再提交"))
    if len(rows) > table.most:
        raise ValueError(_("最多 %(most)d 行") % {"most": table.most}, _("请分两次填"))
    codes: dict[str, str | int | bool] = {}
    texts: dict[str, str] = {}
    for n, row in enumerate(rows, 1):
        for wrong in set(row) - {column.name for column in table.columns}:
            raise ValueError(_("表里没有这一列：%(column)s") % {"column": wrong}, _("请去掉这一列"))
        for column in table.columns:
            value = _cell(procedure, n, column, row.get(column.name, ""))
            if value is None:
                continue
            into: dict[str, Any] = texts if column.kind == "text" else codes
            into[f"{name}.{n}.{column.name}"] = value
    return codes, texts


def _cell(procedure: Procedure, n: int, column: Column, value: Any) -> str | int | bool | None:
    """One cell; None for one that stays empty."""
    typed = str(value).strip()
    if column.kind == "bool":
        return typed.lower() in TRUE
    if not typed:
        if column.optional:
            return None
        raise ValueError(
            _("第 %(n)d 行没有填“%(column)s”") % {"n": n, "column": column.title},
            _("请填好这一格，或把整行清空"),
        )
    remedy = ""
    if column.kind == "text":
        if len(typed) <= CELL_MAX and "\x00" not in typed:
            return typed
        remedy = _("请写在 %(most)d 字以内") % {"most": CELL_MAX}
    elif column.kind in ("int", "money"):
        if re.fullmatch(r"\d{1,12}", typed):
            return int(typed)
        remedy = _("请只用数字")
    elif column.kind == "date":
        if (day := day_in(typed)) is not None:
            return day.isoformat()
        remedy = _("请写成 2026-03-05 这样")
    elif typed in column.options:
        return typed
    else:
        words = "、".join(procedure.word(f"value.{option}") for option in column.options)
        remedy = _("请选：%(words)s") % {"words": words}
    raise ValueError(_("第 %(n)d 行的“%(column)s”不对") % {"n": n, "column": column.title}, remedy)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────


def numbers(name: str, codes: Mapping[str, Any], texts: Mapping[str, Any]) -> list[int]:
    """The numbers of the rows that were filled."""
    heads = {
        key.split(".")[1] for key in (*codes, *texts) if key.startswith(f"{name}.") and key.count(".") == 2
    }
    return sorted(n for head in heads if (n := whole_number(head)) is not None)


def scores_total(name: str, codes: Mapping[str, Any]) -> int | None:
    """The points of a score sheet in all; None where it was not filled."""
    found = [value for key, value in codes.items() if key.startswith(f"{name}.") and isinstance(value, int)]
    return sum(found) if found else None


def grid(
    procedure: Procedure, declared: str, name: str, codes: Mapping[str, Any], texts: Mapping[str, str]
) -> Grid:
    """A filled field as rows of words."""
    if kind_of(declared)[0] == SCORES:
        sheet = sheet_of(procedure, declared)
        scored = tuple(
            (item.title, str(codes.get(f"{name}.{item.name}", "—")), str(item.most)) for item in sheet.items
        )
        most = sum(item.most for item in sheet.items)
        total = (_("合计"), str(scores_total(name, codes) or 0), str(most))
        return Grid(sheet.title, (_("评什么"), _("得分"), _("满分")), scored, total)
    table, every = table_of(procedure, declared), numbers(name, codes, texts)
    rows = tuple(
        tuple(_words(procedure, column, _kept(name, n, column, codes, texts)) for column in table.columns)
        for n in every
    )
    sums = [_sum(name, column, every, codes) for column in table.columns]
    foot = tuple(sums) if any(sums) else ()
    if foot and not foot[0]:
        foot = (_("合计"), *foot[1:])
    return Grid(table.title, tuple(column.title for column in table.columns), rows, foot)


def _kept(name: str, n: int, column: Column, codes: Mapping[str, Any], texts: Mapping[str, str]) -> Any:
    key = f"{name}.{n}.{column.name}"
    return texts.get(key) if column.kind == "text" else codes.get(key)


def _words(procedure: Procedure, column: Column, value: Any) -> str:
    if value is None:
        return "—"
    if column.kind == "money":
        return f"{int(value) / 100:,.2f}"
    if column.kind == "date":
        return day(date.fromisoformat(str(value)))
    if column.kind == "bool":
        return _("是") if value else _("否")
    return procedure.word(f"value.{value}") if column.options else str(value)


def _sum(name: str, column: Column, every: list[int], codes: Mapping[str, Any]) -> str:
    if column.kind not in ("int", "money"):
        return ""
    total = sum(int(codes.get(f"{name}.{n}.{column.name}") or 0) for n in every)
    return f"{total / 100:,.2f}" if column.kind == "money" else str(total)


def words(
    procedure: Procedure, declared: str, name: str, codes: Mapping[str, Any], texts: Mapping[str, str]
) -> str:
    """How a filled field comes out in a sentence."""
    kind, _name = kind_of(declared)
    if kind == SCORES:
        return _("%(n)d 分") % {"n": scores_total(name, codes) or 0}
    found = grid(procedure, declared, name, codes, texts)
    if kind == PLAN:
        last = found.rows[-1][1] if found.rows else "—"
        return _("%(n)d 个节点，最后一个到 %(day)s") % {"n": len(found.rows), "day": last}
    firsts = "、".join(row[0] for row in found.rows[:5] if row)
    return (
        firsts
        if len(found.rows) <= 5
        else _("%(words)s等 %(n)d 项") % {"words": firsts, "n": len(found.rows)}
    )


def lines(
    procedure: Procedure, declared: str, name: str, codes: Mapping[str, Any], texts: Mapping[str, str]
) -> str:
    """A filled field as lines, where there is no room for a table."""
    found = grid(procedure, declared, name, codes, texts)
    rows = [*found.rows, *([found.foot] if found.foot else [])]
    return "\n".join(" · ".join(cell for cell in row if cell) for row in rows)


def planned(procedure: Procedure, trail: Any) -> dict[str, str]:
    """Row number → day of the latest plan of milestones in a matter's trail."""
    found: dict[str, str] = {}
    for line in trail:
        action = procedure.action(line.action)
        for name, declared in action.fields.items() if action is not None else ():
            if kind_of(declared)[0] == PLAN and f"{line.fact}.{line.action}" == action.reference:  # type: ignore[union-attr]
                rows = {
                    str(n): str(line.fields.get(f"{name}.{n}.by", "")) for n in numbers(name, line.fields, {})
                }
                found = rows or found
    return found


__all__ = [
    "PLAN",
    "REACHED",
    "SCORES",
    "TABLE",
    "TYPES",
    "Criterion",
    "Grid",
    "grid",
    "kind_of",
    "lines",
    "numbers",
    "planned",
    "read",
    "row_fields",
    "scores_total",
    "sheet_of",
    "table_of",
    "words",
]
