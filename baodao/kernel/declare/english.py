"""Every Chinese text of a declaration has its English under the same path below `[english]`::

    [english.procedure.request.action.visit]
    title = "Arrange a visit"

or beside it as `<key>_en`. So a Struct keeps one text, and pages ask for it in their reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from django.utils.translation import gettext as _

from .located import KeyPath, Node, plain, step
from .report import Report, suggest
from .sections import Section

T = TypeVar("T", bound=msgspec.Struct)

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SLOT = re.compile(r"\{[a-z_]+\}")


def speak(entry: T, english: Any) -> T:
    """The same Struct with its texts replaced by those of an `[english]` table of plain values."""
    if not english:
        return entry
    data = _overlay(msgspec.to_builtins(entry), english)
    return msgspec.convert(data, type(entry))


def _overlay(value: Any, english: Any) -> Any:
    if isinstance(value, str):
        return english if isinstance(english, str) else value
    if not isinstance(english, dict):
        return value
    if isinstance(value, dict):
        return {key: _overlay(inner, english.get(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [
            _overlay(inner, english.get(inner.get("name")) if _is_named(inner) else None) for inner in value
        ]
    return value


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str)


def check_english(root: Node, folder: Path, sections: dict[str, Section], report: Report) -> None:
    """Texts without English, English without text, and slots like {org} that stand in one language only.

    English of a lower layer for what the pack in `folder` takes out is no fault of anybody."""
    english = root.value.get("english")
    texts = {
        path: node
        for name in sections
        if name in root.value
        for path, node in _texts(root.value[name], (name,))
    }
    spoken = dict(_leaves(english, ())) if english is not None else {}
    for path, node in texts.items():
        told = spoken.get(path)
        if told is not None:
            _same_slots(node, told, path, report)
        elif _CHINESE.search(node.value) and not _beside(root, path):
            table = ".".join(_quoted(key) for key in path[:-1])
            remedy = _('在 [english.%(table)s] 下写 %(key)s = "…"。') % {
                "table": table,
                "key": _quoted(path[-1]),
            }
            report.add_at(node, path, _("没有英文"), remedy, code="english")
    dotted = {_dotted(path) for path in texts}
    for path, node in spoken.items():
        if path not in texts and node.spot.file.parent == folder:
            near, remedy = suggest(_dotted(path), dotted, shown=3)
            report.add_at(node, ("english", *path), _("没有要译的中文"), remedy, near=near, code="english")


def missing_english(root: Node, sections: dict[str, Section]) -> dict[str, list[tuple[str, str]]]:
    """Dotted table below ``[english]`` → (key, Chinese text) of all that has no English yet, in the order of the files."""
    english = root.value.get("english")
    spoken = dict(_leaves(english, ())) if english is not None else {}
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sections:
        for path, node in _texts(root.value[name], (name,)) if name in root.value else ():
            if path not in spoken and _CHINESE.search(node.value) and not _beside(root, path):
                table = ".".join(_quoted(key) for key in path[:-1])
                found.setdefault(table, []).append((_quoted(path[-1]), str(node.value)))
    return found


def _same_slots(node: Node, told: Node, path: KeyPath, report: Report) -> None:
    here, there = set(_SLOT.findall(node.value)), set(_SLOT.findall(str(told.value)))
    if here != there:
        odd = "、".join(sorted(here ^ there))
        reason = _("中文和英文里的 %(slots)s 对不上") % {"slots": odd}
        report.add_at(told, ("english", *path), reason, _("两种文字用同样的花括号。"), code="slots")


def _texts(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, Node]]:
    """Strings that stand as values of keys: texts. Members of plain lists are words to match, not to read."""
    if isinstance(node.value, dict):
        for key, inner in node.value.items():
            if isinstance(inner.value, str):
                yield (*path, key), inner
            elif key != "remove":
                yield from _texts(inner, (*path, key))
    elif isinstance(node.value, list):
        for inner in node.value:
            if inner.name:
                yield from _texts(inner, (*path, inner.name))


def _leaves(node: Node, path: KeyPath) -> Iterator[tuple[KeyPath, Node]]:
    if isinstance(node.value, dict):
        for key, inner in node.value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, node


def _beside(root: Node, path: KeyPath) -> bool:
    """Has the text an `<key>_en` in its own table, or is it one?"""
    if str(path[-1]).endswith("_en"):
        return True
    node: Node | None = root
    for key in path[:-1]:
        node = step(node, key) if node is not None else None
    told = step(node, f"{path[-1]}_en") if node is not None else None
    return told is not None and bool(plain(told))


def _dotted(path: KeyPath) -> str:
    return ".".join(str(key) for key in path)


def _quoted(key: str | int) -> str:
    return str(key) if re.fullmatch(r"[A-Za-z0-9_-]+", str(key)) else f'"{key}"'
