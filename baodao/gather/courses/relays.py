"""That residents were told by hand: a loudspeaker was played, a text sent, a page put up. Each time is one tap of whoever did it, a row of its
order, and a count. Nothing here knows who heard it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.gather.fold import moment
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded, facts_of
from baodao.ledger.services import on_void

from . import facts
from .declare import Channel, lists_of
from .models import Order, Relay
from .packing import ours
from .selectors import listed
from .telling import callers_own

#: Within so long the same tap is the same time; and for so long a wrong one can be taken back by whoever made it.
SAME, BACK = timedelta(minutes=2), timedelta(hours=1)
_STEP = 500


def by_hand(order: Order, known: dict[str, Channel]) -> list[tuple[str, Channel]]:
    """Channels by which residents of an order were told and which somebody carries out by hand, in the pack's order."""
    told = set(listed(order.channels))
    return [(code, one) for code, one in known.items() if code in told and one.times]


@verb("order.relay")
def relay(tx: Tx, by: Act, *, number: str, channel: str) -> int:
    """Whoever did it says that it went out by this channel once more; gives how often it did. Twice within two minutes is one time. Raises
    Conflict where the residents were not told by this channel, or nothing of it is done by hand."""
    _loaded, order = ours(tx, by, number)
    callers_own(by, order)
    known = dict(lists_of(order.org, timezone.localdate(by.noted)).channels)
    if channel not in {code for code, _one in by_hand(order, known)}:
        raise Conflict.of("channel", _("没有勾用它通知，或它不用动手"), _("请先在“告诉居民”里勾上"))
    at, rows = by.happened.replace(microsecond=0), done([number]).get(number, [])
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
    rows = [row for row in done([number]).get(number, []) if row.channel == channel]
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


# ── reads ───────────────────────────────────────────────────────────────────────────────────────────────────


def done(numbers: Sequence[str]) -> dict[str, list[Relay]]:
    """Order → each time that its residents were told by hand, the earliest first. One statement."""
    found: dict[str, list[Relay]] = {}
    for row in Relay.objects.filter(number__in=list(numbers)).order_by("number", "at", "channel"):
        found.setdefault(row.number, []).append(row)
    return found


class Hand(Struct, frozen=True):
    """A channel of an order that is carried out by hand: how often it was, how often the community means to, the last times, newest first."""

    code: str
    channel: Channel
    times: int
    last: tuple[Relay, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether it went out as often as it was meant to."""
        return self.times >= self.channel.times


def hands(order: Order, known: dict[str, Channel], rows: Sequence[Relay]) -> list[Hand]:
    """Pure: what is done by hand for an order, with what was."""
    found = []
    for code, one in by_hand(order, known):
        mine = [row for row in rows if row.channel == code]
        found.append(Hand(code, one, len(mine), tuple(mine[::-1][:20])))
    return found


# ── the cache ───────────────────────────────────────────────────────────────────────────────────────────────


def _fold(told: Iterable[Recorded]) -> list[dict[str, Any]]:
    """Rows of one order, as its facts say."""
    rows: dict[tuple[str, datetime], dict[str, Any]] = {}
    for fact in told:
        number = fact.subject.partition(":")[2]
        if isinstance(fact.data, facts.OrderRelayed):
            at = fact.happened.replace(microsecond=0)
            rows[fact.data.channel, at] = {
                "number": number, "channel": fact.data.channel, "at": at, "org": fact.org, "post": fact.post,
            }  # fmt: skip
        elif isinstance(fact.data, facts.OrderUnrelayed):
            rows.pop((fact.data.channel, moment(fact.data.at)), None)
    return list(rows.values())


def truth() -> Iterator[dict[str, Any]]:
    """Rows as the ledger has them."""
    told = Fact.objects.filter(kind="order.relayed").order_by("id").values_list("subject", flat=True)
    subjects = list(dict.fromkeys(told))
    for start in range(0, len(subjects), _STEP):
        by_subject: dict[str, list[Recorded]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            by_subject.setdefault(fact.subject, []).append(fact)
        for mine in by_subject.values():
            yield from _fold(mine)


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty table from the facts."""
    rows = [Relay(**row) for row in truth()]
    Relay.objects.bulk_create(rows, batch_size=_STEP)
    progress(len(rows), len(rows))


def check() -> Iterator[str]:
    """`baodao doctor`: times that are not what the facts say."""
    names = ("number", "channel", "at", "org", "post")
    stored = set(Relay.objects.values_list(*names))
    for row in sorted(stored ^ {tuple(one[name] for name in names) for one in truth()}):
        yield f"relay of {row[0]} by {row[1]}: does not follow from its facts; run `baodao rebuild`"


def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        number = subject.partition(":")[2]
        stored = (
            {(row.channel, row.at) for row in Relay.objects.filter(number=number)}
            if subject.startswith("matter:")
            else set()
        )
        if not stored:
            continue
        left = {
            (row["channel"], row["at"]) for row in _fold(f for f in facts_of(subject) if f.id not in gone)
        }
        for channel, at in sorted(stored - left):
            tx.delete(Relay, number=number, channel=channel, at=at)


on_void(_after_void)
register_cache("relays", [Table(Relay, ("number", "channel", "at"), exclude=("id",))], rebuild)
register_checker("relays", check)
