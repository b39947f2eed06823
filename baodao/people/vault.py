"""The identity vault's cryptography: sealed fields, blind indexes, and the key file.

Pure but for reading and writing one file, `BAODAO_DATA/keys/vault.json` (0600, its folder 0700):
`{"v": 1, "seal": [{"id", "made", "key"}], "blind": [...], "pepper": "..."}`, keys of 32 bytes in base64,
oldest first. The newest key of a list writes; every key of the list can read.

- Sealed: AES-256-GCM (NIST SP 800-38D), 96-bit random nonce before the ciphertext, the owner's uid, the
field and
  the key id as associated data, so that a cipher copied to another row or another field does not open.
- Blind: HMAC-SHA-256 of the normalised value, cut to 16 bytes: equality without plaintext.
- Pepper: the key of every other digest of something guessable (codes, throttle, command bodies).
"""

import hashlib
import hmac
import os
import secrets
import time
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .keyfiles import locked, read_keys, write_keys

NONCE = 12
#: Seconds for which the key file is taken to be as it was seen.
FRESH = 0.02
BLIND = 16


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key: short id, day it was made, 32 bytes."""

    id: str
    made: date
    key: bytes


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key file as it lies on disk; lists oldest first and never empty."""

    v: int
    seal: tuple[Key, ...]
    blind: tuple[Key, ...]
    pepper: bytes


class Tampered(ValueError):
    """A cipher does not open under its key, owner and field: the row was changed or moved."""


class Sealed(msgspec.Struct, frozen=True):
    """What a row keeps of a value: key id and `nonce ‖ ciphertext ‖ tag`."""

    key: str
    cipher: bytes


class Blind(msgspec.Struct, frozen=True):
    """A blind index: id of the key and 16 bytes."""

    key: str
    digest: bytes


_looked: tuple[str, float, KeyFile] | None = None


def key_path() -> Path:
    """Where the key file lies."""
    return Path(settings.DATA) / "keys" / "vault.json"


def keys() -> KeyFile:
    """The keys in force; made once if there is no file yet. Re-read when the file changes, so that workers
    follow a rotation without restarting. Raises ImproperlyConfigured if the file cannot be read."""
    global _looked
    # A plain string: this runs for every sealed field, and only asks whether the file is still the same; an import of
    # many asks not more than every 20 ms.
    path, now = f"{settings.DATA}/keys/vault.json", time.monotonic()
    if _looked is not None and _looked[0] == path and now - _looked[1] < FRESH:
        return _looked[2]
    try:
        mark = os.stat(path)
    except FileNotFoundError:
        _create(Path(path))
        mark = os.stat(path)
    found = _read(path, mark.st_mtime_ns, mark.st_ino)
    _looked = (path, now, found)
    return found


def forget() -> None:
    """Look at the file again."""
    global _looked
    _looked = None


def seal(owner: str, field: str, value: str) -> Sealed:
    """Encrypt `value` of `owner`'s `field` under the newest key."""
    key = keys().seal[-1]
    nonce = secrets.token_bytes(NONCE)
    cipher = nonce + _aead(key.key).encrypt(nonce, value.encode(), _associated(owner, field, key.id))
    return Sealed(key.id, cipher)


def unseal(owner: str, field: str, key_id: str, cipher: bytes | memoryview) -> str:
    """Decrypt. Raises Tampered if the row was changed or moved to another owner or field, or its key is
    gone."""
    data = bytes(cipher)
    for key in keys().seal:
        if key.id == key_id:
            try:
                plain = _aead(key.key).decrypt(data[:NONCE], data[NONCE:], _associated(owner, field, key_id))
            except InvalidTag:
                raise Tampered(f"{field} does not open under key {key_id}") from None
            return plain.decode()
    if _looked is not None:
        # A key made by another process a moment ago.
        forget()
        if any(key.id == key_id for key in keys().seal):
            return unseal(owner, field, key_id, cipher)
    raise Tampered(f"key {key_id} is not in {key_path()}")


def blind(kind: str, normal: str) -> Blind:
    """The blind index of a normalised value under the newest index key; `kind` (phone, email …) parts
    domains."""
    key = keys().blind[-1]
    return Blind(key.id, _digest(key.key, kind, normal))


def blinds(kind: str, normal: str) -> list[bytes]:
    """The index under every index key, newest first: what a search must look for while a rotation runs."""
    return [_digest(key.key, kind, normal) for key in reversed(keys().blind)]


def pepper(purpose: str, *parts: str) -> bytes:
    """HMAC of something guessable (a code, an address) under the installation's pepper; 16 bytes."""
    return _digest(keys().pepper, purpose, "\0".join(parts))


def add_key(ring: str) -> Key:
    """Append a fresh key to `ring` ("seal" or "blind") and make it the writing one."""
    with locked(key_path()):
        forget()
        now = keys()
        old: tuple[Key, ...] = getattr(now, ring)
        fresh = _fresh(ring, int(old[-1].id[1:]) + 1)
        _write(key_path(), msgspec.structs.replace(now, **{ring: (*old, fresh)}))
    return fresh


def drop_keys(ring: str, ids: set[str]) -> None:
    """Remove keys that no row uses any more. The writing key always stays."""
    with locked(key_path()):
        forget()
        now = keys()
        old: tuple[Key, ...] = getattr(now, ring)
        kept = tuple(key for key in old if key.id not in ids or key is old[-1])
        _write(key_path(), msgspec.structs.replace(now, **{ring: kept}))


def _associated(owner: str, field: str, key_id: str) -> bytes:
    return f"{owner}|{field}|{key_id}".encode()


def _digest(key: bytes, kind: str, text: str) -> bytes:
    return hmac.digest(key, f"{kind}\0{text}".encode(), hashlib.sha256)[:BLIND]


@lru_cache(maxsize=32)
def _aead(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=4)
def _read(path: str, _mtime: int, _inode: int) -> KeyFile:
    found = read_keys(Path(path), KeyFile)
    if (
        found.v != 1
        or not found.seal
        or not found.blind
        or any(len(k.key) != 32 for k in (*found.seal, *found.blind))
    ):
        raise ImproperlyConfigured(
            f"The key file {path} lacks keys of 32 bytes. Restore it from the backup of keys/."
        )
    return found


def _fresh(ring: str, number: int) -> Key:
    # The day is for people who read the file; no clock of the domain depends on it.
    return Key(f"{ring[0]}{number}", datetime.now(UTC).date(), secrets.token_bytes(32))


def _create(path: Path) -> None:
    with locked(path):
        if not path.exists():
            _write(path, KeyFile(1, (_fresh("seal", 1),), (_fresh("blind", 1),), secrets.token_bytes(32)))


def _write(path: Path, content: KeyFile) -> None:
    write_keys(path, content)
    forget()
