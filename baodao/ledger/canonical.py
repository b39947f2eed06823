"""The bytes that are hashed: RFC 9162 leaf of the canonical form of a fact, and commitments of its texts.

Canonical form: JSON object of all columns but `id` and `leaf`, keys sorted, no spaces, UTF-8; moments as `2026-11-22T01:02:03Z`,
bytes as lower hex, `data` and `commitments` as the stored canonical texts, absent integers as null. It never changes.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

COLUMNS = (
    "command", "kind", "v", "happened", "precision", "noted", "origin", "level", "subject", "about", "org", "place", "person", "post",
    "value", "data", "commitments", "supersedes", "voids", "nonce",
)  # fmt: skip

_encoder = msgspec.json.Encoder(order="sorted")


def stamp(moment: datetime) -> str:
    """`2026-11-22T01:02:03Z`; refuses naive moments and parts of a second."""
    if moment.tzinfo is None or moment.microsecond:
        raise ValueError(f"{moment!r}: facts carry aware moments in whole seconds")
    # Twice a fact: a fifth of what `strftime` takes.
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def canonical_bytes(columns: Mapping[str, Any]) -> bytes:
    """The canonical form of a fact given by its column values."""
    plain = {name: columns[name] for name in COLUMNS}
    plain["happened"] = stamp(columns["happened"])
    plain["noted"] = stamp(columns["noted"])
    plain["nonce"] = bytes(columns["nonce"]).hex()
    return _encoder.encode(plain)


def leaf_hash(columns: Mapping[str, Any]) -> bytes:
    """SHA-256(0x00 ‖ canonical bytes): RFC 9162, 2.1.1."""
    return hashlib.sha256(b"\x00" + canonical_bytes(columns)).digest()


def commitment(salt: bytes, text: str) -> str:
    """SHA-256(salt ‖ text) in base64url (RFC 4648, 5) without padding: 43 characters. The first facts have 64 of hex."""
    return base64.urlsafe_b64encode(_digest(salt, text)).decode().rstrip("=")


def committed(salt: bytes, text: str, digest: str) -> bool:
    """Whether a stored text is the one its fact committed to, in either form."""
    if len(digest) == 64:
        return hmac.compare_digest(_digest(salt, text).hex(), digest)
    return hmac.compare_digest(commitment(salt, text), digest)


def _digest(salt: bytes, text: str) -> bytes:
    return hashlib.sha256(salt + text.encode()).digest()
