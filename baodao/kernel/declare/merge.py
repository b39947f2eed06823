"""One pack over another: tables merge key by key, lists of named tables by `name`, the rest is replaced."""

from __future__ import annotations

from collections.abc import Callable

from .located import KeyPath, Node, step

#: Told of each name that `remove` does not find: path of the table, the name, the names there, the node.
NotFound = Callable[[KeyPath, str, list[str], Node], None]


def named(node: Node) -> bool:
    """Is this a list whose members are all tables with a `name`?"""
    return isinstance(node.value, list) and bool(node.value) and all(inner.name for inner in node.value)


def merge(base: Node, own: Node, missing: NotFound, path: KeyPath = ()) -> Node:
    """`own` over `base`; order is the base's, new names at the end. A table's `remove = ["a", "b.c"]` takes
    out what the base declares there."""
    if isinstance(base.value, dict) and isinstance(own.value, dict):
        kept = _without(base, own, missing, path)
        out = dict(kept.value)
        for key, inner in own.value.items():
            if key != "remove" or not _is_remove(inner):
                out[key] = merge(out[key], inner, missing, (*path, key)) if key in out else inner
        changed = any(_is_leaf(inner) for key, inner in own.value.items() if key not in ("name", "remove"))
        if path and changed and "source" not in own.value:
            # The layer that changes a rule answers for it: its file's source, its line.
            out.pop("source", None)
            return Node(out, own.spot)
        return Node(out, base.spot)
    if named(own) and (named(base) or base.value == []):
        known = {inner.name: inner for inner in base.value}
        for inner in own.value:
            before = known.get(inner.name)
            known[inner.name] = merge(before, inner, missing, (*path, inner.name)) if before else inner
        return Node(list(known.values()), base.spot)
    return own


def _is_leaf(node: Node) -> bool:
    return not isinstance(node.value, dict) and not named(node)


def _is_remove(node: Node) -> bool:
    return isinstance(node.value, list) and all(isinstance(inner.value, str) for inner in node.value)


def _without(base: Node, own: Node, missing: NotFound, path: KeyPath) -> Node:
    remove = own.value.get("remove")
    if remove is None or not _is_remove(remove):
        return base
    out = base
    for wanted in remove.value:
        taken = _take(out, wanted.value.split("."))
        if taken is None:
            missing((*path, "remove"), wanted.value, names_below(base), wanted)
        else:
            out = taken
    return out


def _take(node: Node, keys: list[str]) -> Node | None:
    """The node without what `keys` name, or None when that is not there."""
    inner = step(node, keys[0])
    if inner is None:
        return None
    if len(keys) > 1:
        smaller = _take(inner, keys[1:])
        if smaller is None:
            return None
        if isinstance(node.value, dict):
            return Node({**node.value, keys[0]: smaller}, node.spot)
        return Node([smaller if member is inner else member for member in node.value], node.spot)
    if isinstance(node.value, dict):
        return Node({key: member for key, member in node.value.items() if member is not inner}, node.spot)
    return Node([member for member in node.value if member is not inner], node.spot)


def names_below(node: Node) -> list[str]:
    """What `remove` may name in this table: its keys, and one step further the names of lists and tables."""
    out: list[str] = []
    for key, inner in node.value.items() if isinstance(node.value, dict) else ():
        out.append(key)
        if isinstance(inner.value, dict):
            out.extend(f"{key}.{below}" for below in inner.value)
        elif named(inner):
            out.extend(f"{key}.{member.name}" for member in inner.value)
    return out
