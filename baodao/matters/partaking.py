"""Whoever called takes part: what a post may do about matters of her office she may do, up to level 2, about those that she
herself called, and read them. So a draft that its words lift to level 2 is not lost to the one who wrote it.

What units may do at level 2 on their legs stays with the packs: some posts are called to open matters alone."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from baodao.kernel.declare.sections import register_section
from baodao.orgs.declare import IMPLICIT, Grant, PostKind, Right, beside

from .project import PART_LEVEL

READ = "matter.read"
#: Beginning and bringing in are no acts on a matter that is there.
BEGINNINGS = ("open", "import")


def give(read: dict[str, dict[str, Any]]) -> None:
    """Beside each line that reaches a procedure's matters of the own office (or below) one that reaches, by name, those that this
    post called. Run once all lines of a pack are read."""
    procedures = read.get("procedure", {})
    posts: dict[str, PostKind] = read.get("post", {})
    for code, kind in posts.items():
        if code not in IMPLICIT:
            lines = tuple(Right(right, "named", PART_LEVEL) for right in _called(kind, set(procedures)))
            posts[code] = replace(kind, rights=beside(kind.rights, lines))


def _called(kind: PostKind, procedures: set[str]) -> dict[str, None]:
    found: dict[str, None] = {}
    for line in kind.rights:
        head, _dot, tail = line.right.partition(".")
        acts = head in procedures and tail not in BEGINNINGS
        if line.reach in ("own", "below") and line.level >= 1 and (acts or line.right == READ):
            found.setdefault(line.right)
    return found


# After the grants were given: they are lines of posts like all others.
register_section("grant", Grant, finish=give)
