"""The port by which places says what lies where: orgs knows codes only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from msgspec import Struct


class Ground(Struct, frozen=True):
    """``homes(codes, day)``: grid → its community, of grids in force; ``grids(org, day)``: grids for whose ground an organization
    or one below it answers, old ones by where they lie today; ``epoch``: name of what counts their changes."""

    homes: Callable[[Iterable[str], date], Mapping[str, str]] = lambda codes, day: {}
    grids: Callable[[str, date], Iterable[str]] = lambda org, day: ()
    epoch: str = ""


_ground = Ground()


def set_ground(ground: Ground) -> None:
    """Called once by places."""
    global _ground
    _ground = ground


def ground() -> Ground:
    """What was set."""
    return _ground
