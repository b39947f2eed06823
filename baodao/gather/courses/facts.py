"""The facts of courses. Subjects ``offer:<code>``, ``post:<code>`` (who gives it), ``matter:<number>`` (an order, about its offer)."""

from __future__ import annotations

import msgspec

from baodao.ledger.registry import Code, Date, Moment, kind


@kind("offer.made", v=1)
class OfferMade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` puts a topic on the menu: texts ``title``, ``about``. ``lecturers`` are posts; none: whoever tells this subject."""

    subject: Code
    forms: tuple[Code, ...]
    minutes: int
    since: Date
    sessions: int = 1
    lecturers: tuple[Code, ...] = ()


@kind("offer.ended", v=1)
class OfferEnded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day on which it can be ordered no longer."""

    until: Date


@kind("lecturer.told", v=1)
class LecturerTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a post gives, on which days of the week (1 Monday to 7; none: any), at most how often a month (0: no limit). A later
    one replaces it; without subjects it gives nothing for now."""

    subjects: tuple[Code, ...]
    days: tuple[int, ...]
    most: int


@kind("order.placed", v=1)
class OrderPlaced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``org`` orders an offer in a form; all else is in the facts of the matter. ``wish`` "": any day."""

    offer: Code
    form: Code
    wish: Code = ""
    heads: int = 0


@kind("order.met", v=1, unit="heads")
class OrderMet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was ordered was given, ``sessions`` times; ``value`` are the heads of all of them. ``days`` from the day of the offer to
    the first session; ``first``: nobody of this organization had it before."""

    offer: Code
    subject: Code
    form: Code
    day: Date
    sessions: int
    days: int
    first: bool


@kind("order.announced", v=1)
class OrderAnnounced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The community told its residents by these ``channels`` (of the pack), when and where it takes place; a later one adds more."""

    channels: tuple[Code, ...]


@kind("order.relayed", v=1)
class OrderRelayed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the community told its residents by a ``channel`` went out by hand once: played, sent, put up; ``post`` of the fact did it."""

    channel: Code


@kind("order.unrelayed", v=1)
class OrderUnrelayed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tap of ``at`` was wrong and is taken back by whoever made it."""

    channel: Code
    at: Moment


@kind("order.rated", v=1, unit="stars")
class OrderRated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who ordered says once how what was given was, 1 to 5: the event, never who gave it. Shown as counts of an offer from ten on."""

    offer: Code


from .programmes import facts as programmes  # noqa: E402, F401
