"""Fields of a fact kind, as a condition may name them."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from msgspec import inspect

from baodao.ledger.registry import kind_named

Shape = Literal["text", "int", "bool", "any", "table"]


@cache
def shape(kind: str, path: str) -> Shape | None:
    """What a field holds; None when there is no such field. `kind` is registered."""
    return _walk(inspect.type_info(kind_named(kind).struct), path.split("."))


@cache
def fields(kind: str) -> tuple[str, ...]:
    """Names of the fields at the top."""
    return kind_named(kind).struct.__struct_fields__


def _walk(node: Any, path: list[str]) -> Shape | None:
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
