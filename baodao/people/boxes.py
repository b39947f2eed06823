"""Boxes: the texts of one subject under a key of its own, which lies in a file of its own and nowhere in the database.

Pure but for the files of one folder (`BAODAO_BOXES`, by default `keys/boxes` of the data folder; 0700, files 0600):
`<word>_<number>.key`, 32 random bytes, one for each subject. Whoever has the database alone, its dumps and its backups,
reads nothing; destroying the key ends the text in all of them at once.

A shut text is ``SHUT`` and base64url of nonce ‖ ciphertext ‖ tag: AES-256-GCM (NIST SP 800-38D), 96-bit random nonce,
subject and slot as associated data, so that it opens in no other place; padded to whole blocks of 256 bytes, so that
its length says little.
"""

import base64
import binascii
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from baodao.ledger.selectors import SHUT
from baodao.people.vault import NONCE, Tampered

BLOCK, KEY = 256, 32
_SUBJECT = re.compile(r"^[a-z]{1,20}:[A-Za-z0-9\-]{1,40}$")


def folder() -> Path:
    """Where the keys lie."""
    return Path(settings.BOXES) if settings.BOXES else Path(settings.DATA) / "keys" / "boxes"


def is_shut(text: str) -> bool:
    """Whether a stored text lies in a box."""
    return text.startswith(SHUT)


def make(subject: str) -> None:
    """Make the subject's key if it has none. Before the command commits: a key without texts harms nobody, texts without
    a key would be lost."""
    path = _path(subject)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY))
        file.flush()
        os.fsync(file.fileno())


def shut(subject: str, slot: str, text: str) -> str:
    """The text as it is stored. Raises Tampered when the subject has no key."""
    plain, nonce = text.encode(), secrets.token_bytes(NONCE)
    # One byte of length of the padding cannot say 256: the mark 0x80 does, as in ISO/IEC 7816-4.
    padded = plain + b"\x80" + b"\0" * (-(len(plain) + 1) % BLOCK)
    cipher = nonce + AESGCM(_key(subject)).encrypt(nonce, padded, _place(subject, slot))
    return SHUT + base64.urlsafe_b64encode(cipher).decode()


def unshut(subject: str, slot: str, stored: str) -> str:
    """The text again. Raises Tampered when it was changed or moved, or its key is gone."""
    try:
        data = base64.urlsafe_b64decode(stored.removeprefix(SHUT))
        padded = AESGCM(_key(subject)).decrypt(data[:NONCE], data[NONCE:], _place(subject, slot))
    except (InvalidTag, binascii.Error, ValueError):
        raise Tampered(f"{slot} of {subject} does not open") from None
    return padded.rstrip(b"\0")[:-1].decode()


def destroy(subject: str) -> bool:
    """Overwrite and delete the key; no copy of the texts opens any more. Gives whether there was one."""
    path = _path(subject)
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(KEY))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def subjects() -> list[str]:
    """All subjects that have a key."""
    there = folder()
    names = sorted(path.stem for path in there.glob("*.key")) if there.is_dir() else []
    return [name.replace("_", ":", 1) for name in names]


def _path(subject: str) -> Path:
    if not _SUBJECT.match(subject):
        raise ValueError(f"{subject!r} has no box")
    return folder() / f"{subject.replace(':', '_', 1)}.key"


def _key(subject: str) -> bytes:
    try:
        key = _path(subject).read_bytes()
    except FileNotFoundError:
        raise Tampered(f"the key of {subject} is gone") from None
    if len(key) != KEY:
        raise Tampered(f"the key of {subject} is damaged")
    return key


def _place(subject: str, slot: str) -> bytes:
    return f"box|{subject}|{slot}".encode()
