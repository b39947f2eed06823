"""The facts of patrols and joint checks. Subjects ``route:<code>``, ``walk:<slot>``, ``check:<slot>``; level 1; none carries a person: who
walks has a seat in the slot, and a passing tells of the round."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from baodao.ledger.registry import Code, Date, kind

Micro = Annotated[int, msgspec.Meta(ge=-180_000_000, le=180_000_000)]


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point of a route: where it hangs (grid, degrees × 10⁶), and the mark of its QR code. Its name is text ``p<n>``."""

    n: int
    mark: Code
    place: Code = ""
    lon: Micro = 0
    lat: Micro = 0


@kind("patrol.planned", v=1)
class Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A route, whole: ``form`` points (any order), line (in order), area (each grid of ``org``); rounds as "22:00-06:00"."""

    form: Literal["points", "line", "area"]
    rounds: tuple[Code, ...]
    points: tuple[Point, ...]


@kind("patrol.closed", v=1)
class Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The route is walked no more."""


@kind("patrol.passed", v=1)
class Passed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The round (``about`` its route) passed a point, by somebody's own act there: the code scanned, or the button."""

    point: int
    how: Literal["code", "button"]


@kind("patrol.found", v=1)
class Found(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something at a point (0: between two) became a matter (``about``)."""

    point: int


@kind("check.opened", v=1)
class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A joint check of one place by these departments. Texts ``title``, ``address``. ``seal``: SHA-256 of the code by which the place rates,
    ``day`` the local day of the visit."""

    orgs: tuple[Code, ...]
    seal: Code
    day: Date


@kind("check.joined", v=1)
class Joined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` comes along in place of a visit of its own."""


@kind("check.found", v=1)
class CheckFound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something found became a matter (``about``)."""


@kind("check.rated", v=1)
class Rated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The place used its code; how it rated is ``gather.rated``, level 3."""
