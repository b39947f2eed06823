"""The signature of a webhook, pure: HMAC-SHA-256 (RFC 2104) over timestamp, a full stop and the body as it was sent."""

import hashlib
import hmac

TIMESTAMP, SIGNATURE, DELIVERY = "Baodao-Timestamp", "Baodao-Signature", "Baodao-Delivery"
#: Receivers refuse what is older: a caught message cannot be played again tomorrow.
SECONDS = 300


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """`v1=<hex>`; `timestamp` in whole seconds since 1970."""
    return "v1=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def headers(secret: str, timestamp: int, body: bytes, delivery: str) -> dict[str, str]:
    """All headers of one webhook."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Baodao",
        TIMESTAMP: str(timestamp),
        SIGNATURE: sign(secret, timestamp, body),
        DELIVERY: delivery,
    }
