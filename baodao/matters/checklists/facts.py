"""The facts of lists that a district brings in. Subject ``checklist:<organization>/<procedure>/<kind>``, held by that
organization; the words of an item lie in content."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, kind


@kind("checklist.registered")
class Registered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of the list: what sort of matter a failed one opens (``trade``), how grave, which organization mends it."""

    procedure: Code
    list: Code
    item: Code
    trade: Code = ""
    grade: Code = ""
    unit: Code = ""


@kind("checklist.ended")
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list is taken back: from here on that of the organization above holds, or the pack's."""

    procedure: Code
    list: Code
