"""A certificate of service that anybody can verify off line: a few lines of text, signed with Ed25519 (RFC 8032) by the key of the
installation, and the same text as a QR code. It says no more of her than she chose.

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

The signature is over all lines before it, in UTF-8, each ended by a line feed. Public keys are published at /service/keys/; a script
of thirty lines (docs/check_certificate.py) needs nothing else. The pure part; keys lie in ``keys.py``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

HEAD = "BAODAO-SERVICE 1"
#: A QR code of 40 modules' version holds 2,331 bytes at error level M.
MOST_BYTES = 1800
_BREAKS = re.compile(r"[\r\n\u2028\u2029\x00-\x1f]+")


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


def body(claims: Claims, key: str) -> str:
    """The lines that are signed, each ended by a line feed."""
    lines = [HEAD, f"issuer: {_line(claims.issuer)}"]
    lines += [f"name: {_line(claims.name)}"] if claims.name else []
    lines += [f"unit: {_line(claims.unit)}"] if claims.unit else []
    lines += [f"place: {_line(place)}" for place in claims.places]
    lines += [f"from: {claims.since.isoformat()}", f"to: {claims.until.isoformat()}"]
    lines += [f"hours: {hours(sum(minutes for _title, minutes in claims.kinds))}"]
    lines += [f"kind: {_line(title)} {hours(minutes)}" for title, minutes in claims.kinds]
    lines += [f"issued: {claims.issued.isoformat()}", f"number: {claims.number}", f"key: {key}"]
    return "".join(f"{line}\n" for line in lines)


def _line(text: str) -> str:
    """A value that cannot begin a line of its own."""
    return _BREAKS.sub(" ", text).strip()[:80]


def sign(claims: Claims, key: str, secret: bytes) -> str:
    """The whole certificate. ``secret``: the 32 bytes of an Ed25519 private key. ValueError when it is too long for a code."""
    text = body(claims, key)
    mark = Ed25519PrivateKey.from_private_bytes(secret).sign(text.encode())
    whole = f"{text}signature: {base64.b64encode(mark).decode()}\n"
    if len(whole.encode()) > MOST_BYTES:
        raise ValueError("the certificate does not fit into a QR code")
    return whole


def public_of(secret: bytes) -> bytes:
    """The 32 bytes that everybody may know."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def check(text: str, publics: Mapping[str, bytes]) -> str:
    """Why a certificate does not hold, as a short code: "" (it holds), ``form``, ``key`` (none of these), ``changed``."""
    text = text.replace("\r\n", "\n").strip() + "\n"
    signed, mark, tail = text.rpartition("signature: ")
    if not mark or not signed.startswith(f"{HEAD}\n") or not signed.endswith("\n"):
        return "form"
    named = [line[5:] for line in signed.splitlines() if line.startswith("key: ")]
    if len(named) != 1:
        return "form"
    if named[0] not in publics:
        return "key"
    try:
        signature = base64.b64decode(tail.strip(), validate=True)
        Ed25519PublicKey.from_public_bytes(publics[named[0]]).verify(signature, signed.encode())
    except (ValueError, InvalidSignature):
        return "changed"
    return ""


def published(keys: Sequence[tuple[str, date, bytes]]) -> str:
    """Public keys as text, one a line: id, day from which it signs, key in base64."""
    rows = (f"{key} {made.isoformat()} {base64.b64encode(public).decode()}" for key, made, public in keys)
    return "".join(f"{row}\n" for row in rows)
