"""What a pack says about booking a place.

In TOML::

    [booking.room]
    kind = "room_booking"                 # a gathering kind of the form "booking" or "visit", for the invited alone
    places = ["culture_room"]             # kinds of facility, each given to one at a time
    who = ["person", "org"]               # residents for themselves, organizations by their posts
    ahead = 30                            # days
    longest = 180                         # minutes
    most = 40                             # people

    [[booking.room.use]]
    name = "club"
    title = "兴趣小组活动"
    title_en = "A hobby group"

A resident chooses what it is for from this list; nothing that she could write about anybody is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.gather.declare import BOOKED, Gathering, Name, Source, Text
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.declare.sections import register_section
from baodao.orgs import selectors as orgs
from baodao.places.facilities.declare import FacilityKind

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

FORMS = BOOKED


class Use(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the place may be taken for."""

    name: Name
    title: Text
    title_en: str = ""


class Booking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[booking.<code>]`: who may take which places, how far ahead, how long."""

    kind: Name
    places: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=20)]
    use: Annotated[tuple[Use, ...], msgspec.Meta(min_length=1, max_length=20)]
    who: Annotated[tuple[Literal["person", "org"], ...], msgspec.Meta(min_length=1)] = ("person", "org")
    ahead: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30
    """Days."""
    longest: Annotated[int, msgspec.Meta(ge=15, le=1440)] = 240
    """Minutes."""
    most: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 50
    """People."""
    hint: str = ""
    hint_en: str = ""
    source: Source = ""


def _check(pack: Pack, report: Report) -> None:
    """The kind is one that is booked and nobody signs up for; its places exist and are given to one at a time."""
    kinds, places = pack.many(Gathering), pack.many(FacilityKind)
    for code, one in pack.many(Booking).items():
        kind = kinds.get(one.kind)
        if kind is None or kind.form not in FORMS or kind.join != ("invited",):
            report.add(
                ("booking", code, "kind"),
                _("要写一种形式是 booking 或 visit、只请受邀的人（join = invited）的活动"),
                _("请写在 gathering 里，再在这里写它的名字"),
            )
        for name in one.places:
            if name not in places:
                report.unknown(("booking", code, "places"), _("阵地类别"), name, set(places))
            elif not places[name].alone:
                report.add(
                    ("booking", code, "places"),
                    _("%(name)s 不是一次只给一家用的地方") % {"name": name},
                    _("请在 facility 里写 alone = true，或换一类"),
                )


register_section("booking", Booking, check=_check)


def bookings_of(org: str, day: date | None = None) -> Mapping[str, Booking]:
    """What the pack of an organization declares. No statement."""
    return declared_in(orgs.pack_of(org, day))


def declared_in(pack: str) -> Mapping[str, Booking]:
    """What a pack declares; nothing where it cannot be read. No statement."""
    try:
        return get_pack(pack).many(Booking)
    except BadPack:
        return {}


def titled(one: Use) -> str:
    """Its title in the reader's language."""
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title


def hinted(one: Booking) -> str:
    """Its hint in the reader's language."""
    return (one.hint_en if (translation.get_language() or "").startswith("en") else "") or one.hint
