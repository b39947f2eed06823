"""The matrix of rights as rows to print: for the command, the desk page and the spreadsheet."""

from typing import Any

from .rights import matrix
from .selectors import post_kinds
from .words import level_words, reach_words, right_words

HEADER = ("岗位", "Post", "right", "权限", "Right", "范围", "Reach", "level", "最高看到", "Up to", "declared")


def rows_of(pack: str) -> list[tuple[Any, ...]]:
    """One row a line of the matrix, columns as ``HEADER``. ``level`` is what is opened, ``declared`` what
    the pack says."""
    words = right_words(pack)
    rows: list[tuple[Any, ...]] = []
    for line in matrix(dict(post_kinds(pack))):
        reach, level = reach_words(line.reach), level_words(line.level)
        named = words.get(line.right)
        rows.append(
            (
                line.title,
                line.title_en,
                line.right,
                named.zh if named else line.right,
                named.en if named else line.right,
                reach.zh,
                reach.en,
                line.level,
                level.zh,
                level.en,
                line.declared,
            )
        )
    return rows
