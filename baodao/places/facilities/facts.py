"""The facts of facilities. Subject ``facility:<code>``, place: its grid. Texts (slots ``name``, ``name_en``,
``address``, ``hours``, ``phone``) come with each of the first two. Points are in millionths of a degree, WGS-84."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("facility.registered", v=1)
class Registered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of it from ``since`` on; ``keeper`` is the post that answers for it."""

    org: Code
    kind: Code
    since: Date
    functions: tuple[Code, ...] = ()
    keeper: Code = ""
    lon: int | None = None
    lat: int | None = None


@kind("facility.changed", v=1)
class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same, anew: what was said before holds no longer."""

    org: Code
    kind: Code
    since: Date
    functions: tuple[Code, ...] = ()
    keeper: Code = ""
    lon: int | None = None
    lat: int | None = None


@kind("facility.ended", v=1)
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without it."""

    until: Date
