"""System checks: the key file is closed to others; codes do not go to a console in production."""

import stat
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

from . import ports, vault


@register()
def key_file(**_: Any) -> list[CheckMessage]:
    """baodao.E020: the key file may be read by others."""
    path = vault.key_path()
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        return [Error(f"{path} can be read by others.", hint=f"chmod 600 {path}", id="baodao.E020")]
    return []


@register(deploy=True)
def sender(**_: Any) -> list[CheckMessage]:
    """baodao.W020: one-time codes go to a file because no sender is plugged in."""
    if not settings.DEMO and not ports.has_sender():
        return [
            CheckWarning(
                "One-time codes go to a file.",
                hint="Plug an SMS or e-mail adapter into notify.",
                id="baodao.W020",
            )
        ]
    return []
