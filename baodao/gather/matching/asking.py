"""Asks the process of matching. It starts for one request, knows nothing but the request, and ends; what it leaves behind is its
answer or nothing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.errors import Busy, Problem

from .terms import Plan, Request

log = logging.getLogger("baodao.gather.matching")

PROCESS = (sys.executable, "-m", "baodao.gather.matching")
#: So long may it take, in seconds; 6,000 people and 2,000 seats take some three.
PATIENCE = 60.0
_HOME = Path(__file__).resolve().parents[3]


def ask(request: Request, *, patience: float = PATIENCE, process: Sequence[str] = PROCESS) -> Plan:
    """The plan for a request. Raises Busy when the process ends without one or takes longer than ``patience`` seconds: it is
    ended then, and nothing was written anywhere."""
    # No settings and no keys of this installation: the process needs none.
    known = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "PYTHONPATH", "LD_LIBRARY_PATH")
        if name in os.environ
    }
    try:
        done = subprocess.run(
            list(process),
            input=msgspec.json.encode(request),
            capture_output=True,
            timeout=patience,
            check=False,
            cwd=_HOME,
            env={**known, "OPENBLAS_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        reason = _("配对 %(n)d 秒还没有算完，已经停下，什么也没有改动") % {"n": patience}
        raise Busy.of("", reason, _("请缩短日期，或分街道来做")) from None
    except OSError as error:
        log.error("matching cannot start: %s", type(error).__name__)
        raise _broken() from None
    if done.returncode == 0:
        try:
            return msgspec.json.decode(done.stdout, type=Plan)
        except msgspec.DecodeError:
            pass
    # The code only: what it printed could name people.
    log.error("matching ended with %d", done.returncode)
    raise _broken()


def _broken() -> Problem:
    return Busy.of("", _("配对的程序中断了，什么也没有改动"), _("请再来一次；还是不行，请告诉管理员"))
