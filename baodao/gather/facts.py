"""The facts of gatherings: a closed set. Subject ``gather:<code>``; ``org`` convenes, ``place`` is a code of places, ``person`` the
token of whom it concerns in the kind's domain (level 2 then). Names and texts lie in content.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from baodao.ledger.registry import Code, Moment, kind

Status = Literal["present", "phone", "visit", "made_up", "excused", "absent"]
How = Literal["code", "list", "paper", "self", "record"]
Side = Literal["person", "convener", "system"]
Domain = Literal["service", "party"]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[starts, ends) in UTC."""

    starts: Moment
    ends: Moment


@kind("gather.opened", v=1)
class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A slot is there: texts ``title``, ``about``, ``where``, ``insurance``. ``seats`` 0: no limit. ``series`` ties those of one rule,
    ``about`` of the fact what it belongs to (a matter, a call-out, a programme, for whom it was booked). ``alone``: it has its place to itself."""

    kind: Code
    form: Code
    span: Span
    seats: int = 0
    series: Code = ""
    post: Code = ""
    traits: tuple[Code, ...] = ()
    domain: Domain = "service"
    alone: bool = False


@kind("gather.changed", v=1)
class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same told anew, whole."""

    kind: Code
    form: Code
    span: Span
    seats: int = 0
    series: Code = ""
    post: Code = ""
    traits: tuple[Code, ...] = ()
    domain: Domain = "service"
    alone: bool = False


@kind("gather.called_off", v=1)
class CalledOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It does not take place; text ``reason``. ``why``: weather, nobody, moved, other."""

    why: Code


@kind("gather.joined", v=1)
class Joined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person has a seat, waits for one (``waiting``), or is asked to come (``invited``). ``span`` is hers: a part of
    the slot's where a shift is shared."""

    state: Literal["seat", "waiting", "invited"]
    way: Literal["self", "invited", "roster", "list", "moved_up", "swap", "stand_in"]
    span: Span


@kind("gather.left", v=1)
class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The seat, the place in the row or the invitation is given up. No cause is asked of a person."""

    side: Side
    why: Literal["withdrew", "declined", "swapped", "stand_in", "called_off", "released"]


@kind("gather.attended", v=1, unit="minutes")
class Attended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Presence of one person, told by herself (code) or by the recorder; a later one of the same person supersedes. ``value``
    are the minutes credited, 0 for none. ``meets`` are the dues of the person herself (study hours) that these minutes go to,
    ``day`` the local day then."""

    status: Status
    how: How
    meets: tuple[Code, ...] = ()
    day: Code = ""


@kind("gather.disputed", v=1)
class Disputed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one concerned says that her presence is told wrongly; text ``reply``."""

    status: Status


@kind("gather.held", v=1, unit="heads")
class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It took place: the one fact that dues and measures read. ``value`` are all who came, residents counted only as heads among
    them. ``meets`` are the dues that the recorder confirmed: the requirement, owed by the convener, or ``<requirement>/<subject>``;
    ``late`` are those of them that make up for an earlier period; ``traits`` what the evening was. Texts: ``minutes``,
    ``inner`` (stays with the convener), ``decision.<n>``. A correction supersedes."""

    kind: Code
    form: Code
    span: Span
    present: int = 0
    phone: int = 0
    visit: int = 0
    made_up: int = 0
    excused: int = 0
    absent: int = 0
    heads: int = 0
    traits: tuple[Code, ...] = ()
    meets: tuple[Code, ...] = ()
    with_orgs: tuple[Code, ...] = ()
    papers: tuple[Code, ...] = ()
    late: tuple[Code, ...] = ()


@kind("gather.enclosed", v=1)
class Enclosed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file is kept with the slot, by its hash: a ``paper`` to read before (text ``name``), read by whoever sees the slot, has a seat
    or convenes; or the photo of the ``list`` that was signed on paper, of level 2, until its last day ``until``."""

    digest: Code
    what: Literal["list", "paper"]
    readers: Literal["slot", "seat", "convener"]
    until: Code = ""


@kind("gather.taken_out", v=1)
class TakenOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file is kept with the slot no longer: taken out, or its day is over."""

    digest: Code


@kind("gather.rated", v=1, unit="stars")
class Rated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who came rates the gathering, 1 to 5; shown as counts from ten on."""

    side: Literal["person", "place", "convener"]
