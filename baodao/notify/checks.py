"""System checks of notify: the gateways file can be read, and by nobody else; a deployment has real ways out."""

import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured

from .gateways import Http, Smtp, gateways


@register()
def gateways_file(**_: Any) -> list[CheckMessage]:
    """baodao.E030: the file cannot be read; baodao.E031: others can read the secrets in it."""
    try:
        gateways()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="docs/notify.md shows a whole file.", id="baodao.E030")]
    path = str(settings.GATEWAYS)
    if path and stat.S_IMODE(Path(path).stat().st_mode) & 0o077:
        return [Error(f"{path} can be read by others.", hint=f"chmod 600 {path}", id="baodao.E031")]
    return []


@register(deploy=True)
def ways_out(**_: Any) -> list[CheckMessage]:
    """baodao.W030, only with `check --deploy`: notices would end in files of this machine."""
    held = gateways()
    if settings.DEMO or isinstance(held.sms, Http) or isinstance(held.email, Smtp):
        return []
    hint = "Set BAODAO_GATEWAYS to a file with a gateway, see docs/notify.md."
    return [CheckWarning("Notices and codes leave by no gateway.", hint=hint, id="baodao.W030")]
