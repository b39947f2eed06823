"""What a certificate of service says: no more of her than she chose. How it is signed and checked off line stands in ``gather.signed``.

BAODAO-SERVICE 1
issuer: 涪陵区
from: 2026-01-01
to: 2026-06-30
hours: 12.5
kind: 社区岗位 10.5
kind: 关键岗 2.0
issued: 2026-07-02
number: 9f1c0a73
key: 5b1e90c2
signature: mK0Yd…
"""

from __future__ import annotations

from datetime import date

import msgspec

from baodao.gather.signed import MOST_BYTES, check, clean, public_of, published, signed

HEAD = "BAODAO-SERVICE 1"


class Claims(msgspec.Struct, frozen=True):
    """What it says. ``kinds``: (title, minutes), hours only in steps of six minutes; ``name``, ``place``, ``unit`` "" where she
    did not choose them."""

    issuer: str
    since: date
    until: date
    kinds: tuple[tuple[str, int], ...]
    issued: date
    number: str
    name: str = ""
    unit: str = ""
    places: tuple[str, ...] = ()


def hours(minutes: int) -> str:
    """Hours with one decimal, never more than were served."""
    return f"{minutes // 60}.{minutes % 60 // 6}"


def sign(claims: Claims, key: str, secret: bytes) -> str:
    """The whole certificate. ``secret``: the 32 bytes of an Ed25519 private key. ValueError when it is too long for a code."""
    lines = [("issuer", claims.issuer)]
    lines += [("name", claims.name)] if claims.name else []
    lines += [("unit", claims.unit)] if claims.unit else []
    lines += [("place", place) for place in claims.places]
    lines += [("from", claims.since.isoformat()), ("to", claims.until.isoformat())]
    lines += [("hours", hours(sum(minutes for _title, minutes in claims.kinds)))]
    lines += [("kind", f"{clean(title)[:70]} {hours(minutes)}") for title, minutes in claims.kinds]
    lines += [("issued", claims.issued.isoformat()), ("number", claims.number)]
    return signed(HEAD, lines, key, secret)


__all__ = ["HEAD", "MOST_BYTES", "Claims", "check", "hours", "public_of", "published", "sign"]
