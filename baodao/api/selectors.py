"""Reading tokens."""

import hashlib
from datetime import datetime

from .models import ApiToken


def digest_of(token: str) -> str:
    """SHA-256 of a token as hex: tokens are 32 random bytes, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def live_token(token: str, now: datetime) -> ApiToken | None:
    """The token's row while it is in force."""
    return ApiToken.objects.filter(digest=digest_of(token), revoked=None, expires__gt=now).first()


def tokens_of(person: str) -> list[ApiToken]:
    """A person's own tokens, newest first."""
    return list(ApiToken.objects.filter(person=person).order_by("-created", "digest")[:200])
