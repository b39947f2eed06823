"""The facts of devices. Subject ``device:<code>``, place: its grid. Texts (slots ``name``, ``address``, ``basis``) come
with each of the first two. Points are in millionths of a degree, WGS-84."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("device.registered", v=1)
class Registered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known of it; ``keeper`` is the post to ask about it."""

    org: Code
    kind: Code
    purpose: Code
    sign: Code
    state: Code
    since: Date
    keeper: Code = ""
    lon: int | None = None
    lat: int | None = None


@kind("device.changed", v=1)
class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same, anew: what was said before holds no longer."""

    org: Code
    kind: Code
    purpose: Code
    sign: Code
    state: Code
    since: Date
    keeper: Code = ""
    lon: int | None = None
    lat: int | None = None


@kind("device.marked", v=1)
class Marked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It works, is broken, is muted (its alerts go to nobody) or was taken down."""

    state: Code
