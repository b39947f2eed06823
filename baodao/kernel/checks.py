"""System checks of the deployment: folders exist and can be written, packs are there, debug and demo are not
mixed with https."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning


@register()
def deployment(**_: Any) -> list[CheckMessage]:
    """Errors baodao.E001–E003."""
    found: list[CheckMessage] = []
    data = Path(settings.DATA)
    data.mkdir(parents=True, exist_ok=True)
    if not os.access(data, os.W_OK):
        found.append(
            Error(
                f"{data} cannot be written.",
                hint="Set BAODAO_DATA to a folder of the server's user.",
                id="baodao.E001",
            )
        )
    if not (Path(settings.PACKS) / "base").is_dir():
        found.append(
            Error(
                f"{settings.PACKS}/base is missing.",
                hint="Set BAODAO_PACKS to the folder of packs.",
                id="baodao.E002",
            )
        )
    if settings.DEMO and settings.SESSION_COOKIE_SECURE:
        found.append(
            Error(
                "BAODAO_DEMO and BAODAO_HTTPS are both on.", hint="A demo signs anybody in.", id="baodao.E003"
            )
        )
    return found


@register(deploy=True)
def served(**_: Any) -> list[CheckMessage]:
    """baodao.W001, only with `check --deploy`."""
    if settings.SESSION_COOKIE_SECURE or settings.DEMO:
        return []
    return [
        CheckWarning("BAODAO_HTTPS is off.", hint="Serve behind TLS and set it to true.", id="baodao.W001")
    ]
