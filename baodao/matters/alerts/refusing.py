"""Fields that no alert may have: found by their names, however deep, in whatever spelling. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from .declare import RefusedField

_BETWEEN = re.compile(r"[\W_]+")
#: Deeper than this nothing honest lies.
DEEPEST = 30


def plain(name: str) -> str:
    """A field's name as patterns are compared with: "Face_ID", "faceId" and "Ｆａｃｅ-id" are "faceid"."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", name).casefold())


def names_in(body: Any, depth: int = 0) -> Iterator[str]:
    """Names of all fields of a JSON value, nested ones too."""
    if depth > DEEPEST:
        return
    if isinstance(body, Mapping):
        for name, value in body.items():
            yield str(name)
            yield from names_in(value, depth + 1)
    elif isinstance(body, list | tuple):
        for value in body:
            yield from names_in(value, depth + 1)


def met(body: Any, lists: Mapping[str, RefusedField], known: frozenset[str]) -> dict[str, set[str]]:
    """List → the fields that met it. Names that the interface itself knows are let pass."""
    found: dict[str, set[str]] = {}
    patterns = {code: [plain(one) for one in row.patterns] for code, row in lists.items()}
    for name in names_in(body):
        if name in known:
            continue
        bare = plain(name)
        for code, wanted in patterns.items():
            if any(one in bare for one in wanted):
                found.setdefault(code, set()).add(name[:40])
    return found
