"""The default way out: a file that only the server's user reads, one JSON line a message, the address masked.

For laptops, demonstrations and tests; production plugs an adapter into `ports.set_sender`."""

import json
import os
from pathlib import Path

from django.conf import settings

from . import normalise

KEEP = 200


def outbox_path() -> Path:
    """Where the lines lie."""
    return Path(settings.DATA) / "outbox" / "codes.jsonl"


def outbox(channel: str, to: str, text: str) -> None:
    """Append one message and keep only the newest lines; codes in it are dead after minutes."""
    path = outbox_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    masked = normalise.mask("email" if channel == "email" else "phone", to)
    line = json.dumps({"channel": channel, "to": masked, "text": text}, ensure_ascii=False)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write(line + "\n")
    if path.stat().st_size > KEEP * 400:
        _trim(path)


def _trim(path: Path) -> None:
    scratch = path.with_suffix(".new")
    scratch.write_text("\n".join(path.read_text("utf-8").splitlines()[-KEEP:]) + "\n", "utf-8")
    scratch.chmod(0o600)
    scratch.replace(path)
