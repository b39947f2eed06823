"""The sender: takes due notices one by one, so that each leaves once or is parked.

A notice is claimed by a lease, its letter written, and it is `sending` *before* its letter goes to the adapter. A process that dies in between
leaves it so; when the lease is over, the adapter is asked by the key: known to be out, known not to be, or
parked as "perhaps sent" for a person to decide. Two senders never take the same one (compare-and-set), nor
can they together pass a person's daily limit (they take turns per person).
"""

import logging
import secrets
import zlib
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from baodao.kernel.act import Subject, system_act
from baodao.people import selectors as people
from baodao.people.services.reading import read_identity

from . import selectors
from .adapters import Adapter, Letter, NotNow, Refused, Unsure, adapter_of
from .declare import NotifyRules, at, earliest, rules
from .gateways import Gateway, gateways
from .models import Notice
from .words import DIGEST, compose

log = logging.getLogger("baodao.notify")

LEASE = timedelta(seconds=120)
BATCH = 50
# Minutes to wait after the first, second … failed try; then it is parked.
WAITS = (1, 5, 30, 120)
FIELDS = {"sms": ("phone", "contact_phone"), "email": ("email", "contact_email")}


def send_due(now: datetime) -> int:
    """The worker's beat: recover what a dead sender left, then send what is due. Gives how many were dealt
    with."""
    moment, held = now.replace(microsecond=0), rules()
    count = recover(moment)
    for number in selectors.due(moment, BATCH):
        notice = _claim(number, moment, held)
        if notice is not None:
            _deliver(notice, held, moment)
        count += 1
    return count


def key_of(number: int) -> str:
    """A notice's idempotency key at gateways: the same for each try."""
    return f"notice-{number}"


def adapter_for(channel: str) -> Adapter:
    """The adapter in force for a channel."""
    held = gateways()
    return _adapter(held.sms if channel == "sms" else held.email)


@lru_cache(maxsize=8)
def _cached(encoded: bytes, kind: type[Gateway]) -> Adapter:
    return adapter_of(msgspec.json.decode(encoded, type=kind))


def _adapter(gateway: Gateway) -> Adapter:
    return _cached(msgspec.json.encode(gateway), type(gateway))


def recover(now: datetime) -> int:
    """Decide about notices whose sender died."""
    count = 0
    for notice in Notice.objects.filter(state="sending", lease_until__lt=now).order_by("id")[:BATCH]:
        known = adapter_for(notice.channel).was_sent(key_of(notice.id))
        mine = Notice.objects.filter(id=notice.id, state="sending", lease=notice.lease)
        if known is True:
            count += mine.update(state="sent", sent_at=now, lease="", lease_until=None)
        elif known is False:
            count += mine.update(state="waiting", next_try=now, lease="", lease_until=None)
        else:
            count += mine.update(state="parked", error="perhaps_sent", lease="", lease_until=None)
    return count


def _claim(number: int, now: datetime, held: NotifyRules) -> Notice | None:
    """Take the notice under a lease; None when it is not its hour, over the limit, or another process has
    it."""
    with transaction.atomic():
        notice = selectors.free(now).filter(id=number).first()
        if notice is None:
            return None
        _take_turns(notice.person)
        free = selectors.free(now).filter(id=number)
        if not notice.urgent:
            if (hour := earliest(now, held)) > now:
                free.update(next_try=hour)
                return None
            if notice.digest_on is None and selectors.told_today(notice.person, now) >= held.a_day:
                _fold(notice, now, held)
                return None
        notice.lease = secrets.token_hex(8)
        taken = free.update(lease=notice.lease, lease_until=now + LEASE)
        return notice if taken else None


def _start(notice: Notice, now: datetime) -> bool:
    """From here on the letter may be out. Not before: words and address are ready, the rest is the adapter's."""
    mine = Notice.objects.filter(id=notice.id, state="waiting", lease=notice.lease)
    return bool(mine.update(state="sending", lease_until=now + LEASE))


