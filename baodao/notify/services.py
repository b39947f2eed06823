"""Writes of notify: rows made by the reader, what a person sets, what an administrator decides about parked
ones.

The reader and the sender write without a verb: they are not acts of anybody but follow from facts, and are
idempotent by constraint and by compare-and-set.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.selectors import Recorded

from . import selectors
from .declare import earliest, rules
from .facts import NoticeDecided
from .models import Notice, Preference

if TYPE_CHECKING:
    from .readers import Recipient

CONSENTS = {"sms": "notice_sms", "email": "notice_email"}


def record(fact: Recorded, recipients: "Sequence[Recipient]") -> int:
    """Insert what is missing of the notices of a fact. Gives the number of rows offered. Three statements."""
    if not recipients:
        return 0
    now, held = timezone.now().replace(microsecond=0), rules()
    ways = selectors.ways_of([r.person for r in recipients])
    rows = [
        _row(
            fact,
            recipient,
            channel,
            now,
            urgent=recipient.tell.urgent or recipient.tell.template in held.urgent,
        )
        for recipient in recipients
        for channel in recipient.tell.channels
        if channel in ways[recipient.person]
    ]
    for row in rows:
        if row.channel != "inbox" and not row.urgent:
            row.next_try = earliest(now, held)
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _row(fact: Recorded, recipient: "Recipient", channel: str, now: datetime, *, urgent: bool) -> Notice:
    tell = recipient.tell
    here = channel == "inbox"
    return Notice(
        fact=fact.id,
        channel=channel,
        person=recipient.person,
        template=tell.template,
        number=tell.number,
        link=tell.link,
        params=msgspec.json.encode(tell.params, order="sorted").decode(),
        urgent=urgent,
        # A row of the inbox is there as soon as it is written: nothing leaves the house.
        state="sent" if here else "waiting",
        sent_at=now if here else None,
        created=now,
        next_try=now,
    )


def _own(by: Act) -> Subject:
    return Subject(ref=f"person:{by.person}", persons=(by.person,))


@verb("notify.prefer")
def prefer(tx: Tx, by: Act, *, lang: str, large_print: bool) -> bool:
    """A person sets language and size of print of what she gets. Invalid for a language that is not there."""
    tx.ask("notify.prefer", _own(by))
    if lang not in {code for code, _name in Preference.LANGS}:
        raise Invalid.of("lang", _("没有这种语言"), _("请选择简体中文或英文"))
    tx.upsert(Preference, ("person",), person=by.person, lang=lang, large_print=large_print)
    return True


@verb("notify.see")
def see(tx: Tx, by: Act, *, up_to: int) -> int:
    """A person has her inbox before her: everything up to notice `up_to` is no longer new. Gives how many."""
    tx.ask("notify.see", _own(by))
    rows = Notice.objects.filter(person=by.person, channel="inbox", seen_at__isnull=True, id__lte=up_to)
    return rows.update(seen_at=by.noted)


def parked_subject(by: Act) -> Subject:
    """What the rule is asked about: the notices of the installation, in the hands of the administrator's
    office."""
    return Subject(ref="notices", org=by.office)


class Decided(msgspec.Struct):
    """How many parked notices were sent again or let go."""

    notices: int


@verb("notify.decide")
def decide(tx: Tx, by: Act, *, notices: list[int], again: bool) -> Decided:
    """An administrator decides about parked notices: `again` sends them, else they are let go as they are.
    Missing when none of them is parked any more."""
    tx.ask("notify.decide", parked_subject(by))
    rows: QuerySet[Notice, Any] = Notice.objects.filter(state="parked", id__in=notices)
    if again:
        count = rows.update(
            state="waiting", attempts=0, error="", next_try=by.noted, lease="", lease_until=None
        )
    else:
        count = rows.update(state="skipped")
    if not count:
        raise Missing.of("notices", _("这些通知已经有人处理过了"), _("请刷新页面"))
    tx.fact(NoticeDecided(again=again, notices=count), subject="notices")
    return Decided(notices=count)
