"""Structs as plain values, without what is as usual: a field that holds its default is left out, and comes back when it is read.

What is kept for ever (facts, answers to commands) is written so. A default therefore never changes; for facts `tests/golden/usual.json` holds it.
"""

from functools import cache
from typing import Any

import msgspec


def lean(value: Any) -> Any:
    """Structs, tables and lists of them; anything else as it is."""
    if isinstance(value, msgspec.Struct):
        said = ((name, getattr(value, field), usual) for field, name, usual in usuals(type(value)))
        return {
            name: lean(held) for name, held, usual in said if held != usual or type(held) is not type(usual)
        }
    if isinstance(value, dict):
        return {name: lean(held) for name, held in value.items()}
    return [lean(held) for held in value] if isinstance(value, list | tuple) else value


@cache
def usuals(struct: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    """(attribute, name as written, default) of each field; `msgspec.NODEFAULT` where it must be said."""
    return tuple(
        (
            one.name,
            one.encode_name,
            one.default if one.default_factory is msgspec.NODEFAULT else one.default_factory(),
        )
        for one in msgspec.structs.fields(struct)
    )