def _take_turns(person: str) -> None:
    # SQLite's write lock is held already (BEGIN IMMEDIATE).
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [0x4E4F5449, zlib.crc32(person.encode()) >> 1]
            )


def _fold(notice: Notice, now: datetime, held: NotifyRules) -> None:
    """Over the limit: one digest next morning stands for it and all others of the day on this channel."""
    tomorrow = timezone.localtime(now).date() + timedelta(days=1)
    Notice.objects.filter(id=notice.id, state="waiting").update(state="folded", folded_on=tomorrow)
    digest = Notice(
        digest_on=tomorrow,
        channel=notice.channel,
        person=notice.person,
        template=DIGEST,
        link="/notices/",
        created=now,
        next_try=at(tomorrow, held.digest_at),
    )
    Notice.objects.bulk_create([digest], ignore_conflicts=True)


def _deliver(notice: Notice, held: NotifyRules, now: datetime) -> None:
    try:
        letter = _letter(notice, held, now)
        if letter is None:
            _end(notice, state="skipped", error="no_address")
            return
        if _start(notice, now):
            adapter_for(notice.channel).send(letter)
        else:
            return  # the lease ran out over writing it
    except Refused:
        _end(notice, state="parked", error="refused")
    except Unsure:
        _end(notice, state="parked", error="no_answer")
    except NotNow:
        _again(notice, now, "unreachable")
    except _Unwritten as error:
        _again(notice, now, type(error.__cause__).__name__)
    except Exception as error:
        # An adapter raises one of the three; after anything else nobody knows how far it got.
        log.warning("notice %s failed (%s)", notice.id, type(error).__name__)
        _end(notice, state="parked", error="perhaps_sent")
    else:
        _end(notice, state="sent", sent_at=now)


class _Unwritten(Exception):
    """The letter could not even be written: nothing can have left."""


def _letter(notice: Notice, held: NotifyRules, now: datetime) -> Letter | None:
    """Words and address, both of this moment. None when the vault has no address (any more)."""
    try:
        to = address_of(notice, now)
        if not to:
            return None
        if notice.digest_on is not None:
            notice.params = msgspec.json.encode({"count": str(selectors.folded(notice))}).decode()
        text = compose(notice, held.sign, selectors.preference_of(notice.person).lang)
    except Exception as error:
        raise _Unwritten from error
    return Letter(key_of(notice.id), notice.channel, to, text.subject, text.body)


def address_of(notice: Notice, now: datetime) -> str:
    """The address from the vault, with its row in the access log; "" when there is none."""
    tokens = list(people.tokens_of(notice.person).values())[:1]
    if not tokens:
        return ""
    by = msgspec.structs.replace(system_act(now, key_of(notice.id)), purpose="notify")
    fields = FIELDS[notice.channel]
    subject = Subject(ref=f"notice:{notice.id}", persons=(notice.person,), level=1)
    opened = read_identity(by, tokens, fields, subject, right="notify.address")
    return next((found for field in fields if (found := opened.one(tokens[0], field))), "")


def _end(notice: Notice, **changes: object) -> None:
    mine = Notice.objects.filter(id=notice.id, state__in=["waiting", "sending"], lease=notice.lease)
    if mine.update(lease="", lease_until=None, attempts=notice.attempts + 1, **changes):
        return
    if changes["state"] == "sent":
        # The lease ran out under a slow gateway and somebody parked it meanwhile: now it is known.
        late = Notice.objects.filter(id=notice.id, state="parked", error="perhaps_sent")
        late.update(error="", **changes)


def _again(notice: Notice, now: datetime, error: str) -> None:
    if notice.attempts >= len(WAITS):
        _end(notice, state="parked", error=error[:60])
        return
    _end(notice, state="waiting", error=error[:60], next_try=now + timedelta(minutes=WAITS[notice.attempts]))
