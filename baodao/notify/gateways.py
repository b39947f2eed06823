"""The ways out, as the deployment sets them in the file that BAODAO_GATEWAYS names (docs/operations.md)::

    [sms]
    adapter = "http"
    url = "https://sms.example.org/v1/send"
    headers = { Authorization = "Bearer …" }
    body = '{"to": {to}, "content": {text}, "request_id": {key}}'
    same_key_once = true

    [email]
    adapter = "smtp"
    host = "mail.example.org"
    sender = "baodao@example.org"

Without the file both ways are the console. Only this file names a host: no value from the database or from a
request ever becomes an address to call.
"""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

Seconds = Annotated[float, msgspec.Meta(gt=0, le=30)]


class Console(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="console", tag_field="adapter"):
    """Prints number, step, link and the masked address; keeps a write-once file as `file` does."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="file", tag_field="adapter"):
    """One write-once file a message under the data folder: demonstrations and tests."""


class Http(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="http", tag_field="adapter"):
    """A gateway that takes one POST a message. In `body` {to}, {text} and {key} become JSON strings.

    `same_key_once`: the gateway promises that the same {key} (also sent as Idempotency-Key) is delivered
    once; only then is a message repeated after an answer that never came."""

    url: str
    body: str
    headers: dict[str, str] = {}
    timeout: Seconds = 10.0
    same_key_once: bool = False

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise ValueError("`url` must be https (http only to this machine)")
        missing = [name for name in ("{to}", "{text}") if name not in self.body]
        if missing:
            raise ValueError(f"`body` lacks {', '.join(missing)}")


class Smtp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="smtp", tag_field="adapter"):
    """A mail server."""

    host: str
    sender: str
    port: int = 465
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: str = ""
    timeout: Seconds = 15.0


Gateway: TypeAlias = Console | File | Http | Smtp


class Gateways(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both ways out."""

    sms: Gateway = Console()
    email: Gateway = Console()

    def __post_init__(self) -> None:
        if isinstance(self.sms, Smtp):
            raise ValueError("`sms.adapter` cannot be smtp")


def gateways() -> Gateways:
    """What is in force. Raises ImproperlyConfigured that names file, key and reason."""
    return read_gateways(str(settings.GATEWAYS))


@lru_cache(maxsize=4)
def read_gateways(path: str) -> Gateways:
    """Parse a file; "" gives the console for both."""
    if not path:
        return Gateways()
    try:
        return msgspec.convert(tomllib.loads(Path(path).read_text("utf-8")), Gateways)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ImproperlyConfigured(f"BAODAO_GATEWAYS {path} cannot be read: {error}.") from None
