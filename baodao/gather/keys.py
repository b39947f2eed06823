"""The installation's keys that sign certificates: ``BAODAO_DATA/keys/service.json`` (0600), the newest last. A key that signed stays
in the file for ever: what it signed must go on being verifiable. Lost with the file, it is a new key that signs."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

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
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
    except (msgspec.DecodeError, OSError) as error:
        raise ImproperlyConfigured(
            f"The key file {path} cannot be read: {error}. Restore it from the backup of keys/."
        ) from None
    if found.v != 1 or not found.keys:
        raise ImproperlyConfigured(f"The key file {path} has no key. Restore it from the backup of keys/.")
    return found.keys


def _create(path: Path) -> None:
    """Whole or not at all: of two processes that start at once the second finds the first one's file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = secrets.token_bytes(32)
    name = hashlib.sha256(public_of(secret)).hexdigest()[:8]
    # The day is for people who read the file; no clock of the domain depends on it.
    content = _File(1, (SigningKey(name, datetime.now(UTC).date(), secret),))
    scratch = path.with_name(f"service.{secrets.token_hex(4)}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=2))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()
