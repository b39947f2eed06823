"""What a pack says about notices. In TOML::

[notify]
sign = "涪陵报到"
quiet_from = "21:00"
quiet_to = "08:00"
a_day = 6
digest_at = "08:30"
urgent = ["matter.called"]
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated

import msgspec
from django.utils import timezone

from baodao.kernel.declare import get_pack, register_section
from baodao.kernel.declare.report import BadPack
from baodao.orgs.selectors import home_pack

ClockTime = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class NotifyRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[notify]`: when nobody is disturbed, and how much is too much. Times are local."""

    sign: Annotated[str, msgspec.Meta(min_length=1, max_length=10)] = "报到"  # data
    """The name in brackets before each short message."""
    quiet_from: ClockTime = "21:00"
    quiet_to: ClockTime = "08:00"
    a_day: Annotated[int, msgspec.Meta(ge=1, le=50)] = 6
    """Messages per person and local day over all kinds, matters and ways out; the rest are one digest."""
    digest_at: ClockTime = "08:30"
    urgent: tuple[str, ...] = ()
    """Templates that pass quiet hours and the limit, beside what their app calls urgent."""
    source: str = "assumed"


register_section("notify", NotifyRules, many=False)


def rules() -> NotifyRules:
    """The rules of the installation's district; defaults where its pack says nothing or cannot be read."""
    try:
        pack = get_pack(home_pack())
        return pack.one(NotifyRules) if pack.has(NotifyRules) else NotifyRules()
    except BadPack:
        return NotifyRules()


def at(day: date, clock: str) -> datetime:
    """An aware moment: the local clock time of a day."""
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))


def earliest(moment: datetime, held: NotifyRules) -> datetime:
    """The first moment from `moment` on at which somebody may be disturbed (half open: quiet_to is not
    quiet)."""
    local = timezone.localtime(moment)
    clock = local.strftime("%H:%M")
    overnight = held.quiet_from > held.quiet_to
    if overnight:
        quiet = clock >= held.quiet_from or clock < held.quiet_to
    else:
        quiet = held.quiet_from <= clock < held.quiet_to
    if not quiet:
        return moment
    next_day = overnight and clock >= held.quiet_from
    return at(local.date() + timedelta(days=1 if next_day else 0), held.quiet_to)


def day_bounds(moment: datetime) -> tuple[datetime, datetime]:
    """The local day around a moment: [midnight, next midnight)."""
    today = timezone.localtime(moment).date()
    return at(today, "00:00"), at(today + timedelta(days=1), "00:00")
