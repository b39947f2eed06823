"""Reading tokens."""

import hashlib
import json
from datetime import datetime

import msgspec

from baodao.kernel.raw import fetch

from .models import ApiToken


def digest_of(token: str) -> str:
    """SHA-256 of a token as hex: tokens are 32 random bytes, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


class Live(msgspec.Struct, frozen=True):
    """Whose token it is: person, post, and the most that it may do."""

    person: str
    post: str
    rights: tuple[str, ...]


def live_token(token: str, now: datetime) -> Live | None:
    """What a token in force allows."""
    # By hand: asked before every call, and the query compiler costs more than the query.
    rows = fetch(
        "SELECT person, post, rights FROM api_apitoken WHERE digest = %s AND revoked IS NULL AND expires > %s",
        [digest_of(token), now],
    )
    return Live(rows[0][0], rows[0][1], tuple(json.loads(rows[0][2]))) if rows else None


def tokens_of(person: str) -> list[ApiToken]:
    """A person's own tokens, newest first."""
    return list(ApiToken.objects.filter(person=person).order_by("-created", "digest")[:200])
