"""Strict reading of a node as a Struct, telling all that is wrong and where; msgspec tells its first."""

from __future__ import annotations

import functools
import re
import types
import typing
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.type_words import reason_of

from .located import KeyPath, Node, plain
from .report import Report, nearest, suggest

SOURCES = ("district", "public", "assumed")
_FAILED = object()


def read_as(node: Node, struct: type[Any], path: KeyPath, report: Report) -> Any | None:
    """The Struct, or None after all faults went to the report. A missing `source` is that of its file."""
    before = len(report.faults)
    value = _read(node, struct, path, report, node.spot.source)
    if len(report.faults) > before or value is _FAILED:
        return None
    try:
        return msgspec.convert(value, struct)
    except msgspec.ValidationError as error:
        _tell(report, node, path, error, struct)
        return None


def _read(node: Node, hint: Any, path: KeyPath, report: Report, source: str) -> Any:
    """The plain value of the node with inherited sources filled in, or _FAILED."""
    hint = _choose(hint, node.value)
    origin = typing.get_origin(hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _read_struct(node, hint, path, report, source)
    if origin in (list, tuple, set, frozenset) and isinstance(node.value, list):
        inner = typing.get_args(hint)[0] if typing.get_args(hint) else Any
        return _read_list(node, inner, path, report, source)
    if origin is dict and isinstance(node.value, dict):
        return _read_dict(node, typing.get_args(hint), path, report, source)
    return _leaf(node, hint, path, report)


def _choose(hint: Any, value: Any) -> Any:
    """Of a union, the member that fits the shape of the value; Annotated containers lose their wrapping."""
    bare = typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Annotated else None
    if typing.get_origin(bare) is not None:
        return _choose(bare, value)
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        for member in typing.get_args(hint):
            root = typing.get_origin(member) or member
            struct = isinstance(root, type) and issubclass(root, msgspec.Struct)
            if isinstance(value, dict) and (root is dict or struct):
                return member
            if isinstance(value, list) and root in (list, tuple):
                return member
    return hint


def _read_struct(node: Node, struct: type[msgspec.Struct], path: KeyPath, report: Report, source: str) -> Any:
    if not isinstance(node.value, dict):
        report.add_at(
            node, path, _("这里要写一张表"), _('例如 { name = "…" }，或者 [表名] 下面逐行写。'), code="shape"
        )
        return _FAILED
    fields = _fields(struct)
    types_of = _hints(struct)
    source = _source_of(node, source)
    before = len(report.faults)
    out: dict[str, Any] = {}
    for key, inner in node.value.items():
        if key == "source" and key not in fields:
            _check_source(inner, (*path, key), report)
        elif key not in fields:
            near, remedy = suggest(key, fields)
            report.add_at(
                inner, (*path, key), _("不认识的键 %(key)s") % {"key": key}, remedy, near=near, code="key"
            )
        else:
            out[key] = _read(
                inner, types_of[fields[key].name], (*path, key), report, _down(node, inner, source)
            )
    for name, field in fields.items():
        if name == "source" and name not in out:
            out[name] = source
            _require_source(node, source, path, report)
        elif field.required and name not in node.value:
            reason = _("少了必填的键 %(key)s") % {"key": name}
            report.add_at(node, (*path, name), reason, _("请补上这一行。"), code="missing")
    if len(report.faults) > before:
        return _FAILED
    try:
        # Rules over several keys (`__post_init__`) are told at the inner table where they stand.
        msgspec.convert(out, struct)
    except msgspec.ValidationError as error:
        _tell(report, node, path, error, struct)
        return _FAILED
    return out


def _read_list(node: Node, inner: Any, path: KeyPath, report: Report, source: str) -> Any:
    out, seen = [], set()
    for place, member in enumerate(node.value):
        key = member.name or place
        if member.name and member.name in seen:
            reason = _("%(name)s 写了两次") % {"name": member.name}
            remedy = _("给其中一个换个名字，或者删掉。")
            report.add_at(member, (*path, place), reason, remedy, code="twice")
        seen.add(member.name)
        out.append(_read(member, inner, (*path, key), report, _down(node, member, source)))
    return _FAILED if any(value is _FAILED for value in out) else out


def _read_dict(node: Node, hints: tuple[Any, ...], path: KeyPath, report: Report, source: str) -> Any:
    key_hint, value_hint = hints or (str, Any)
    out = {}
    for key, inner in node.value.items():
        _leaf(Node(key, inner.spot), key_hint, (*path, key), report)
        out[key] = _read(inner, value_hint, (*path, key), report, _down(node, inner, source))
    return _FAILED if any(value is _FAILED for value in out.values()) else out


def _leaf(node: Node, hint: Any, path: KeyPath, report: Report) -> Any:
    value = plain(node)
    try:
        msgspec.convert(value, hint, strict=True)
    except msgspec.ValidationError as error:
        _tell(report, node, path, error, hint)
        return _FAILED
    return value


def _down(parent: Node, inner: Node, source: str) -> str:
    """A table written in another layer than the one around it takes the source of its own file."""
    return source if inner.spot.file == parent.spot.file else inner.spot.source


def _source_of(node: Node, inherited: str) -> str:
    own = node.value.get("source") if isinstance(node.value, dict) else None
    return own.value if own is not None and isinstance(own.value, str) else inherited


def _require_source(node: Node, source: str, path: KeyPath, report: Report) -> None:
    if source not in SOURCES:
        remedy = _(
            'source = "district" 本区定的，"public" 有公开依据，"assumed" 示例待核定；写在最前面管整个文件。'
        )
        report.add_at(node, (*path, "source"), _("没有写出处 source"), remedy, code="source")


def _check_source(node: Node, path: KeyPath, report: Report) -> None:
    if node.value not in SOURCES:
        near, remedy = suggest(node.value, SOURCES)
        report.add_at(
            node, path, _("出处不能是 %(value)s") % {"value": node.value}, remedy, near=near, code="source"
        )


@functools.cache
def _fields(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Its fields by the key that stands in a file; asked thousands of times while one pack is read."""
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


@functools.cache
def _hints(struct: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(struct, include_extras=True)


def _tell(report: Report, node: Node, path: KeyPath, error: Exception, hint: Any) -> None:
    reason, remedy, near, code = _words_of(error, plain(node), hint)
    report.add_at(node, path, reason, remedy, near=near, code=code)


def _words_of(error: Exception, value: Any, hint: Any) -> tuple[str, str, str, str]:
    """(reason, remedy, nearest, code) of a msgspec error, in the reader's language."""
    text = re.sub(r" - at `.*`$", "", str(error))
    choices = _choices(hint)
    if choices and isinstance(value, str):
        near, remedy = suggest(value, choices)
        return _("不能是 %(value)s") % {"value": value}, remedy, near, "value"
    if re.match(r"Expected `(.+)`, got `(.+)`", text):
        return reason_of(text), _("请改成这一类的值。"), "", "type"
    pattern = re.search(r"matching regex '(.*)'", text)
    if pattern:
        near = nearest(value, _alternatives(pattern.group(1)))
        reason = _("%(value)s 的写法不对") % {"value": value}
        remedy = _("要合乎这个样子：%(pattern)s") % {"pattern": pattern.group(1)}
        if near:
            remedy = _("您是不是想写 %(name)s？") % {"name": near}
        return reason, remedy, near, "pattern"
    return reason_of(text), _("请看 docs/packs.md 里这个键的说明。"), "", "value"


def _choices(hint: Any) -> tuple[str, ...]:
    if typing.get_origin(hint) is Literal:
        return tuple(str(choice) for choice in typing.get_args(hint))
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return tuple(choice for member in typing.get_args(hint) for choice in _choices(member))
    return ()


def _alternatives(pattern: str) -> list[str]:
    """The plain words among the alternatives of a closed list written as a regular expression."""
    return re.findall(r"(?<=[(|])[a-z][a-z0-9_]*(?=[|)(:\\])", pattern)
