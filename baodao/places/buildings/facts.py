"""The facts of buildings and compounds. Names and addresses lie in content (slots ``name``, ``address``)."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, kind


@kind("building.recorded", v=1)
class BuildingRecorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``building:<code>``, place its grid: how it stands from ``since`` on. Codes may be empty; ``units`` and
    ``storeys`` are null where nobody knows, ``lon``/``lat`` in 1e-6 degrees (WGS-84)."""

    since: Date
    grid: Code
    compound: Code
    team: Code
    units: int | None = None
    storeys: int | None = None
    lon: int | None = None
    lat: int | None = None


@kind("building.ended", v=1)
class BuildingEnded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``building:<code>``: ``until`` is the first day without it."""

    until: Date


@kind("compound.recorded", v=1)
class CompoundRecorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``compound:<code>``: how it stands from ``since`` on; ``property`` and ``owners`` are organizations, or
    empty."""

    since: Date
    org: Code
    team: Code
    property: Code
    owners: Code


@kind("compound.ended", v=1)
class CompoundEnded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Subject ``compound:<code>``: ``until`` is the first day without it."""

    until: Date
