"""Papers that anybody can verify off line: a few lines of text, signed with Ed25519 (RFC 8032) by the key of the installation, and the
same text as a QR code. The first line says which kind of paper it is.

    BAODAO-SERVICE 1
    issuer: 涪陵区
    …
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

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: A QR code of 40 modules' version holds 2,331 bytes at error level M.
MOST_BYTES = 1800
_HEAD = re.compile(r"^BAODAO-[A-Z]+ 1\n")
_BREAKS = re.compile(r"[\r\n\u2028\u2029\x00-\x1f]+")


def clean(text: str) -> str:
    """A value that cannot begin a line of its own."""
    return _BREAKS.sub(" ", text).strip()[:80]


def signed(head: str, lines: Sequence[tuple[str, str]], key: str, secret: bytes) -> str:
    """The whole paper: ``head``, the lines as (name, value), the key, the signature. ``secret``: the 32 bytes of an Ed25519 private
    key. ValueError when it is too long for a code."""
    text = body(head, lines, key)
    mark = Ed25519PrivateKey.from_private_bytes(secret).sign(text.encode())
    whole = f"{text}signature: {base64.b64encode(mark).decode()}\n"
    if len(whole.encode()) > MOST_BYTES:
        raise ValueError("the certificate does not fit into a QR code")
    return whole


def body(head: str, lines: Sequence[tuple[str, str]], key: str) -> str:
    """The lines that are signed, each ended by a line feed."""
    return "".join(
        f"{line}\n" for line in (head, *(f"{name}: {clean(value)}" for name, value in lines), f"key: {key}")
    )


def public_of(secret: bytes) -> bytes:
    """The 32 bytes that everybody may know."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def check(text: str, publics: Mapping[str, bytes]) -> str:
    """Why a paper does not hold, as a short code: "" (it holds), ``form``, ``key`` (none of these), ``changed``."""
    text = text.replace("\r\n", "\n").strip() + "\n"
    told, mark, tail = text.rpartition("signature: ")
    if not mark or not _HEAD.match(told) or not told.endswith("\n"):
        return "form"
    named = [line[5:] for line in told.splitlines() if line.startswith("key: ")]
    if len(named) != 1:
        return "form"
    if named[0] not in publics:
        return "key"
    try:
        signature = base64.b64decode(tail.strip(), validate=True)
        Ed25519PublicKey.from_public_bytes(publics[named[0]]).verify(signature, told.encode())
    except (ValueError, InvalidSignature):
        return "changed"
    return ""


def published(keys: Sequence[tuple[str, date, bytes]]) -> str:
    """Public keys as text, one a line: id, day from which it signs, key in base64."""
    rows = (f"{key} {made.isoformat()} {base64.b64encode(public).decode()}" for key, made, public in keys)
    return "".join(f"{row}\n" for row in rows)
