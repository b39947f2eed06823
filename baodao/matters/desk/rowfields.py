"""The form of fields that hold rows, and money as people type it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from baodao.kernel.typed import whole_number
from baodao.matters import rows
from baodao.matters.declare import Procedure
from baodao.orgs.selectors import today


def rows_of(procedure: Procedure, declared: str) -> dict[str, Any]:
    """What a field that holds rows asks for, cell by cell."""
    kind = rows.kind_of(declared)[0]
    if kind == rows.SCORES:
        sheet = rows.sheet_of(procedure, declared)
        return {"items": tuple((item.name, item.title, item.most) for item in sheet.items)}
    if kind not in (rows.TABLE, rows.PLAN):
        return {}
    table = rows.table_of(procedure, declared)
    columns = tuple(
        (
            one.name,
            one.title,
            one.kind,
            one.optional,
            tuple((code, procedure.word(f"value.{code}")) for code in one.options),
        )
        for one in table.columns
    )
    return {"columns": columns, "most": table.most}


def sample_rows(procedure: Procedure, declared: str) -> Any:
    asked = rows_of(procedure, declared)
    if "items" in asked:
        return {item: 0 for item, _title, _most in asked["items"]}
    plain = {"int": 1, "money": 1, "date": str(today()), "bool": True}
    return [
        {
            name: choices[0][0] if choices else plain.get(kind, "……")
            for name, _t, kind, _o, choices in asked["columns"]
        }
    ]


def typed_rows(name: str, posted: Mapping[str, str], *, scores: bool) -> Any:
    """Rows as `matters.rows` reads them, from ``name.<row>.<column>``; a score sheet from ``name.<item>``. Money columns are
    typed in yuan (``name.<row>.<column>.yuan``)."""
    own = {key[len(name) + 1 :]: value.strip() for key, value in posted.items() if key.startswith(f"{name}.")}
    if scores:
        return {key: value for key, value in own.items() if value}
    found: dict[int, dict[str, str]] = {}
    for key, value in own.items():
        row, _dot, column = key.partition(".")
        if (n := whole_number(row)) is not None and value:
            yuan = column.endswith(".yuan")
            found.setdefault(n, {})[column.removesuffix(".yuan")] = fen_of(value) if yuan else value
    return [found[row] for row in sorted(found)]


def fen_of(value: str) -> str:
    """Yuan as typed ("1,200.50") in fen; anything else as it is: the verb says what is wrong with it."""
    typed = value.replace(",", "").replace("，", "")
    if not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", typed):
        return value
    yuan, _point, part = typed.partition(".")
    return str(int(yuan) * 100 + int(part.ljust(2, "0") or 0))
