"""Where a thing stands in a TOML file: `tomllib` gives values, this gives lines; a tree of nodes has both.

The scanner runs only over text that `tomllib` has accepted, so it need not judge, only walk.
"""

from __future__ import annotations

import bisect
import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Key = str | int
KeyPath = tuple[Key, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_LONG = re.compile(r'"""(?:\\.|(?!""").)*"{3,5}|\'\'\'(?:(?!\'\'\').)*\'{3,5}', re.S)
_SHORT = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'')


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file; `source` is the file's own default of `source`, "" when it names none."""

    file: Path
    line: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its spot. `value` is a scalar, a dict of nodes or a list of nodes."""

    value: Any
    spot: Spot

    @property
    def name(self) -> str:
        """The `name` of a named table, else ""."""
        inner = self.value.get("name") if isinstance(self.value, dict) else None
        return inner.value if isinstance(inner, Node) and isinstance(inner.value, str) else ""


class _Scanner:
    """Walks one TOML text and notes the line at which each key path begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ends = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[KeyPath, int] = {}
        self.arrays: dict[KeyPath, int] = {}

    def run(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, bisect.bisect_left(self.ends, self.at) + 1)

    def _header(self) -> KeyPath:
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self._keys()
        self.at, back = start, self.text.index("]", self.at) + (2 if many else 1)
        path: KeyPath = ()
        for place, key in enumerate(keys):
            path += (key,)
            if many and place == len(keys) - 1:
                self._note(path)
                self.arrays[path] = self.arrays.get(path, 0) + 1
            if path in self.arrays:
                path += (self.arrays[path] - 1,)
            self._note(path)
        self.at = back
        return path

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            found = _SHORT.match(self.text, self.at) or _BARE.match(self.text, self.at)
            assert found is not None, "tomllib has accepted this key"
            word = found.group()
            keys.append(tomllib.loads(f"k={word}")["k"] if word[0] in "\"'" else word)
            self.at = found.end()
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _pair(self, table: KeyPath) -> None:
        start = self.at
        keys = self._keys()
        after = self.at
        self.at = start
        path = table
        for key in keys:
            path += (key,)
            self._note(path)
        self.at = after + 1
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        self._note(path)
        first = self.text[self.at]
        if first == "[":
            self._members(path, "]")
        elif first == "{":
            self._members(path, "}")
        elif first in "\"'":
            found = _LONG.match(self.text, self.at) or _SHORT.match(self.text, self.at)
            assert found is not None, "tomllib has accepted this string"
            self.at = found.end()
        else:
            self._skip(_SCALAR)

    def _members(self, path: KeyPath, close: str) -> None:
        self.at += 1
        count = 0
        while self.text[self._skip(_BLANK)] != close:
            if close == "]":
                self._value((*path, count))
            else:
                self._pair(path)
            count += 1
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1


def lines_of(text: str) -> dict[KeyPath, int]:
    """The 1-based line of each key path of a TOML text that `tomllib` has accepted."""
    return _Scanner(text).run()


@functools.lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """Values and lines of a text, wherever it lies."""
    return tomllib.loads(text), lines_of(text)


def read_nodes(file: Path) -> Node:
    """One file as a tree of nodes. OSError, UnicodeDecodeError and tomllib.TOMLDecodeError go through."""
    return _nodes(file, file.read_text(encoding="utf-8").replace("\r\n", "\n"))


@functools.lru_cache(maxsize=256)
def _nodes(file: Path, text: str) -> Node:
    """The tree of a text: districts over one base share its nodes, which nobody changes."""
    data, lines = _parsed(text)
    source = data.get("source", "")
    default = source if isinstance(source, str) else ""

    def build(value: Any, path: KeyPath, line: int) -> Node:
        line = lines.get(path, line)
        spot = Spot(file, line, default)
        if isinstance(value, dict):
            return Node({key: build(inner, (*path, key), line) for key, inner in value.items()}, spot)
        if isinstance(value, list):
            return Node([build(inner, (*path, place), line) for place, inner in enumerate(value)], spot)
        return Node(value, spot)

    return build(data, (), 1)


def plain(node: Node) -> Any:
    """The bare value: dicts, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(inner) for key, inner in node.value.items()}
    if isinstance(node.value, list):
        return [plain(inner) for inner in node.value]
    return node.value


def step(node: Node, key: Key) -> Node | None:
    """One step down: a key of a table, a place or the `name` of a list's table; None when there is none."""
    if isinstance(node.value, dict):
        inner = node.value.get(key)
        return inner if isinstance(inner, Node) else None
    if isinstance(node.value, list):
        if isinstance(key, int):
            return node.value[key] if key < len(node.value) else None
        return next((inner for inner in node.value if inner.name == key), None)
    return None


def deepest(root: Node, path: KeyPath) -> Node:
    """The deepest node on this path that exists: a missing key is reported where its table stands."""
    node = root
    for key in path:
        inner = step(node, key)
        if inner is None:
            return node
        node = inner
    return node


def spell(root: Node, path: KeyPath) -> str:
    """The path as a person writes it: `procedure.request.action[answer].who`."""
    out, node = "", root
    for key in path:
        inner = step(node, key) if node is not None else None
        if node is not None and isinstance(node.value, list):
            out += f"[{(inner.name if inner else '') or key}]"
        else:
            out += f".{key}" if out else str(key)
        node = inner  # type: ignore[assignment]  # beyond the tree the rest is spelled as given
    return out
