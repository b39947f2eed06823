"""Adapters: each takes one letter out of the house and says honestly whether it is out."""

from baodao.notify.gateways import Console, File, Gateway, Http, Smtp

from .base import Adapter, Letter, NotNow, Refused, Unsure


def adapter_of(gateway: Gateway) -> Adapter:
    """The adapter of a setting."""
    if isinstance(gateway, Http):
        from .http import HttpAdapter

        return HttpAdapter(gateway)
    if isinstance(gateway, Smtp):
        from .smtp import SmtpAdapter

        return SmtpAdapter(gateway)
    from .files import FileAdapter

    return FileAdapter(echo=isinstance(gateway, Console))


__all__ = ["Adapter", "Console", "File", "Letter", "NotNow", "Refused", "Unsure", "adapter_of"]
