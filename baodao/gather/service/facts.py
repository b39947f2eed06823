"""The facts of members' service. Of a member: subject ``service:<token>`` (domain service), ``person`` the same token, level 2. Of a
community that needs nobody: subject ``need:<organization>``. Of a standing post: subject ``stand:<code>``."""

from __future__ import annotations

from typing import Literal

import msgspec

from baodao.ledger.registry import Code, Date, kind

Shown = Literal["name", "unit", "hours"]


@kind("service.listed", v=1)
class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On the list of members at work that ``unit`` keeps, from ``since`` on."""

    unit: Code
    since: Date


@kind("service.unlisted", v=1)
class Unlisted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without her on the unit's list."""

    unit: Code
    until: Date


@kind("service.reported", v=1)
class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """She reports at a community: one that her unit is ``linked`` with, or where she lives (``home``)."""

    place: Code
    role: Literal["linked", "home"]
    since: Date


@kind("service.ended", v=1)
class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day on which she reports there no longer."""

    place: Code
    until: Date


@kind("service.shown", v=1)
class Shows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What she lets a community or her unit see of her, from now on, the whole of it; nothing until she says so."""

    place: Code
    what: tuple[Shown, ...] = ()


@kind("service.exempted", v=1)
class Exempted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """She is out for a half-year (2026h2), or in again. No cause is asked, none is kept."""

    half: Code
    yes: bool


@kind("service.told", v=1, unit="minutes")
class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """She says that she served; ``about`` is the slot, ``org`` the community, text ``text`` what was done."""

    kind: Code
    day: Date


@kind("service.confirmed", v=1, unit="minutes")
class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The community says yes, or otherwise with a text ``reply``. ``value`` are the minutes in force. A later one supersedes."""

    kind: Code
    day: Date
    yes: bool


@kind("service.enough", v=1)
class Enough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A community needs nobody in [since, until): a lawful answer, counted against nobody. Text ``reason``, if any. A later one
    takes the place of the one before; with ``until`` = ``since`` it is over."""

    since: Date
    until: Date


@kind("stand.set", v=1)
class Set(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A standing post of an organization: text ``title``, ``about``; ``place`` of the fact is the grid of a responsibility area."""

    kind: Code
    since: Date


@kind("stand.taken", v=1)
class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``person`` holds it from ``since`` on; ``named``: she wants her name shown there (亮身份): text ``name``,
    as she had it then."""

    since: Date
    named: bool = False


@kind("stand.evidenced", v=1)
class Evidenced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Its holder notes something done on a day, text ``text``."""

    day: Date


@kind("stand.laid_down", v=1)
class LaidDown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without this holder; ``side`` who said so."""

    until: Date
    side: Literal["member", "office"]


@kind("stand.ended", v=1)
class StandEnded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without the post."""

    until: Date
