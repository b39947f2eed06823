"""One-time codes leave by the same gateways as notices; without a gateway people's own outbox keeps them."""

import secrets

from django.core.exceptions import ImproperlyConfigured

from baodao.people import ports
from baodao.people.senders import outbox

from .adapters import Letter
from .gateways import Http, Smtp, gateways
from .sender import adapter_for


def send_code(channel: str, to: str, text: str) -> None:
    """people's Sender port. Raises what the adapter raises: the page then says that the code did not go
    out."""
    held = gateways()
    if not isinstance(held.sms if channel == "sms" else held.email, (Http, Smtp)):
        outbox(channel, to, text)
        return
    subject = text.split("。", 1)[0] if channel == "email" else ""
    adapter_for(channel).send(Letter(f"code-{secrets.token_hex(8)}", channel, to, subject[:60], text))


def plug_in() -> None:
    """Called at start. Without a gateway, or with a file that cannot be read (a check says so), people's outbox
    stays."""
    try:
        held = gateways()
    except ImproperlyConfigured:
        return
    if isinstance(held.sms, Http) or isinstance(held.email, Smtp):
        ports.set_sender(send_code)
