"""A message as a write-once file: BAODAO_DATA/outbox/notices/<key>.json, the address masked.

The file *is* the delivery, and appears whole or not at all under its final name; so a second sending under
the same key finds it, and a sender that died can be asked what became of its letter.
"""

import json
import os
import secrets
import sys
from pathlib import Path

from django.conf import settings

from baodao.people.normalise import mask

from .base import Letter


def folder() -> Path:
    """Where the files lie, readable by the server's user only."""
    path = Path(settings.DATA) / "outbox" / "notices"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


class FileAdapter:
    """Writes; with `echo` also prints a line for whoever watches the terminal."""

    def __init__(self, echo: bool = False) -> None:
        self.echo = echo

    def send(self, letter: Letter) -> None:
        """Write the letter once."""
        masked = mask("email" if letter.channel == "email" else "phone", letter.to)
        content = {"channel": letter.channel, "to": masked, "subject": letter.subject, "body": letter.body}
        scratch = folder() / f".{letter.key}.{secrets.token_hex(4)}"
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        try:
            # link() refuses an existing name, where rename() would put a second letter over the first.
            os.link(scratch, self._path(letter.key))
        except FileExistsError:
            return
        finally:
            scratch.unlink(missing_ok=True)
        if self.echo:
            print(f"[{letter.channel} → {masked}] {letter.body.splitlines()[0]}", file=sys.stderr, flush=True)

    def was_sent(self, key: str) -> bool | None:
        """The file is there or not."""
        return self._path(key).exists()

    @staticmethod
    def _path(key: str) -> Path:
        return folder() / f"{key}.json"
