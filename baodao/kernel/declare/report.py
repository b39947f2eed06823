"""Located faults: file, line, key, reason, remedy and the nearest right name; all, not just the first."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault

from .located import KeyPath, Node, deepest, spell


class Located(Fault, frozen=True):
    """A fault of a declaration. `field` is the key as a person writes it; `line` is 1-based, 0 for a whole
    file or folder; `nearest` the nearest right name or ""; `code` a short stable word for the kind."""

    file: str = ""
    line: int = 0
    nearest: str = ""
    code: str = "declaration"

    def as_line(self) -> str:
        """`fuling/request.toml:12 procedure.request.who: reason → remedy`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        head = f"{place} {self.field}".strip()
        return f"{head}: {self.reason}" + (f" → {self.remedy}" if self.remedy else "")


class BadPack(Exception):
    """A pack that cannot be used: no fault of who asks, and so no Problem that a form shows at a field. `faults` are Located, sorted by
    file and line; pages answer 503 (`kernel.pages.mending`)."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return self.as_text()

    def as_text(self) -> str:
        """One line a fault, with file and line first."""
        rows = [fault.as_line() if isinstance(fault, Located) else fault.reason for fault in self.faults]
        return "\n".join(
            [_("这个包有 %(count)d 处要改") % {"count": len(rows)}, *("  " + row for row in rows)]
        )


def nearest(wrong: object, right: Iterable[str]) -> str:
    """The right name that looks most like the wrong one, or ""."""
    found = difflib.get_close_matches(str(wrong), list(right), 1, 0.5)
    return found[0] if found else ""


def suggest(wrong: object, right: Iterable[str], shown: int = 12) -> tuple[str, str]:
    """(nearest right name, remedy in words) for a name that is not among the right ones."""
    names = sorted(set(right))
    near = nearest(wrong, names)
    if near:
        return near, _("您是不是想写 %(name)s？") % {"name": near}
    if not names:
        return "", _("这里还没有可用的名字，请先声明。")
    listed = "、".join(names[:shown]) + ("…" if len(names) > shown else "")
    return "", _("可用的名字：%(names)s。") % {"names": listed}


class Report:
    """Collects the faults of one pack; knows its tree of nodes, so that a key path is enough to say where."""

    def __init__(self, root: Node, home: Any = None) -> None:
        self.root = root
        self.home = home
        self.faults: list[Located] = []

    def add(
        self, path: KeyPath, reason: str, remedy: str = "", *, near: str = "", code: str = "declaration"
    ) -> None:
        """A fault at this key path (names may stand for the places of named tables)."""
        self.add_at(deepest(self.root, path), path, reason, remedy, near=near, code=code)

    def add_at(
        self,
        node: Node,
        path: KeyPath,
        reason: str,
        remedy: str = "",
        *,
        near: str = "",
        code: str = "declaration",
    ) -> None:
        """The same where the node is already at hand."""
        file = node.spot.file
        shown = file.relative_to(self.home) if self.home and file.is_relative_to(self.home) else file
        field = spell(self.root, path)
        fault = Located(field, reason, remedy, file=str(shown), line=node.spot.line, nearest=near, code=code)
        if fault not in self.faults:
            self.faults.append(fault)

    def unknown(
        self, path: KeyPath, what: str, wrong: object, right: Iterable[str], *, code: str = "reference"
    ) -> None:
        """A name that nothing declares: `what` is the kind of name in words ("阶段")."""
        near, remedy = suggest(wrong, right)
        reason = _("没有叫 %(name)s 的%(what)s") % {"name": wrong, "what": what}
        self.add(path, reason, remedy, near=near, code=code)

    def sorted(self) -> Sequence[Located]:
        """By file and line."""
        return sorted(self.faults, key=lambda fault: (fault.file, fault.line, fault.field))

    def close(self) -> None:
        """Raise BadPack when there is any fault."""
        if self.faults:
            raise BadPack(*self.sorted())
