"""What orgs asks of places for the areas of posts: what lies where, by codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from baodao.orgs.areas.ports import Ground, set_ground

from .selectors import EPOCH, grid, grids_on


def homes(codes: Iterable[str], day: date) -> Mapping[str, str]:
    """Grid → its community, of those in force on a day. No statement."""
    found = ((code, grid(code)) for code in codes)
    return {code: ref.org for code, ref in found if ref is not None and ref.at(day)}


set_ground(Ground(homes=homes, grids=grids_on, epoch=EPOCH))
