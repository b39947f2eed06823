"""Checklists: what is to be looked at by the kind of place, how it is filled, and what it says in words.

A field ``list`` of the type ``checklist`` is given as ``{item: "ok" | "fail" | "na"}`` and kept as one code for each item,
``list.<item>``; what was seen at an item that failed is the text ``list.<item>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.matters.declare import Action, Checklist, Item, Procedure

OK, FAIL, NONE = "ok", "fail", "na"
RESULTS = (OK, FAIL, NONE)
TYPE = "checklist"
NOTE_MAX = 300


class Found(Struct, frozen=True):
    """One item that failed, and what was seen."""

    item: Item
    note: str


def field_of(action: Action) -> str:
    """The field of an action that is a checklist; "" where there is none."""
    return next((name for name, kind in action.fields.items() if kind.rstrip("?") == TYPE), "")


def read(declared: Checklist, name: str, given: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Codes and texts of a filled list. ``given``: item → result, or item → {result, note}. Raises ValueError (reason,
    remedy) for items that are missing, unknown or without a result."""
    if not declared.items:
        raise ValueError(_("这种地方还没有清单"), _("请先用 Excel 导入这种地方的清单"))
    rows = given if isinstance(given, Mapping) else {}
    wanted = {item.name: item for item in declared.items}
    codes, texts = {}, {}
    for key, row in rows.items():
        result, note = (row.get("result"), row.get("note", "")) if isinstance(row, Mapping) else (row, "")
        if key not in wanted or result not in RESULTS:
            raise ValueError(_("清单里没有这一项，或结果不对：%(item)s") % {"item": key}, _("请按清单逐项选"))
        codes[f"{name}.{key}"] = str(result)
        if result == FAIL and str(note).strip():
            texts[f"{name}.{key}"] = str(note).strip()[:NOTE_MAX]
    missing = [item.title for key, item in wanted.items() if key not in rows]
    if missing:
        raise ValueError(
            _("还没有看：%(items)s") % {"items": "、".join(missing[:5])}, _("逐项选合格、不合格或不适用")
        )
    return codes, texts


def failed(
    procedure: Procedure, kind: str, name: str, codes: Mapping[str, Any], texts: Mapping[str, str]
) -> list[Found]:
    """The items that failed, in the order of the list."""
    rows = procedure.checklist(kind).items
    return [
        Found(row, texts.get(f"{name}.{row.name}", ""))
        for row in rows
        if codes.get(f"{name}.{row.name}") == FAIL
    ]


def told(procedure: Procedure, kind: str, name: str, codes: Mapping[str, Any]) -> str:
    """How a list came out: how many items, which of them failed."""
    rows = {item.name: item.title for item in procedure.checklist(kind).items}
    results = {key[len(name) + 1 :]: value for key, value in codes.items() if key.startswith(f"{name}.")}
    bad = [rows.get(key, key) for key in rows if results.get(key) == FAIL]
    if not bad:
        return _("看了 %(n)d 项，都合格") % {"n": len(results)}
    return _("看了 %(n)d 项，%(m)d 项不合格：%(items)s") % {
        "n": len(results),
        "m": len(bad),
        "items": "；".join(bad),
    }
