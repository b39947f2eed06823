"""Pack sections beside procedures: plain-words templates, and words that raise a matter's level by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct, field

from baodao.kernel.declare.sections import register_section

from .terms import Level, Name


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """`[template.<name>]`: a beginning in plain words that a handler takes and changes; `for` names actions."""

    title: str
    text: str
    for_: tuple[Name, ...] = field(name="for", default=())
    """Actions on whose form it is offered; none: on every form with a text."""
    source: str = ""


class Sensitive(Struct, frozen=True, forbid_unknown_fields=True):
    """`[sensitive.<name>]`: a text with any of these words is of this level from its first keystroke; only a
    ruling lowers it."""

    title: str
    words: tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...]
    level: Level = 2
    source: str = ""


class Unasked(Struct, frozen=True, forbid_unknown_fields=True):
    """`[unasked.<name>]`: words that no item of a checklist may have, because it would be about people and not about a place;
    ``remedy`` is told to whoever wrote one."""

    title: str
    words: tuple[Annotated[str, Meta(min_length=1, max_length=20)], ...]
    remedy: str = ""
    source: str = ""


def least_level(text: str, rows: Iterable[Sensitive]) -> int:
    """The level that the words of a text ask for; 0 when it has none of them. Latin words match whole, in any
    case."""
    return max((row.level for row in rows if any(_has(text, word) for word in row.words)), default=0)


def _has(text: str, word: str) -> bool:
    if word.isascii():
        return re.search(rf"(?<![a-z]){re.escape(word.lower())}(?![a-z])", text.lower()) is not None
    return word in text


register_section("template", Template)
register_section("sensitive", Sensitive)
register_section("unasked", Unasked)
