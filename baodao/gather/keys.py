"""The installation's keys that sign certificates: ``BAODAO_DATA/keys/service.json`` (0600), the newest last. A key that signed stays
in the file for ever: what it signed must go on being verifiable. Lost with the file, it is a new key that signs."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from baodao.people.keyfiles import locked, read_keys, write_keys

from .signed import public_of


class SigningKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``id`` is the beginning of the public key's SHA-256; ``secret`` are 32 bytes."""

    id: str
    made: date
    secret: bytes


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    keys: tuple[SigningKey, ...]


def key_path() -> Path:
    """Where the keys lie."""
    return Path(settings.DATA) / "keys" / "service.json"


def signing_keys() -> tuple[SigningKey, ...]:
    """All keys, oldest first; one is made when there is no file. Raises ImproperlyConfigured for a file that cannot be read."""
    path = key_path()
    if not path.exists():
        _create(path)
    found = read_keys(path, _File)
    if found.v != 1 or not found.keys:
        raise ImproperlyConfigured(f"The key file {path} has no key. Restore it from the backup of keys/.")
    return found.keys


def _create(path: Path) -> None:
    """Of two processes that start at once the second finds the first one's file."""
    with locked(path):
        if not path.exists():
            secret = secrets.token_bytes(32)
            name = hashlib.sha256(public_of(secret)).hexdigest()[:8]
            # The day is for people who read the file; no clock of the domain depends on it.
            write_keys(path, _File(1, (SigningKey(name, datetime.now(UTC).date(), secret),)))
