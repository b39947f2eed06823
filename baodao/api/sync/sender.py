"""The sender: takes due deliveries one by one under a lease and posts them. A process that dies in between leaves the lease to run
out; then the same delivery leaves again under the same id, so that each arrives at least once."""

import logging
import secrets
import time
from datetime import datetime, timedelta

import msgspec
from django.utils import timezone

from baodao.api.models import Delivery, Partner
from baodao.ledger.selectors import fact_rows

from . import selectors, services
from .outgoing import Failed, post
from .signing import headers
from .webhook import compose, delivery_id

log = logging.getLogger("baodao.sync")

LEASE = timedelta(seconds=60)
BATCH = 50
#: Who takes longer than so many seconds gets one delivery a round: the others are not to wait for it.
SLOW = 1.0
#: Minutes to wait after the first, second … failed try; then it is parked.
WAITS = (1, 5, 30, 120, 480)


def send_due(now: datetime) -> int:
    """The worker's beat. Gives how many were tried. A partner that does not answer is left alone until its next try, with all that
    waits for it."""
    moment = now.replace(microsecond=0)
    later: set[str] = set()
    count = 0
    for number in selectors.due(moment, BATCH):
        row = _claim(number, moment, later)
        if row is None:
            continue
        count += 1
        began = time.monotonic()
        reached = _deliver(row, moment)
        if not reached:
            _hold(row.partner, moment)
        if not reached or time.monotonic() - began > SLOW:
            later.add(row.partner)
    return count


def _claim(number: int, now: datetime, later: set[str]) -> Delivery | None:
    """Compare-and-set: of two senders one gets it."""
    lease = secrets.token_hex(8)
    mine = selectors.free(now).filter(id=number).exclude(partner__in=later)
    if not mine.update(lease=lease, lease_until=now + LEASE):
        return None
    return Delivery.objects.get(id=number)


def _deliver(row: Delivery, now: datetime) -> bool:
    """False when the partner could not be reached or would not take it."""
    held = selectors.partner(row.partner)
    if held is None or held.stopped is not None:
        _end(row, state="dropped")
        return True
    try:
        _post(held, row)
    except Failed as failed:
        _again(row, failed.code, now)
        return False
    except Exception as error:
        # Nothing left: it could not even be written. The class only: a message could carry personal data into logs.
        log.warning("delivery of fact %s failed (%s)", row.fact, type(error).__name__)
        _again(row, type(error).__name__, now)
        return True
    _end(row, state="sent", sent_at=now, attempts=row.attempts + 1, error="")
    return True


def _post(held: Partner, row: Delivery) -> None:
    fact = fact_rows([row.fact])[0]
    body = msgspec.json.encode(compose(held.code, held.org, fact))
    # The moment of signing, not that of the round: receivers refuse what is minutes old.
    second = int(timezone.now().timestamp())
    post(held.url, body, headers(selectors.secret_of(held), second, body, delivery_id(held.code, row.fact)))


def _end(row: Delivery, **changes: object) -> None:
    mine = Delivery.objects.filter(id=row.id, state="waiting", lease=row.lease)
    mine.update(lease="", lease_until=None, **changes)


def _again(row: Delivery, error: str, now: datetime) -> None:
    if row.attempts >= len(WAITS):
        services.park(row, error[:40])
        return
    wait = timedelta(minutes=WAITS[row.attempts])
    _end(row, attempts=row.attempts + 1, error=error[:40], next_try=now + wait)


def _hold(partner: str, now: datetime) -> None:
    """The others of a partner that is down wait a little, without counting it against them."""
    later = now + timedelta(minutes=WAITS[0])
    Delivery.objects.filter(partner=partner, state="waiting", next_try__lt=later).update(next_try=later)
