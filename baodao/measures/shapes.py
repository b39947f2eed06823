"""Fields of a fact kind, as a condition may name them.

A length of time (`ledger.registry.Seconds`, and the column ``value`` where its unit is the second) has a second name, with `_2`: rounded
to two significant digits.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import msgspec
from msgspec import inspect

from baodao.kernel.lean import usuals
from baodao.ledger.registry import kind_named

Shape = Literal["text", "int", "bool", "any", "table"]


@cache
def shape(kind: str, path: str) -> Shape | None:
    """What a field holds; None when there is no such field. `kind` is registered."""
    if exact(kind, path):
        return "int"
    return _walk(inspect.type_info(kind_named(kind).struct), path.split("."))


@cache
def exact(kind: str, path: str) -> str:
    """The length of time that `path` names rounded ("worked" for "worked_2"); "" when it names nothing of the kind."""
    name = path.removesuffix("_2")
    if path == "value_2":
        return name if kind_named(kind).unit == "second" else ""
    held = {one.encode_name: one.type for one in msgspec.structs.fields(kind_named(kind).struct)}
    return name if name != path and name in held and _is_time(inspect.type_info(held[name])) else ""


def _is_time(node: Any) -> bool:
    if isinstance(node, inspect.UnionType):
        return any(_is_time(one) for one in node.types)
    return isinstance(node, inspect.Metadata) and (node.extra or {}).get("unit") == "second"


@cache
def usual(kind: str, path: str) -> Any:
    """What a field says when a fact leaves it out; None when it says nothing."""
    *above, last = path.split(".")
    struct = _struct(inspect.type_info(kind_named(kind).struct), above)
    held = {name: default for _field, name, default in usuals(struct)} if struct else {}
    default = held.get(last)
    return None if default is msgspec.NODEFAULT else default


def _struct(node: Any, path: list[str]) -> type[msgspec.Struct] | None:
    """The struct at the end of a path through structs and tables."""
    if isinstance(node, inspect.Metadata):
        return _struct(node.type, path)
    if isinstance(node, inspect.DictType):
        return _struct(node.value_type, path[1:]) if path else None
    if not isinstance(node, inspect.StructType):
        return None
    held = {field.encode_name: field.type for field in node.fields}
    return _struct(held[path[0]], path[1:]) if path and path[0] in held else (None if path else node.cls)


@cache
def fields(kind: str) -> tuple[str, ...]:
    """Names of the fields at the top."""
    return kind_named(kind).struct.__struct_fields__


def _walk(node: Any, path: list[str]) -> Shape | None:
    if isinstance(node, inspect.Metadata):
        return _walk(node.type, path)
    if isinstance(node, inspect.UnionType):
        kinds = [one for one in node.types if not isinstance(one, inspect.NoneType)]
        return _walk(kinds[0], path) if len(kinds) == 1 else ("any" if not path else None)
    if isinstance(node, inspect.StructType):
        held = {field.encode_name: field.type for field in node.fields}
        if not path:
            return "table"
        return _walk(held[path[0]], path[1:]) if path[0] in held else None
    if isinstance(node, inspect.DictType):
        return _walk(node.value_type, path[1:]) if path else "table"
    if path:
        return None
    if isinstance(node, inspect.BoolType):
        return "bool"
    if isinstance(node, inspect.IntType):
        return "int"
    return "text" if isinstance(node, inspect.StrType | inspect.LiteralType) else "table"
