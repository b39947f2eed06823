"""A certificate of a class that anybody can verify off line (``gather.signed``), with the sessions that somebody took.

BAODAO-CLASS 1
issuer: 涪陵区某街道
class: 十一月基础班
name: 张三
lesson: 2026-11-25 居民诉求怎么接、怎么办、怎么答
hours: 3.3
issued: 2026-12-02
number: c-000001-9f1c0a73
key: 5b1e90c2
signature: mK0Yd…
"""

from __future__ import annotations

from datetime import date

import msgspec

from baodao.gather.signed import clean, signed

HEAD = "BAODAO-CLASS 1"
#: Sessions that fit beside the rest into a QR code.
MOST_LESSONS = 12


class Taken(msgspec.Struct, frozen=True):
    """What it says; ``lessons``: (day, title), ``minutes`` credited for them."""

    issuer: str
    klass: str
    name: str
    lessons: tuple[tuple[date, str], ...]
    minutes: int
    issued: date
    number: str


def sign(taken: Taken, key: str, secret: bytes) -> str:
    """The whole certificate; of many lessons the first are named and all are counted. ``secret``: the 32 bytes of an Ed25519 private key."""
    lines = [("issuer", taken.issuer), ("class", taken.klass)]
    lines += [("name", taken.name)] if taken.name else []
    lines += [
        ("lesson", f"{day.isoformat()} {clean(title)[:24]}") for day, title in taken.lessons[:MOST_LESSONS]
    ]
    lines += [("lessons", str(len(taken.lessons))), ("hours", f"{taken.minutes / 45:.1f}")]
    lines += [("issued", taken.issued.isoformat()), ("number", taken.number)]
    return signed(HEAD, lines, key, secret)
