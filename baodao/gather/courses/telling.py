"""What the community does around a talk that it ordered: it tells its residents, by one tap, and says afterwards how it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.gather.models import Slot
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.verbs import Tx, verb

from . import facts, relays
from .declare import lists_of
from .models import Order, Relay
from .packing import ours
from .selectors import gatherings, listed
from .services import announced_columns

#: Within so long the same tap is the same time; and for so long a wrong one can be taken back by whoever made it.
SAME, BACK = timedelta(minutes=2), timedelta(hours=1)

#: Characters that a loudspeaker reads in a second, slowly.
PACE = 4


def _row(order: Order) -> dict[str, object]:
    return {field.attname: getattr(order, field.attname) for field in Order._meta.concrete_fields}


def callers_own(by: Act, order: Order) -> None:
    """Raises Refused for whoever is not of the community that ordered."""
    if by.kind != "system" and by.office != order.org:
        raise Refused.of("", _("这一步由点单的社区办"), _("请点单的社区来办"))


@verb("order.announce")
def announce(tx: Tx, by: Act, *, number: str, channels: Sequence[str]) -> list[str]:
    """The residents are told by these channels of the pack; gives all by which they were. Raises Conflict before days are set."""
    _loaded, order = ours(tx, by, number)
    callers_own(by, order)
    known = lists_of(order.org, timezone.localdate(by.noted)).channels
    fresh = sorted(set(channels) - set(listed(order.channels)))
    if not channels or set(channels) - set(known):
        raise Invalid.of("channels", _("请勾用什么通知"), "、".join(one.title for one in known.values()))
    if not any(slot.state == "open" for slot in gatherings(number)):
        raise Conflict.of("", _("还没有排日子，或都讲完了"), _("排好日子再通知"))
    if fresh:
        data = facts.OrderAnnounced(channels=tuple(fresh))
        tx.fact(data, subject=f"matter:{number}", about=f"offer:{order.offer}", org=order.org, level=1)
        tx.upsert(Order, ("number",), **{**_row(order), **announced_columns(data, order.channels)})
    return sorted({*listed(order.channels), *fresh})


@verb("order.rate")
def rate(tx: Tx, by: Act, *, number: str, stars: int) -> None:
    """Who ordered says once how the event was, 1 to 5. Never who gave it; an offer shows counts from ten on. Raises Conflict."""
    _loaded, order = ours(tx, by, number)
    callers_own(by, order)
    if not 1 <= stars <= 5:
        raise Invalid.of("stars", _("一到五颗星"))
    if order.held is None or order.stars is not None:
        raise Conflict.of("stars", _("讲完以后评价一次"), _("还没有讲完，或者已经评价过"))
    tx.fact(
        facts.OrderRated(offer=order.offer), subject=f"matter:{number}", about=f"offer:{order.offer}", org=order.org,
        level=1, value=stars,
    )  # fmt: skip
    tx.upsert(Order, ("number",), **{**_row(order), "stars": stars})


class Wording(Struct, frozen=True):
    """What residents are told: ``lines`` (one a gathering) and, for a loudspeaker, the ``spoken`` text with its ``seconds``."""

    title: str
    lines: tuple[str, ...]
    spoken: str
    seconds: int


def wording(title: str, form: str, slots: Sequence[Slot]) -> Wording:
    """Pure: when and where, in words, of the gatherings that still stand open."""
    lines = []
    for slot in slots:
        starts = timezone.localtime(slot.starts)
        when = _("%(month)d月%(day)d日 %(time)s") % {
            "month": starts.month, "day": starts.day, "time": starts.strftime("%H:%M"),
        }  # fmt: skip
        lines.append(f"{when} {slot.where}".strip())
    spoken = _("各位邻居：%(title)s，%(form)s，%(when)s。谁都能来，不记名字。") % {
        "title": title, "form": form, "when": "；".join(lines),
    }  # fmt: skip
    return Wording(title, tuple(lines), spoken, 2 * (len(spoken) // PACE + 1))


@verb("order.relay")
def relay(tx: Tx, by: Act, *, number: str, channel: str) -> int:
    """Whoever did it says that it went out by this channel once more; gives how often it did. Twice within two minutes is one time. Raises
    Conflict where the residents were not told by this channel, or nothing of it is done by hand."""
    _loaded, order = ours(tx, by, number)
    callers_own(by, order)
    known = dict(lists_of(order.org, timezone.localdate(by.noted)).channels)
    if channel not in {code for code, _one in relays.by_hand(order, known)}:
        raise Conflict.of("channel", _("没有勾用它通知，或它不用动手"), _("请先在“告诉居民”里勾上"))
    at, rows = by.happened.replace(microsecond=0), relays.done([number]).get(number, [])
    same = [row for row in rows if row.channel == channel]
    if any(abs(at - row.at) < SAME for row in same):
        return len(same)
    tx.fact(
        facts.OrderRelayed(channel=channel), subject=f"matter:{number}", about=f"offer:{order.offer}", org=order.org,
        post=by.post, level=1,
    )  # fmt: skip
    tx.insert(Relay, number=number, channel=channel, at=at, org=order.org, post=by.post)
    return len(same) + 1


@verb("order.unrelay")
def unrelay(tx: Tx, by: Act, *, number: str, channel: str) -> int:
    """The last tap on a channel was wrong: whoever made it takes it back within the hour; gives how many are left. Raises Conflict."""
    _loaded, order = ours(tx, by, number)
    callers_own(by, order)
    rows = [row for row in relays.done([number]).get(number, []) if row.channel == channel]
    if not rows:
        raise Missing.of("channel", _("没有记过"), _("请刷新页面"))
    last = rows[-1]
    if last.post != by.post or by.happened - last.at > BACK:
        raise Conflict.of("channel", _("只有刚记的人一小时内能撤"), _("记错的留着，写明情况告诉社区书记"))
    data = facts.OrderUnrelayed(channel=channel, at=_written(last.at))
    tx.fact(
        data, subject=f"matter:{number}", about=f"offer:{order.offer}", org=order.org, post=by.post, level=1
    )
    tx.delete(Relay, number=number, channel=channel, at=last.at)
    return len(rows) - 1


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
