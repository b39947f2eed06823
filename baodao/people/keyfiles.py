"""Key files: JSON below `BAODAO_DATA/keys/` (0600, the folder 0700), written whole or not at all. Lost keys come back from a backup
or not at all, so that a file that cannot be read stops the program instead of being made anew."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T", bound=msgspec.Struct)


def read_keys(path: Path, kind: type[T]) -> T:
    """What a key file holds. Raises ImproperlyConfigured when it cannot be read as ``kind``."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, OSError) as error:
        raise ImproperlyConfigured(
            f"The key file {path} cannot be read: {error}. Restore it from the backup of keys/."
        ) from None


def write_keys(path: Path, content: msgspec.Struct) -> None:
    """Replace a key file; a process that dies leaves the old one."""
    scratch = path.with_name(f"{path.stem}.{secrets.token_hex(4)}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(content), indent=2))
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Two processes that start at once must not make two key files, nor lose a key that the other added. Makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.with_name(f"{path.stem}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
