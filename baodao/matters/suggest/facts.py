"""The one fact of this room: what people chose when something was suggested. Codes only."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from baodao.ledger.registry import Code, kind

What = Literal["category", "department", "duty", "duplicate"]


@kind("suggestion.chosen")
class Chosen(Struct, frozen=True, forbid_unknown_fields=True):
    """Subject: the matter. ``model``: digest of the model that suggested ("" for rules); ``offered`` in the order
    shown; ``chosen``: one of them, or "" for none of them. A duty item is ``<org>:<item>``."""

    what: What
    model: Code
    offered: tuple[Code, ...]
    chosen: Code = ""
