"""Kinds of facts: typed Structs registered by their app. Within a kind only optional fields are added; else a new version and an upcast.

Codes only: a `str` field must be `Code`, `Ref`, `Date` or `Moment`, so that no free text can enter a fact.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec

from baodao.kernel.lean import lean

# A word of a closed vocabulary, a digest, a reference. Chinese is allowed only where a pack's code is Chinese: never sentences.
Code = Annotated[str, msgspec.Meta(pattern=r"^[\w.\-:/+]{0,80}$", max_length=80)]
Ref = Annotated[str, msgspec.Meta(pattern=r"^[\w.\-:/@]{0,120}$", max_length=120)]
Date = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
# A length of time in whole seconds; a measure may take it rounded to two digits, by its name with `_2`.
Seconds = Annotated[int, msgspec.Meta(ge=0, extra={"unit": "second"})]

S = TypeVar("S", bound=type[msgspec.Struct])


class Kind(msgspec.Struct, frozen=True):
    """A registered kind: its name, present version, Struct and the unit of `value` ("" = no value)."""

    name: str
    v: int
    struct: type[msgspec.Struct]
    unit: str
    upcasts: dict[int, Callable[[dict[str, Any]], dict[str, Any]]]


_kinds: dict[str, Kind] = {}
_by_struct: dict[type[msgspec.Struct], Kind] = {}


def kind(
    name: str,
    v: int = 1,
    *,
    unit: str = "",
    upcasts: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] | None = None,
) -> Callable[[S], S]:
    """Register a Struct as the present version of a fact kind. Raises TypeError when a field could hold free text or a float."""

    def decorate(struct: S) -> S:
        _refuse_free_text(name, struct)
        held = _kinds.get(name)
        if held is not None and held.struct.__qualname__ != struct.__qualname__:
            raise TypeError(f"fact kind {name} is registered twice")
        made = Kind(name, v, struct, unit, upcasts or {})
        missing = [old for old in range(1, v) if old not in made.upcasts]
        if missing:
            raise TypeError(f"fact kind {name}: no upcast from version {missing}")
        _kinds[name] = made
        _by_struct[struct] = made
        return struct

    return decorate


def _refuse_free_text(name: str, struct: type[msgspec.Struct]) -> None:
    from msgspec import inspect

    def walk(node: Any, where: str) -> None:
        if isinstance(node, inspect.StrType) and node.pattern is None:
            raise TypeError(
                f"fact kind {name}.{where}: a str field must be Code, Ref, Date or Moment (texts go to content)"
            )
        if isinstance(node, (inspect.FloatType, inspect.AnyType, inspect.DecimalType)):
            raise TypeError(f"fact kind {name}.{where}: {type(node).__name__} is not allowed in a fact")
        for attribute in ("item_type", "key_type", "value_type", "type"):
            child = getattr(node, attribute, None)
            if child is not None:
                walk(child, where)
        for child in getattr(node, "item_types", ()) or getattr(node, "types", ()):
            walk(child, where)
        for field in getattr(node, "fields", ()):
            walk(field.type, f"{where}.{field.name}" if where else field.name)

    walk(inspect.type_info(struct), "")


def kind_of(data: msgspec.Struct) -> Kind:
    """The kind of a Struct instance; KeyError if its class was never registered."""
    return _by_struct[type(data)]


def kind_named(name: str) -> Kind:
    """The kind by name; KeyError if no app registered it."""
    return _kinds[name]


def kinds() -> list[Kind]:
    """All kinds by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def encode(data: msgspec.Struct) -> str:
    """Canonical JSON of a fact's data: keys sorted, no spaces, what is as usual (the field's default) left out. Validated against
    its own type first. A default never changes: facts rest on it."""
    msgspec.convert(msgspec.to_builtins(data), type(data))
    return msgspec.json.encode(lean(data), order="sorted").decode()


def decode(name: str, v: int, text: str) -> msgspec.Struct:
    """The Struct of a stored fact, upcast to the present version."""
    held = _kinds[name]
    if v == held.v:
        return msgspec.json.decode(text, type=held.struct)
    plain = msgspec.json.decode(text)
    for old in range(v, held.v):
        plain = held.upcasts[old](plain)
    return msgspec.convert(plain, held.struct)
