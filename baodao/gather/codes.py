"""Codes on a screen and in a hand: what they prove follows from the deployment's secret, nothing is stored.

The rotating code changes every 45 seconds; the one before still counts. A slow phone that opened the page with a good code has a
ticket for ten minutes. A stand-in code lets one other person take a seat over; it dies with the seat.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings

from baodao.kernel.typed import digits_of, whole_number

STEP = 45
TICKET = timedelta(minutes=10)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def _mac(*parts: object) -> bytes:
    text = "\x1f".join(str(part) for part in ("gather", *parts))
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256)


def step_at(now: datetime) -> int:
    """The step that a moment lies in."""
    return int(now.timestamp()) // STEP


def left(now: datetime) -> int:
    """Seconds until the next step."""
    return STEP - int(now.timestamp()) % STEP


def code_at(slot: str, now: datetime) -> str:
    """Six digits for people to type; the QR code holds them too."""
    return _digits(slot, step_at(now))


def _digits(slot: str, step: int) -> str:
    return f"{int.from_bytes(_mac('code', slot, step)[:8]) % 1_000_000:06}"


def is_code(slot: str, typed: str, now: datetime) -> bool:
    """Whether this is the code of now or of the step before."""
    step = step_at(now)
    plain = digits_of(typed)
    good = [hmac.compare_digest(_digits(slot, one), plain) for one in (step, step - 1)]
    return any(good)


def ticket(slot: str, now: datetime, person: str = "") -> str:
    """Given with a page that was opened with a good code."""
    return f"{int(now.timestamp())}.{_mac('ticket', slot, int(now.timestamp()), person).hex()[:24]}"


def is_ticket(slot: str, typed: str, now: datetime, person: str = "") -> bool:
    """Whether this page was opened with a good code not longer than ten minutes ago."""
    at, _dot, _mark = typed.partition(".")
    opened = whole_number(at)
    if opened is None or not 0 <= int(now.timestamp()) - opened <= TICKET.total_seconds():
        return False
    good = f"{opened}.{_mac('ticket', slot, opened, person).hex()[:24]}"
    return hmac.compare_digest(good.encode(), typed.encode())


def stand_in(slot: str, token: str, n: int, wants: str = "") -> str:
    """Eight letters that give this seat away, for the seat in ``wants`` where one is asked for it."""
    raw = int.from_bytes(_mac("stand_in", slot, token, n, wants)[:8])
    return "".join(_ALPHABET[(raw >> (5 * place)) & 31] for place in range(8))


def same(one: str, other: str) -> bool:
    """Compared in constant time, as typed by people."""
    return hmac.compare_digest(one.encode(), other.strip().upper().encode())


def feed(owner: str, n: int) -> str:
    """The secret of a calendar address, renewed with ``n``."""
    return base64.b32encode(_mac("feed", owner, n)[:20]).decode().lower()


def digest(secret: str) -> str:
    """What the table keeps of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
